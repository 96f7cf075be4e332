"""Whether a button would be heard if she pressed it, judged from its signs of life and its battery.

Every time is in monotonic seconds. A button is *supervised* when signs of life come without a press.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from hub.model import Button
from hub.ports import Sighting
from hub.profile import needs_link

CONNECTED = frozenset({"itag"})  # protocols of buttons that are connected to be heard
LATE, MISSING = 60.0, 300.0  # s without a sign of life; of a button that stays in its place
ABSENT = 24 * 3600.0  # s; of one that is carried, and goes out with her
UNTESTED = 7 * 24 * 3600.0  # s without a press, of a button that nothing else proves
BEACONS = 3  # so many in a row are missed before a slow beacon is late
LOW, EMPTY = 25, 10  # per cent of battery


class Way(StrEnum):
    """How it is known that a button is alive."""

    LINK = "link"  # it is connected, and the connection is proven
    BEACON = "beacon"  # it tells by itself, time after time
    NONE = "none"  # only a press proves it


class State(StrEnum):
    OK = "ok"
    UNHEARD = "unheard"  # not since the watching began, and that is not long enough to say more
    APART = "apart"  # not connected just now, and it has to be, to be heard
    LATE = "late"
    MISSING = "missing"
    ABSENT = "absent"  # carried, and away for a day
    UNLINKED = "unlinked"  # it is there, and cannot be connected


SILENT = frozenset({State.LATE, State.MISSING, State.ABSENT, State.UNLINKED})  # each has its notice


@dataclass(frozen=True, slots=True)
class Notice:
    """`code` names a sentence in `[faults]` of the texts; `grave`: a fault that people are told, else a warning."""

    code: str
    grave: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """`period`: the seconds from one sign of life to the next, of a button that tells by itself."""

    way: Way
    state: State
    period: float | None = None
    notices: tuple[Notice, ...] = ()


def judge(button: Button, sighting: Sighting | None, now: float, since: float, apart: float | None = None) -> Judgement:
    """`since`: when the watching of this button began, or its last connection ended; what was before is not known.

    `apart`: since when it is heard time after time without being connected. A button that has to be connected
    does nothing then: only the connection is a sign of its life.
    """
    period = (sighting.period if sighting else None) or button.period
    way = _way(button, sighting, period)
    linked = sighting is not None and sighting.linked
    if way is Way.LINK and not linked:
        state = _unlinked(button, now - since, None if apart is None else now - max(apart, since))
    else:
        alive = now if linked else since if sighting is None else sighting.at
        state = _state(button, way, now - alive, period or 0.0)
    if sighting is None and state in (State.OK, State.APART):
        state = State.UNHEARD
    notices = [
        *_silence(button, state),
        *_battery(button, sighting),
        *_untested(button, way, sighting, now - since, now),
    ]
    return Judgement(way, state, period if way is Way.BEACON else None, tuple(notices))


def mended(kind: str, button: Button, sighting: Sighting | None, judgement: Judgement) -> bool:
    """Whether a fault that was told is over: only what was seen to be well again, or can no longer be asked, is."""
    if kind == "button_battery":
        return sighting is not None and (sighting.battery or 0) >= LOW  # a weak one goes up and down by itself
    if kind == "button_unlinked":
        return judgement.way is not Way.LINK or judgement.state is State.OK
    if kind not in ("button_missing", "button_absent"):
        return False
    asked = judgement.way is not Way.NONE and button.worn == (kind == "button_absent")
    return not asked or judgement.state in (State.OK, State.UNLINKED)  # which says more


def _way(button: Button, sighting: Sighting | None, period: float | None) -> Way:
    linked = sighting is not None and sighting.linked
    if linked or button.protocol in CONNECTED or needs_link(button.rules):
        return Way.LINK
    return Way.BEACON if period else Way.NONE


def _state(button: Button, way: Way, silence: float, period: float) -> State:
    if way is Way.NONE:
        return State.OK
    if button.worn:
        return State.ABSENT if silence >= ABSENT else State.OK
    if silence < max(LATE, BEACONS * period):
        return State.OK
    return State.LATE if silence < MISSING else State.MISSING


def _unlinked(button: Button, silence: float, heard: float | None) -> State:
    """Of a button that has to be connected, and is not. `heard`: for so long, all the same."""
    state = _state(button, Way.LINK, silence, 0.0)
    if heard is not None and (heard >= MISSING or state is State.MISSING):
        return State.UNLINKED
    return State.APART if state is State.OK else state


def _silence(button: Button, state: State) -> Iterator[Notice]:
    if state in SILENT:
        yield Notice(f"button_{state}:{button.id}", grave=state is not State.LATE)


def _battery(button: Button, sighting: Sighting | None) -> Iterator[Notice]:
    if sighting is None or sighting.battery is None or sighting.battery >= LOW:
        return
    empty = sighting.battery < EMPTY
    yield Notice(f"button_battery{'' if empty else '_low'}:{button.id}", grave=empty)


def _untested(button: Button, way: Way, sighting: Sighting | None, watched: float, now: float) -> Iterator[Notice]:
    pressed = sighting.pressed_at if sighting else None
    untested = watched if pressed is None else now - pressed
    if way is Way.NONE and untested >= UNTESTED:
        yield Notice(f"button_untested:{button.id}")
