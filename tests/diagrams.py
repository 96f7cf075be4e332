"""Prints `docs/machines.md` from the tables: `python -m tests.diagrams`. A test compares the two."""

from collections.abc import Mapping
from enum import Enum
from pathlib import Path

from hub import delivery, gesture, incident, pursuit, response, retry
from hub.page import session, tries, window

PAGE = Path(__file__).parent.parent / "docs" / "machines.md"

INTRODUCTION = """# The machines that decide

Printed from the tables in the code (`python -m tests.diagrams`); a test fails when they differ. Each machine is pure:
the time is passed in, decisions come out, nothing sleeps and nothing is sent.
"""


def diagram(table: Mapping[tuple[Enum, Enum], Enum]) -> str:
    """A Mermaid state diagram; several events between the same states share an arrow."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for (before, event), after in table.items():
        arrows.setdefault((before.value, after.value), []).append(event.value)
    lines = [f"    {before} --> {after}: {', '.join(events)}" for (before, after), events in arrows.items()]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


def responses() -> str:
    rows = [
        f"| {kind} | {row.level.word} | {', '.join(sorted(row.actions))} |" for kind, row in response.DEFAULT.items()
    ]
    return "\n".join(["| gesture | level | actions |", "|---|---|---|", *rows])


def page() -> str:
    timing = gesture.Timing()
    parts = [
        INTRODUCTION,
        f"## Gesture (`hub/gesture.py`)\n\nA press held for {timing.hold_after:g} s is a hold, reported while the"
        f" button is still down. {timing.pause:g} s without a press end a series. Buttons that classify by themselves"
        " go straight through.\n\nPolicy: sensors tolerate. A pair that is not drawn changes nothing.\n",
        diagram(gesture.TRANSITIONS),
        "\n## Response (`hub/response.py`)\n\nChanged per home with `hub response set`.\n",
        responses(),
        f"\n## Incident (`hub/incident.py`)\n\nA press within {incident.JOIN_WITHIN:g} s of the last one at the same or"
        " a lower level joins; a later one repeats; a higher level raises at once. A prevention (and a drill) expires"
        f" by itself: {incident.QUIET_BEFORE_CLOSING:g} s after the last press once its deliveries have ended, after"
        f" {incident.CLOSE_AFTER / 60:g} min at the latest. Duress (`threatened`) only looks like an end.\n"
        "\n"
        "Policy: commands refuse. A pair that is not drawn is refused and changes nothing.\n",
        diagram(incident.TRANSITIONS),
        f"\n## Until somebody answers (`hub/pursuit.py`)\n\nWhere calls were made, they are made again"
        f" {pursuit.ROUND_EVERY:g} s after the last round began ({pursuit.ROUND_LONGEST:g} s while one still rings or"
        f" talks), {pursuit.ROUNDS} rounds in all; a drill has one. Whoever takes charge is asked after"
        f" {pursuit.LAPSES_AFTER / 60:g} min whether they still are; without a key within {pursuit.CHECK_PATIENCE:g} s"
        " everybody is told again.\n",
        "\n## Delivery (`hub/delivery.py`)\n\nOne text, one contact, one channel. *accepted*: the next hop took it."
        " *delivered*: there is a receipt. *acknowledged* is the incident's: a person answered.\n\n"
        "Policy: commands refuse.\n",
        diagram(delivery.TRANSITIONS),
        f"\n## Retries (`hub/retry.py`)\n\nTried {', '.join(str(s) for s in retry.OFFSETS[:6])} s after it was made,"
        f" then each minute to 15 min, then each 5 min to {retry.GIVE_UP / 3600:g} h (±10 %), {retry.TIME_OUT:g} s"
        " each. It ends when the next hop accepts or refuses for good, or when the incident ends.\n",
        f"\n## The page's gate (`hub/page/`)\n\nClosed. Opened at the hub for {window.LASTS / 60:g} min; use prolongs"
        f" that, to {window.LONGEST / 60:g} min. Open without end until the set-up is finished. One session at a"
        f" time, over after {session.IDLE / 60:g} idle min. {tries.FREE} tries are free, then the pause doubles"
        f" from 2 s to {tries.LONGEST_WAIT:g} s; {tries.MOST} in a window; forgotten after"
        f" {tries.FORGOTTEN_AFTER / 3600:g} h without one.\n",
    ]
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
