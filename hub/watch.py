"""The watch over the buttons of this home: what is judged of each becomes faults and warnings."""

from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic

from hub import supervision
from hub.faults import Fault, Faults
from hub.household import Household
from hub.model import Button
from hub.ports import Buttons, Doubt, Press, Sighting
from hub.supervision import Judgement, State, Way

DOUBTED = 24 * 3600.0  # s after the last such press
SETTLED = 300.0  # s after the radio was deaf: the buttons were silent for no fault of theirs


@dataclass(frozen=True, slots=True)
class View:
    """What is known of one button at one moment. `faults`: the codes of those that stand."""

    button: Button
    sighting: Sighting | None
    judgement: Judgement
    faults: tuple[str, ...] = ()
    readable: bool = True

    @property
    def warnings(self) -> list[str]:
        """Codes of what is to be seen to, and is no fault yet."""
        return [notice.code for notice in self.judgement.notices if not notice.grave]

    @property
    def remarks(self) -> list[str]:
        """Codes of everything there is to say: faults, warnings, and how little is known."""
        unreadable = [] if self.readable else [f"button_unreadable:{self.button.id}"]
        notices = [notice.code for notice in self.judgement.notices if notice.code not in self.faults]
        return [*unreadable, *self.faults, *notices, *_unknown(self.button, self.judgement)]


class Watch:
    """Its warnings and times are in memory only: those of a worn button show presence."""

    def __init__(self, household: Household, buttons: Buttons, faults: Faults) -> None:
        self._household = household
        self._buttons = buttons
        self._faults = faults
        self._began = monotonic()
        self._since: dict[str, float] = {}  # the watching, or the last connection
        self._apart: dict[str, float] = {}  # since when it is heard, and not connected
        self._deaf: float | None = None  # when the radio was last in trouble
        self._last: dict[tuple[str, Doubt | None], float] = {}  # sealed presses, by address and what was odd of them

    def views(self, now: float | None = None) -> list[View]:
        """Of each button of this home."""
        now, seen, unreadable = monotonic() if now is None else now, self._buttons.seen(), self._buttons.unreadable
        return [
            self._view(button, seen.get(button.address), now, readable=button.address not in unreadable)
            for button in self._household.buttons.values()
        ]

    def view(self, button: Button) -> View:
        """Of one, known or not."""
        known = (view for view in self.views() if view.button.id == button.id)
        return next(known, None) or self._view(button, None, monotonic())

    def _view(self, button: Button, sighting: Sighting | None, now: float, *, readable: bool = True) -> View:
        since, apart = self._since.setdefault(button.id, now), self._apart.get(button.id)
        judgement = supervision.judge(button, sighting, now, since, apart)
        faults = tuple(fault.code for fault in self._faults if _button_of(fault.code) == button.id)
        return View(button, sighting, judgement, faults, readable)

    def pressed(self, press: Press) -> None:
        """After the press has acted: how long a doubt lasts depends on the presses that follow."""
        if press.seal or press.doubt:
            self._last[press.button, press.doubt] = press.heard_at

    def look(self, now: float) -> None:
        """Put and restore the faults of each button; keep the period that was measured."""
        buttons = self._household.buttons
        self._deaf = now if self._buttons.trouble else self._deaf
        self._remember(now)
        for view in self.views(now):
            self._look_at(view, now)
        for fault in [*self._faults]:
            id = _button_of(fault.code)
            if id and (id not in buttons or self._dispelled(fault, buttons[id], now)):
                self._faults.restore(fault.code)

    def _remember(self, now: float) -> None:
        """Of the buttons of now: when each was last connected, and since when it is only heard."""
        buttons, seen = self._household.buttons, self._buttons.seen()
        self._since = {id: since for id, since in self._since.items() if id in buttons}
        heard = {id: one for id, button in buttons.items() if (one := seen.get(button.address))}
        self._since |= {id: now for id, one in heard.items() if one.linked}
        still = [] if self._buttons.trouble else [id for id, one in heard.items() if _only_heard(one, now)]
        self._apart = {id: self._apart.get(id, now) for id in still}

    def _look_at(self, view: View, now: float) -> None:
        button, sighting, judgement = view.button, view.sighting, view.judgement
        if judgement.period and not button.period:
            self._household.set_period(button.address, round(judgement.period, 1))
        grave = {notice.code for notice in judgement.notices if notice.grave}
        excused = self._deaf is not None and now < self._deaf + SETTLED and judgement.state in supervision.SILENT
        for code in grave - ({f"button_{judgement.state}:{button.id}"} if excused else set()):
            self._faults.put(code, f"state {judgement.state}, battery {sighting and sighting.battery}")
        for code in set(view.faults) - grave:
            if supervision.mended(_kind(code), button, sighting, judgement):
                self._faults.restore(code)

    def _dispelled(self, fault: Fault, button: Button, now: float) -> bool:
        """Whether a doubt is over: a day without another such press, or a press that was sealed again."""
        kind = _kind(fault.code)
        if kind == f"button_{Doubt.RESTARTED}":
            last = self._last.get((button.address, Doubt.RESTARTED), max(fault.since.mono, self._began))
            return now - last >= DOUBTED
        if kind == f"button_{Doubt.PLAIN}":
            return button.key is None or self._sealed_since(button.address)
        return False

    def _sealed_since(self, address: str) -> bool:
        sealed = max(self._times(address, None, Doubt.RESTARTED), default=None)
        return sealed is not None and sealed > self._last.get((address, Doubt.PLAIN), float("-inf"))

    def _times(self, address: str, *doubts: Doubt | None) -> Iterator[float]:
        return (self._last[address, doubt] for doubt in doubts if (address, doubt) in self._last)


def _only_heard(sighting: Sighting, now: float) -> bool:
    return not sighting.linked and now - sighting.at < supervision.LATE


def _unknown(button: Button, judgement: Judgement) -> Iterator[str]:
    untested = any(_kind(notice.code) == "button_untested" for notice in judgement.notices)
    if judgement.way is Way.NONE and not untested:  # which says it too
        yield f"button_unsupervised:{button.id}"
    if judgement.state is State.UNHEARD:
        yield f"button_unheard:{button.id}"
    if judgement.state is State.APART:
        yield f"button_apart:{button.id}"


def _kind(code: str) -> str:
    return code.partition(":")[0]


def _button_of(code: str) -> str:
    """The id of the button this fault is about; "" if it is about something else."""
    return code.partition(":")[2] if code.startswith("button_") else ""
