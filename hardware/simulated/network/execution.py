"""One person's way through a flow, from widget to widget; it is the line of the call it makes or takes."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Protocol, cast

from hardware.simulated.network.answers import Json
from hardware.simulated.network.call import Call, CallState, Detection
from hardware.simulated.network.flows import Flow, Widget
from hardware.simulated.network.liquid import fill
from hardware.simulated.network.timing import Clock, Timing

CALLS_BACK = {CallState.BUSY: "busy", CallState.NO_ANSWER: "noAnswer", CallState.FAILED: "failed"}
WITHOUT_END = 1_000_000  # what `loop` 0 means


class Exit(Protocol):
    """The way from a flow to the telephones."""

    def dial(self, sender: str, to: str, line: "Execution", ring: float, detection: Detection) -> Call | None:
        """None: this call cannot be made."""

    def press(self, call: Call, digit: str) -> None: ...
    def end(self, call: Call) -> None: ...


@dataclass(slots=True, eq=False)
class Execution:
    """`address` is the person's, `own` the account's; `trigger` and `data` are what it began with."""

    flow: Flow
    address: str
    own: str
    trigger: Json
    data: object
    exit: Exit = field(repr=False)
    clock: Clock = field(repr=False)
    timing: Timing = field(repr=False)
    initiated_by: str | None = None
    id: str = field(default_factory=lambda: "FN" + secrets.token_hex(16))
    active: bool = True
    call: Call | None = None
    revision: int = 0
    variables: dict[str, str] = field(default_factory=dict)
    results: dict[str, Json] = field(default_factory=dict)
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated: datetime = field(default_factory=lambda: datetime.now(UTC))
    _widgets: dict[str, Widget] = field(default_factory=dict, repr=False)
    _at: Widget | None = None
    _moves: int = 0  # a timer of an earlier move changes nothing
    _typed: str | None = None  # None: nobody listens to keys

    def begin(self, event: str) -> None:
        """As the flow is now: a later revision does not change it."""
        self._widgets, self.revision = self.flow.widgets(), self.flow.revision
        self._at = self._widgets[self.flow.first]
        self._leave(event)

    def end(self) -> None:
        self._moves += 1
        self._typed = None
        if self.active:
            self.active = False
            self.updated = datetime.now(UTC)
            if self.call and not self.call.over:
                self.exit.end(self.call)
            self.clock.changed()

    @property
    def context(self) -> Json:
        flow = {"channel": {"address": self.own}, "data": self.data, "flow_sid": self.flow.id, "sid": self.id}
        return {
            "contact": {"channel": {"address": self.address}},
            "flow": {**flow, "variables": self.variables},
            "trigger": self.trigger,
            "widgets": self.results,
        }

    def answered(self, call: Call) -> None:
        if call.inbound:
            self.call, self.trigger, self.initiated_by = call, {"call": facts(call)}, call.id
            self.begin("incomingCall")
        else:
            self._note(call)
            self._leave("answered")

    def pressed(self, call: Call, digit: str) -> None:  # noqa: ARG002 - there is one call at a time
        if self._typed is None or self._at is None:
            return
        last = digit == self._at.properties.get("finish_on_key", "#")
        self._typed += "" if last else digit
        wanted = str(self._at.properties.get("number_of_digits") or "")
        if last or str(len(self._typed)) == wanted:
            self._close()
        else:
            self._listen()

    def over(self, call: Call) -> None:
        """A person who hangs up ends it; one who was not reached may be called again."""
        if not self.active:
            return
        event = CALLS_BACK.get(call.state)
        if event is None:
            self.end()
        else:
            self._note(call)
            self._leave(event)

    def _leave(self, event: str) -> None:
        assert self._at is not None
        name = self._at.next(event)
        self._go(name)

    def _go(self, name: str | None) -> None:
        self._typed = None
        self._after(0.0, self.end if name is None else partial(self._enter, self._widgets[name]))

    def _enter(self, widget: Widget) -> None:
        self._at = widget
        self.updated = datetime.now(UTC)
        WORK[widget.kind](self, widget)

    def _dial(self, widget: Widget) -> None:
        """Twilio asks for both: to detect, and how."""
        wants = widget.properties.get("detect_answering_machine") is True
        how = str(widget.properties.get("machine_detection", Detection.ENABLE))
        detection = Detection(how) if wants else Detection.NONE
        sender, to = self._filled(widget, "from"), self._filled(widget, "to")
        self.call = self.exit.dial(sender, to, self, _seconds(widget, 60), detection)
        if self.call is None:
            self.results[widget.name] = {"CallStatus": "failed", "From": sender, "To": to}
            self._leave("failed")

    def _split(self, widget: Widget) -> None:
        self._go(widget.matching(self.context))

    def _say(self, widget: Widget) -> None:
        self._speak(widget, partial(self._leave, "audioComplete"))

    def _gather(self, widget: Widget) -> None:
        self._typed = ""
        self._speak(widget, self._ask)

    def _set(self, widget: Widget) -> None:
        for variable in cast(list[Mapping[str, object]], widget.properties["variables"]):
            self.variables[str(variable["key"])] = fill(variable["value"], self.context)
        self._leave("next")

    def _speak(self, widget: Widget, then: Callable[[], None], spoken: int = 0) -> None:
        times = int(str(widget.properties.get("loop", 1))) or WITHOUT_END
        if spoken == times or self.call is None:
            then()
            return
        text = self._filled(widget, "say")
        self.call.hear(text, self._filled(widget, "language"))
        self._after(len(text) * self.timing.talk, partial(self._speak, widget, then, spoken + 1))

    def _ask(self) -> None:
        """The question was heard: now the person types, if this one does."""
        self._listen()
        if self.call and self.call.script:
            for digit in self.call.script.pop(0):
                self.exit.press(self.call, digit)

    def _listen(self) -> None:
        assert self._at is not None
        self._after(_seconds(self._at, 5) * self.timing.second, self._close)

    def _close(self) -> None:
        assert self._at is not None
        if self._typed:
            self.results[self._at.name] = {**self._facts(), "Digits": self._typed}
        self._leave("keypress" if self._typed else "timeout")

    def _note(self, call: Call) -> None:
        assert self._at is not None
        self.call = call
        self.results[self._at.name] = self._facts()

    def _facts(self) -> Json:
        return {} if self.call is None else facts(self.call)

    def _filled(self, widget: Widget, name: str) -> str:
        return fill(widget.properties.get(name) or "", self.context)

    def _after(self, seconds: float, do: Callable[[], None]) -> None:
        """At most one thing is waited for."""
        self._moves += 1
        self.clock.after(seconds, partial(self._do, self._moves, do))

    def _do(self, move: int, do: Callable[[], None]) -> None:
        if move == self._moves:
            do()


WORK: dict[str, Callable[[Execution, Widget], None]] = {
    "make-outgoing-call-v2": Execution._dial,
    "split-based-on": Execution._split,
    "say-play": Execution._say,
    "gather-input-on-call": Execution._gather,
    "set-variables": Execution._set,
}


def facts(call: Call) -> Json:
    """What a flow knows of a call."""
    known: Json = {
        "CallSid": call.id,
        "CallStatus": call.state.value,
        "Direction": "inbound" if call.inbound else "outbound-api",
        "From": call.sender,
        "To": call.to,
    }
    return known | ({"AnsweredBy": call.answered_by} if call.answered_by else {})


def _seconds(widget: Widget, usual: int) -> float:
    return float(str(widget.properties.get("timeout") or usual))
