"""What can be asked of the network over its control socket: show, behave, pick up, break."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from hardware.simulated.network.answers import Json
from hardware.simulated.network.call import LIVE, Call, CallState
from hardware.simulated.network.faults import Fault, Kind, Service, Sort
from hardware.simulated.network.mailing import Mail
from hardware.simulated.network.network import TelephoneNetwork
from hardware.simulated.network.phones import Behaviour, Phone
from hardware.simulated.network.rules import NUMBER
from hardware.simulated.network.texting import OUT_OF_REACH, Sms

Values = Mapping[str, object]
T = TypeVar("T", bound=StrEnum)
LONGEST_DELAY = 3600.0
AMOUNT = re.compile(r"-?[0-9]{1,9}\.[0-9]{2}")


class CommandError(ValueError):
    """A request that cannot be granted: one clear sentence, nothing was changed."""


def answer(network: TelephoneNetwork, request: object) -> Json:
    """The whole answer line, refusals included."""
    try:
        return {"ok": True, **_do(network, request)}
    except ValueError as error:
        return {"ok": False, "error": f"{error}."}


def _do(network: TelephoneNetwork, request: object) -> Json:
    if not isinstance(request, dict):
        raise CommandError("A request is one JSON object a line")
    command = request.get("command")
    if not isinstance(command, str) or command not in COMMANDS:
        raise CommandError(f"There is no such command; there are {', '.join(COMMANDS)}")
    return COMMANDS[command](network, request) or {}


def _phones(network: TelephoneNetwork, _: Values) -> Json:
    return {"phones": [_phone(phone) for phone in network.phones], "mails": list(map(_mail, network.mails))}


def _behave(network: TelephoneNetwork, values: Values) -> None:
    network.phones.behave(_number(values), _choice(values, "behaviour", Behaviour))


def _stop(network: TelephoneNetwork, values: Values) -> None:
    network.phones.stop(_number(values))


def _undeliverable(network: TelephoneNetwork, values: Values) -> None:
    """Code 0: SMS arrive again."""
    code = _whole(values, "code", range(100_000))
    network.phones.undeliverable(_number(values), OUT_OF_REACH if code is None else code)


def _reply(network: TelephoneNetwork, values: Values) -> None:
    network.phones.reply(_number(values), _number(values, "to"), _text(values, "text"))


def _write(network: TelephoneNetwork, values: Values) -> Json:
    return {"sms": network.phones.write(_number(values), _number(values, "to"), _text(values, "text")).id}


def _written(network: TelephoneNetwork, values: Values) -> Json:
    """How far an SMS has come that one telephone wrote to another."""
    sms = network.phones.mobile.accepted.get(_text(values, "sms"))
    if sms is None:
        raise CommandError("There is no such SMS")
    return {"state": sms.state.value, "error": sms.error}


def _take(network: TelephoneNetwork, values: Values) -> Json:
    return {"messages": [_sms(sms) for sms in network.phones.take(_number(values))]}


def _dial(network: TelephoneNetwork, values: Values) -> Json:
    return {"call": network.phones.dial(_number(values), _number(values, "to")).id}


def _balance(network: TelephoneNetwork, values: Values) -> None:
    balance = _text(values, "balance")
    if not AMOUNT.fullmatch(balance):
        raise CommandError("balance is an amount such as 3.20")
    network.balance = balance


def _pick_up(network: TelephoneNetwork, values: Values) -> None:
    network.phones.pick_up(_text(values, "call"))


def _hang_up(network: TelephoneNetwork, values: Values) -> None:
    network.phones.hang_up(_text(values, "call"))


def _key(network: TelephoneNetwork, values: Values) -> None:
    network.phones.key(_text(values, "call"), _text(values, "digit"))


def _forget(network: TelephoneNetwork, _: Values) -> None:
    network.forget()


def _fault(network: TelephoneNetwork, values: Values) -> None:
    network.faults.add(
        Fault(
            service=_choice(values, "service", Service),
            kind=_choice(values, "kind", Kind),
            seconds=_seconds(values),
            status=_whole(values, "status", range(200, 600)) or 0,
            code=_whole(values, "code", range(1, 100_000)) or 0,
            count=_whole(values, "count", range(1, 1_000_000)),
            only=None if values.get("only") is None else _choice(values, "only", Sort),
            number="" if values.get("number") is None else _text(values, "number"),
        )
    )


def _clear_faults(network: TelephoneNetwork, _: Values) -> None:
    network.faults.clear()


COMMANDS: dict[str, Callable[[TelephoneNetwork, Values], Json | None]] = {
    "phones": _phones,
    "behave": _behave,
    "stop": _stop,
    "undeliverable": _undeliverable,
    "reply": _reply,
    "write": _write,
    "written": _written,
    "take": _take,
    "dial": _dial,
    "balance": _balance,
    "pick_up": _pick_up,
    "hang_up": _hang_up,
    "key": _key,
    "forget": _forget,
    "fault": _fault,
    "clear_faults": _clear_faults,
}


def _phone(phone: Phone) -> Json:
    return {
        "number": phone.number,
        "behaviour": phone.behaviour.value,
        "messages": [_sms(sms) for sms in phone.messages],
        "calls": [_call(call) for call in phone.calls],
    }


def _sms(sms: Sms) -> Json:
    """`at`: when it reached the phone."""
    return {
        "id": sms.id,
        "at": _when(sms.updated),
        "from": sms.sender,
        "text": sms.text,
        "segments": sms.segments,
    }


def _call(call: Call) -> Json:
    state = {CallState.RINGING: "ringing", CallState.IN_PROGRESS: "talking"}.get(call.state, "ended")
    result = "no-answer" if call.state is CallState.CANCELED else call.state.value
    return {
        "id": call.id,
        "at": _when(call.created),
        "from": call.sender,
        "to": call.to,
        "state": state,
        "result": None if call.state in LIVE else result,
        "text": call.text,
        "language": call.language,
    }


def _mail(mail: Mail) -> Json:
    return {
        "id": mail.id,
        "at": _when(mail.at),
        "to": ", ".join(mail.to),
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
    }


def _when(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _text(values: Values, name: str) -> str:
    value = values.get(name)
    if not isinstance(value, str) or not value:
        raise CommandError(f"{name} is missing, or is not a text")
    return value


def _number(values: Values, name: str = "number") -> str:
    number = _text(values, name)
    if not NUMBER.fullmatch(number):
        raise CommandError("A number begins with + and its country's prefix")
    return number


def _choice(values: Values, name: str, choices: type[T]) -> T:
    value = _text(values, name)
    if value not in list(choices):
        raise CommandError(f"{name} is one of {', '.join(choices)}")
    return choices(value)


def _seconds(values: Values) -> float:
    value = values.get("seconds", 2.0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise CommandError("seconds is not a number")
    return min(max(0.0, float(value)), LONGEST_DELAY)


def _whole(values: Values, name: str, allowed: range) -> int | None:
    value = values.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value not in allowed:
        raise CommandError(f"{name} is not a whole number from {allowed.start} to {allowed.stop - 1}")
    return value
