"""What an execution of the flow has written down about itself."""

from dataclasses import dataclass, field

from twilio.rest.studio.v2.flow.execution import ExecutionContext

from hub.channels.flow import CALL, OVER, TAKEN
from hub.channels.progress import by_machine


@dataclass(frozen=True, slots=True)
class Context:
    """`message`: the id of what it brings, "" for a call back; `call`: the SID of its call, "" before it is known.

    `machine`: who picked up is taken for one; `caller`: who calls back, E.164; `taken` and `over` as in Receipt.
    """

    message: str
    call: str
    machine: bool
    taken: bool
    over: str = field(repr=False)
    caller: str = field(repr=False)


def read(execution: ExecutionContext) -> Context:
    """Ask for it; runs in a thread of the line. What is missing in the answer is empty here."""
    context = execution.execution_context().fetch().context
    return Context(
        message=_text(context, "flow", "data", "id"),
        call=_text(context, "widgets", CALL, "CallSid") or _text(context, "trigger", "call", "CallSid"),
        machine=by_machine(_text(context, "widgets", CALL, "AnsweredBy")),
        taken=_text(context, "flow", "variables", TAKEN) == "1",
        over=_text(context, "flow", "variables", OVER),
        caller=_text(context, "trigger", "call", "From"),
    )


def _text(value: object, *names: str) -> str:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return "" if value is None else str(value)
