"""What is sent beside alerts, to whomever: never before one, and it gives way to one."""

import asyncio
import logging
from collections.abc import Callable

from hub import retry
from hub.errors import DeliveryError
from hub.model import Moment
from hub.ports import Channel, Message
from hub.second import MODEM

log = logging.getLogger(__name__)

HELD_BACK = 900.0  # s; what an alert has not sent by then waits for a dead path, and whoever mends it must know
GLANCE = 0.2  # s; from one look to the next whether an alert needs the modem


class Lane:
    """`busy`: whether an alert has something to send."""

    def __init__(self, busy: Callable[[], bool], clock: Callable[[], Moment]) -> None:
        self._busy = busy
        self._clock = clock
        self._busy_since: float | None = None

    def held_back(self) -> bool:
        """An alert goes first, but not for ever."""
        now = self._clock().mono
        if not self._busy():
            self._busy_since = None
        elif self._busy_since is None:
            self._busy_since = now
        return self._busy_since is not None and now - self._busy_since < HELD_BACK

    async def send(self, channel: Channel, message: Message) -> bool | None:
        """Whether the next hop took it; None: not now."""
        try:
            async with asyncio.timeout(retry.time_out(channel.path)):
                sending = channel.send(message)
                await (self._give_way(asyncio.create_task(sending)) if channel.path == MODEM else sending)
        except TimeoutError as problem:
            log.warning("a text beside the alerts was not taken by %s: %s", channel.path, str(problem) or "timeout")
            return None
        except DeliveryError as problem:
            log.warning("a text beside the alerts was not taken by %s: %s", channel.path, problem.code)
            return False if problem.permanent else None
        return True

    async def _give_way(self, sending: "asyncio.Task[str]") -> str:
        """Wait for it, unless an alert comes: a modem sends one SMS after the other. Raises what it raises."""
        try:
            while not (await asyncio.wait({sending}, timeout=GLANCE))[0]:
                if self.held_back():
                    raise TimeoutError("an alert goes first")
            return sending.result()
        finally:
            sending.cancel()
