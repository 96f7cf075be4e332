"""Prints docs/texts.md: every text as people see it, with an example home. `python -m hub.texts > docs/texts.md`"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from hub.gsm7 import segments, units
from hub.messages import Alert, Purpose, Words, compose
from hub.model import LANGUAGES, Home, Moment, Position, Source
from hub.response import Level
from hub.texts import read

HOME = Home(
    "Léa", "12 rue des Lilas, 29120 Pont-l'Abbé", (47.86712, -4.22385), floor="2", door_code="12A4",
    residents="Léa, Tom (4)", notes="labrador",
)  # fmt: skip
AT = datetime(2026, 3, 2, 19, 14, tzinfo=UTC)
ROOM = "https://video.example.org/k3v9x2m7q4t8w6z1"
THERE = Position(47.9106, -4.2011, 117.0, Moment(0.0, AT - timedelta(minutes=2)), Source.GNSS)

ALERTS = {
    "Prevention": Alert(HOME, Level.PREVENTION, "K7Q2M", AT, Purpose.ALERT),
    "Rescue": Alert(HOME, Level.RESCUE, "K7Q2M", AT, Purpose.ALERT, room=ROOM),
    "Alarm": Alert(HOME, Level.ALARM, "K7Q2M", AT, Purpose.ALERT, room=ROOM),
    "Pressed again": Alert(HOME, Level.RESCUE, "K7Q2M", AT, Purpose.AGAIN, room=ROOM),
    "Exercise": Alert(HOME, Level.RESCUE, "K7Q2M", AT, Purpose.ALERT, drill=True, room=ROOM),
    "A real press during an exercise": Alert(
        HOME, Level.RESCUE, "K7Q2M", AT, Purpose.ALERT, after_drill=True, room=ROOM
    ),
    "Nobody has answered": Alert(HOME, Level.RESCUE, "K7Q2M", AT, Purpose.STILL, room=ROOM),
    "To the one who has taken charge": Alert(HOME, Level.RESCUE, "K7Q2M", AT, Purpose.YOURS, room=ROOM, code="4821"),
    "To the others": Alert(HOME, Level.RESCUE, "K7Q2M", AT, Purpose.TAKEN, room=ROOM, by="Anna"),
    "To whoever answered later": Alert(HOME, Level.RESCUE, "K7Q2M", AT, Purpose.SECOND, room=ROOM, by="Anna"),
    "To ask the one in charge": Alert(HOME, Level.RESCUE, "K7Q2M", AT, Purpose.CHECK, room=ROOM, code="4821"),
    "The one in charge does not answer": Alert(HOME, Level.RESCUE, "K7Q2M", AT, Purpose.LAPSED, room=ROOM, by="Anna"),
    "The hub has moved": Alert(HOME, Level.RESCUE, "K7Q2M", AT, Purpose.MOVED, room=ROOM, elsewhere=THERE, age=120.0),
    "A prevention of a hub that has moved": Alert(
        HOME, Level.PREVENTION, "K7Q2M", AT, Purpose.ALERT, elsewhere=THERE, age=20.0
    ),
    "All-clear": Alert(HOME, Level.RESCUE, "K7Q2M", AT, Purpose.ALL_CLEAR),
    "Cancelled under threat": Alert(HOME, Level.RESCUE, "K7Q2M", AT, Purpose.UNDER_THREAT, room=ROOM),
}
HEAD = """# What the hub says

Printed from `hub/texts/*.toml` by `python -m hub.texts > docs/texts.md`; a test compares them. To change a text, change
the file of its language and print this page again: no code is concerned. The reference, the room and the home are
examples. An SMS that would not fit is shortened in the order of `hub/fitting.py`.
"""


def document() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_alerts(), *_sentences()])


def _alerts() -> Iterator[str]:
    for title, alert in ALERTS.items():
        yield f"## {title}\n"
        for language in LANGUAGES:
            yield _shown(compose(alert, language), language)


def _shown(words: Words, language: str) -> str:
    cost = f"{units(words.sms)} units, {segments(words.sms)} segment{'s' * (segments(words.sms) > 1)}"
    mail = f"```text\n{words.mail}```"
    return (
        f"**{language}**, SMS ({cost}):\n\n> {words.sms}\n\nCall:\n\n> {words.call}\n\n"
        f"On an answering machine:\n\n> {words.machine}\n\nAfter a key:\n\n> {words.brief}\n\n"
        f"E-mail, “{words.subject}”:\n\n{mail}\n"
    )


def _sentences() -> Iterator[str]:
    """One table for each section that people read as it is written."""
    texts = {language: read(language) for language in LANGUAGES}
    for section in (
        "refusals",
        "faults",
        "told",
        "notices",
        "setup",
        "reasons",
        "checks",
        "untried",
        "lessons",
        "flow",
    ):
        yield f"## {section.capitalize()}\n\n| key | {' | '.join(LANGUAGES)} |\n|---|{'---|' * len(LANGUAGES)}"
        for key in texts[LANGUAGES[0]][section]:
            yield f"| {key} | {' | '.join(str(texts[language][section][key]) for language in LANGUAGES)} |"
        yield ""


if __name__ == "__main__":
    sys.stdout.write(document())
