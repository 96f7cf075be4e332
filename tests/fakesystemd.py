"""A small systemd on a private bus: it starts and stops the units that it is asked for, and remembers."""

from typing import Self

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

NAME, PATH = "org.freedesktop.systemd1", "/org/freedesktop/systemd1"


class FakeSystemd:
    """`running`: the units that are; `asked`: each request in order; `problem`: the error it answers with, if any."""

    def __init__(self, address: str) -> None:
        self._address = address
        self.running: set[str] = set()
        self.asked: list[tuple[str, str]] = []
        self.problem = ""

    async def __aenter__(self) -> Self:
        self._bus = await MessageBus(bus_address=self._address).connect()
        self._bus.add_message_handler(self._answer)
        await self._bus.request_name(NAME)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._bus.disconnect()

    def _answer(self, message: Message) -> Message | None:
        if message.message_type is not MessageType.METHOD_CALL or message.path != PATH:
            return None
        if message.interface != f"{NAME}.Manager" or message.signature != "ss":
            return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownMethod", "")
        unit = message.body[0]
        self.asked.append((str(message.member), unit))
        if self.problem:
            return Message.new_error(message, self.problem, "refused")
        if message.member == "StartUnit":
            self.running.add(unit)
        else:
            self.running.discard(unit)
        return Message.new_method_return(message, "o", [f"{PATH}/job/1"])
