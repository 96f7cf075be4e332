"""Whether the internet can be reached: time after time a connection is made to what the hub needs, and let go."""

import asyncio
import socket
import struct
from collections.abc import Callable

from hub.faults import Faults
from hub.model import Moment

EVERY = 30.0  # s
AGAIN = 5.0  # s; after a try that failed, until the internet is back
MISSES = 3  # so many in a row are a fault: within a minute of the loss
GIVEN_UP = 4.0  # s; with the look-up of the name, which an alert needs as well
NEXT_ADDRESS = 0.25  # s; a name has several, and those of one family may lead nowhere
RESET = struct.pack("ii", 1, 0)  # the connection is dropped in one packet, where a farewell takes four


class Probe:
    """`host` and `port`: whom it connects to. Nothing is said there, so that a month of it costs little."""

    def __init__(self, host: str, port: int, faults: Faults, clock: Callable[[], Moment]) -> None:
        self._host = host
        self._port = port
        self._faults = faults
        self._clock = clock
        self._missed = 0

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            began = self._clock().mono
            pause = EVERY if await self.look() else AGAIN
            await asyncio.sleep(began + pause - self._clock().mono)

    async def look(self) -> bool:
        """One try, and whether it succeeded. One success is enough to restore the fault."""
        try:
            async with asyncio.timeout(GIVEN_UP):
                await self._connect()
        except OSError as problem:  # TimeoutError is one
            self._missed += 1
            if self._missed >= MISSES:
                self._faults.put("internet", type(problem).__name__)
            return False
        self._missed = 0
        self._faults.restore("internet")
        return True

    async def _connect(self) -> None:
        _, writer = await asyncio.open_connection(self._host, self._port, happy_eyeballs_delay=NEXT_ADDRESS)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        writer.close()
