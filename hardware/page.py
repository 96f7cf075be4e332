"""The page's socket and process, which systemd starts and stops when the hub asks: no process while it is closed."""

import asyncio

from dbus_fast import Message, MessageType

from hardware.buttons.dead_bus import guard
from hardware.profiles import connected
from hub.errors import DeviceError

TIMEOUT = 5.0  # s; for all that systemd is asked
SYSTEMD = "org.freedesktop.systemd1"
SOCKET, SERVICE = "hub-web.socket", "hub-web.service"


class SystemDoors:
    """systemd lets the hub's user start and stop these two units and no other (systemd/hub-web.rules)."""

    async def open(self) -> None:
        """Raises DeviceError."""
        await _ask(("StartUnit", SOCKET))

    async def close(self) -> None:
        """The socket first, or the next request would start the process again. Raises DeviceError."""
        await _ask(("StopUnit", SOCKET), ("StopUnit", SERVICE))


async def _ask(*wanted: tuple[str, str]) -> None:
    guard()
    try:
        async with asyncio.timeout(TIMEOUT), connected() as bus:
            for member, unit in wanted:
                question = Message(
                    destination=SYSTEMD, path="/org/freedesktop/systemd1", interface=f"{SYSTEMD}.Manager",
                    member=member, signature="ss", body=[unit, "replace"],
                )  # fmt: skip
                answer = await bus.call(question)
                if answer is None or answer.message_type is MessageType.ERROR:
                    raise DeviceError(f"{unit}: {answer and answer.error_name}")
    except (OSError, EOFError) as problem:  # TimeoutError is an OSError; EOFError: the bus hung up
        raise DeviceError(f"systemd does not answer: {type(problem).__name__}") from problem
