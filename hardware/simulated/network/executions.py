"""Every flow of the account and everyone's way through one; its calls go out to, or come from, the telephones."""

import re
from functools import partial

from hardware.simulated.network import rules
from hardware.simulated.network.answers import AnswerError, Json
from hardware.simulated.network.call import Call, CallError, Detection, Line
from hardware.simulated.network.calling import Recital
from hardware.simulated.network.execution import Execution
from hardware.simulated.network.flows import Flow
from hardware.simulated.network.numbers import DEMO_TEXT, Numbers
from hardware.simulated.network.phones import Phones
from hardware.simulated.network.timing import Clock, Timing
from hardware.simulated.network.twiml import Speech

FLOW_URL = re.compile(r"https://webhooks\.twilio\.com/v1/Accounts/AC\w+/Flows/(FW\w+)")
WELCOME = Speech("Thank you for trying our documentation. Enjoy!", "en-US")
BROKEN = Speech("We are sorry, an application error has occurred. Goodbye.", "en-US")


class Executions:
    """Flows and executions by their ids, oldest first. `regions`: the prefixes that may be reached; empty: all."""

    def __init__(
        self, phones: Phones, numbers: Numbers, clock: Clock, timing: Timing, regions: tuple[str, ...]
    ) -> None:
        self.flows: dict[str, Flow] = {}
        self.all: dict[str, Execution] = {}
        self._phones = phones
        self._numbers = numbers
        self._clock = clock
        self._timing = timing
        self._regions = regions

    def of(self, flow: Flow) -> list[Execution]:
        return [one for one in self.all.values() if one.flow is flow]

    def start(self, flow: Flow, to: str, sender: str, data: Json) -> Execution:
        """Raises AnswerError (409) while one is active between the same two numbers."""
        if self._active(flow, to, sender):
            raise AnswerError(409, 20409, "Execution already active for this contact.")
        request: Json = {"from": sender, "to": to, "parameters": data}
        execution = self._new(flow, to, sender, {"request": request}, data)
        self._clock.after(0.0, partial(execution.begin, "incomingRequest"))
        return execution

    def line(self, caller: str, number: str) -> Line:
        """What happens to a call to a number of the account. Raises CallError when nobody has that number."""
        if number not in self._numbers or not self._numbers[number].voice:
            raise CallError("nobody can be called at this number")
        url = self._numbers[number].voice_url or ""
        if url == DEMO_TEXT:
            return Recital(self._phones.calling, WELCOME)
        named = FLOW_URL.fullmatch(url)
        flow = self.flows.get(named[1]) if named else None
        if flow is None or not flow.runs or (not flow.concurrent and self._active(flow, caller, number)):
            return Recital(self._phones.calling, BROKEN)
        return self._new(flow, caller, number, {}, {})

    def dial(self, sender: str, to: str, line: Execution, ring: float, detection: Detection) -> Call | None:
        form = {"From": sender, "To": to, "Twiml": "<Response/>"}
        try:
            rules.ring(form, self._numbers, self._regions)
        except AnswerError:
            return None
        return self._phones.calling.dial(sender, self._phones[to], line, ring, detection)

    def press(self, call: Call, digit: str) -> None:
        self._phones.calling.press(call, digit)

    def end(self, call: Call) -> None:
        self._phones.calling.end(call)

    def forget(self) -> None:
        """Everybody's way; the flows stay."""
        for execution in self.all.values():
            execution.end()
        self.all.clear()

    def _active(self, flow: Flow, address: str, own: str) -> bool:
        return any(one.active and (one.address, one.own) == (address, own) for one in self.of(flow))

    def _new(self, flow: Flow, address: str, own: str, trigger: Json, data: Json) -> Execution:
        execution = Execution(flow, address, own, trigger, data, self, self._clock, self._timing)
        self.all[execution.id] = execution
        return execution
