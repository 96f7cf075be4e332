"""ModemManager on the bus: calls with an end, and errors as codes that the hub has words for."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from hardware.buttons.adapter import end_of
from hardware.buttons.dead_bus import guard
from hub.errors import DeviceError

MANAGER = "org.freedesktop.ModemManager1"
MODEM, SMS, SIM = f"{MANAGER}.Modem", f"{MANAGER}.Sms", f"{MANAGER}.Sim"
_ROOT = "/org/freedesktop/ModemManager1"
_BUS = "org.freedesktop.DBus"
_PROPERTIES = f"{_BUS}.Properties"

_TIMEOUT = 5.0  # s; what ModemManager answers from memory

NO_BUS, NO_DAEMON, ABSENT, SILENT, NOT_ALLOWED = "no_bus", "no_daemon", "absent", "silent", "not_allowed"

# By the last two words of the name of the error.
CODES = {
    "Error.ServiceUnknown": NO_DAEMON,
    "Error.NameHasNoOwner": NO_DAEMON,
    "Error.UnknownObject": ABSENT,
    "Error.UnknownMethod": ABSENT,
    "Error.UnknownInterface": ABSENT,
    "Error.NoReply": SILENT,
    "Core.Unauthorized": NOT_ALLOWED,
    "Core.Connected": SILENT,  # "forced close": the line was cut, and nobody told ModemManager
    "Serial.ResponseTimeout": SILENT,
    "Serial.SendFailed": SILENT,
    "Serial.OpenFailed": SILENT,
    "MobileEquipment.IncorrectPassword": "pin_wrong",
    "MobileEquipment.SimNotInserted": "no_sim",
    "MobileEquipment.NoNetwork": "no_network",
    "Message.SimNotInserted": "no_sim",
    "Message.NoNetwork": "no_network",
    "Message.SmscAddressUnknown": "no_service_centre",
}
_NUMBER = re.compile(r"error: (\d+)")
_RULE = re.compile(r"org\.freedesktop\.ModemManager1\.([\w.]+\w)")


class ModemFault(DeviceError):
    """`code`: one of the hub's own words, the network's number for a refusal ("cms-38"), or ModemManager's last word.
    `rule`: the polkit action that is refused, without what all have in front ("Messaging").
    """

    def __init__(self, code: str, said: str = "", rule: str = "") -> None:
        super().__init__(said or code)
        self.code = code
        self.trouble = f"{code}:{rule}" if rule else code


@dataclass(frozen=True, slots=True)
class Found:
    """One modem, as ModemManager has it at this moment: `facts` by interface, then property."""

    path: str
    facts: dict[str, dict[str, Variant]]

    def fact(self, name: str, interface: str = MODEM) -> Any:
        """None when it is not told."""
        variant = self.facts.get(interface, {}).get(name)
        return None if variant is None else variant.value


class Manager:
    """One connection to the bus. Everything but `over` raises ModemFault, and none of it takes longer than it may."""

    def __init__(self, bus: MessageBus) -> None:
        self._bus = bus
        self._end = asyncio.create_task(end_of(bus))

    @property
    def over(self) -> bool:
        """The connection is lost; another one has to be made."""
        return self._end.done()

    async def follow(self, news: Callable[[], None]) -> None:
        """Call `news` for whatever ModemManager tells, and when it comes or goes."""
        self._end.add_done_callback(lambda _: news())
        self._bus.add_message_handler(lambda message: news() if message.message_type is MessageType.SIGNAL else None)
        for rule in (f"sender='{MANAGER}'", f"sender='{_BUS}',member='NameOwnerChanged',arg0='{MANAGER}'"):
            await self._ask(_BUS, "/org/freedesktop/DBus", _BUS, "AddMatch", "s", f"type='signal',{rule}")

    async def modem(self) -> Found:
        """The first modem there is."""
        objects = await self.call(_ROOT, f"{_BUS}.ObjectManager", "GetManagedObjects")
        modems = [Found(path, facts) for path, facts in objects.items() if MODEM in facts]
        if not modems:
            raise ModemFault(ABSENT, "ModemManager has no modem")
        return modems[0]

    async def facts(self, path: str, interface: str) -> dict[str, Any]:
        """The properties of an object, as plain values."""
        variants = await self.call(path, _PROPERTIES, "GetAll", "s", interface)
        return {name: variant.value for name, variant in variants.items()}

    async def call(
        self, path: str, interface: str, member: str, signature: str = "", *body: object, timeout: float = _TIMEOUT
    ) -> Any:
        """What a method returns, if anything."""
        try:
            async with asyncio.timeout(timeout):
                return await self._ask(MANAGER, path, interface, member, signature, *body)
        except TimeoutError as problem:
            raise ModemFault(SILENT, f"{member}: no answer within {timeout:g} s") from problem

    async def _ask(self, service: str, path: str, interface: str, member: str, signature: str, *body: object) -> Any:
        question = Message(
            destination=service, path=path, interface=interface, member=member, signature=signature, body=list(body)
        )
        try:
            answer = await self._bus.call(question)
        except (OSError, EOFError) as problem:
            raise ModemFault(NO_BUS, "the D-Bus connection was lost") from problem
        if answer.message_type is MessageType.ERROR:
            raise _fault(str(answer.error_name), str(answer.body[0]) if answer.body else "")
        return answer.body[0] if answer.body else None

    def close(self) -> None:
        self._end.cancel()
        self._bus.disconnect()


def _fault(name: str, said: str) -> ModemFault:
    kind, _, last = name.rpartition(".")
    code = CODES.get(f"{kind.rpartition('.')[2]}.{last}", "")
    if code == NOT_ALLOWED:
        rule = (_RULE.findall(said) or ["Device.Control"])[0]
        return ModemFault(code, f"ModemManager refuses: the polkit rule for {MANAGER}.{rule} is missing", rule)
    number = _NUMBER.search(said)
    return ModemFault(code or (f"cms-{number[1]}" if number else last), f"{last}: {said}")


@contextlib.asynccontextmanager
async def manager() -> AsyncIterator[Manager]:
    """Raises ModemFault when there is no bus."""
    guard()
    bus = MessageBus(bus_type=BusType.SYSTEM)
    try:
        async with asyncio.timeout(_TIMEOUT):
            await bus.connect()
    except (OSError, TimeoutError) as problem:
        raise ModemFault(NO_BUS, "there is no D-Bus system bus") from problem
    link = Manager(bus)
    try:
        yield link
    finally:
        link.close()
