"""One connected button: connected when it is heard, and anew when its link ends or is not proven.

A pending connection makes the adverts of other buttons go lost: so it is tried only with a device that was just
heard, for seconds, and ever more rarely with one that lets us wait for nothing.
"""

import asyncio
import logging
import time
from collections.abc import Callable

from bleak.backends.device import BLEDevice
from bleak.exc import BleakError

from hardware.buttons.connected.connecting import connect, let_go
from hardware.buttons.connected.connection import Connection, Life
from hardware.buttons.connected.driver import Driver
from hardware.buttons.connected.presence import Presence
from hardware.buttons.connected.rest import Pace, Rest
from hub.errors import DeviceError
from hub.ports import Press, Sighting

log = logging.getLogger(__name__)


class Link:
    """`address` is upper case with colons."""

    def __init__(self, adapter: str, address: str, driver: Driver, pace: Pace) -> None:
        self._address = address
        self._driver = driver
        self._pace = pace
        self._life = Life()
        self._presence = Presence(adapter, address)
        self._rest = Rest(pace)
        self._told = ""
        self._round: asyncio.Task[None] | None = None
        self._connection: Connection | None = None

    def heard(self, device: BLEDevice) -> None:
        """bleak has news of it."""
        self._presence.heard(device)

    def drop(self) -> None:
        """Begin anew, believing nothing of before."""
        self._rest.forget()
        if self._round:
            self._round.cancel()

    def sighting(self) -> Sighting | None:
        life = self._life
        if life.at is None:
            return None
        linked = self._connection is not None
        return Sighting(life.at, battery=life.battery, pressed_at=life.pressed_at, linked=linked)

    async def confirm(self) -> None:
        """Show the wearer that a person has acknowledged. Raises DeviceError."""
        if self._connection is None:
            raise DeviceError("the button is not connected")
        await self._connection.show()

    async def run(self, hear: Callable[[Press], None]) -> None:
        """Until cancelled; then there is no link any more."""
        while True:
            self._round = asyncio.create_task(self._try(hear))
            try:
                await asyncio.wait({self._round})
            finally:
                if not self._round.done():
                    self._round.cancel()
                    await asyncio.wait({self._round})

    async def _try(self, hear: Callable[[Press], None]) -> None:
        """One link, from the advert to its end; never raises but when it is cancelled."""
        device = await self._presence.wait()
        while pause := self._rest.heard(time.monotonic()):
            await asyncio.sleep(min(pause, self._pace.away / 4))  # then listen anew: it may have gone meanwhile
            device = await self._presence.wait()
        began = time.monotonic()
        try:
            await self._connect(device, hear)
        except Exception as error:  # noqa: BLE001 - one device's task: whatever bleak, D-Bus or BlueZ thinks of
            self._tell(str(error) if isinstance(error, DeviceError) else type(error).__name__)
        self._rest.ended(began, time.monotonic())

    async def _connect(self, device: BLEDevice, hear: Callable[[Press], None]) -> None:
        self._rest.tried()
        ended = asyncio.Event()
        client = await connect(device, self._pace.connect, ended.set)
        ended.clear()  # bleak also tells the end of attempts before this one
        try:
            if not client.is_connected:
                raise BleakError("the link ended at once")
            connection = Connection(client, self._driver, self._life, self._pace.answer)
            await connection.begin(lambda source, value: self._take(source, value, hear))
            self._connection = connection
            self._rest.proven()
            self._tell("")
            await connection.stay(ended, self._pace.prove)
        finally:
            self._connection = None
            await let_go(client)

    def _take(self, source: str, value: bytes, hear: Callable[[Press], None]) -> None:
        """The path of a press: nothing comes before it."""
        now = time.monotonic()
        for action in self._driver.means(source, value):
            try:
                hear(Press(self._address, action, now, battery=self._life.battery))
            except Exception:  # one press must never stop the next one, nor its release
                log.exception("A press could not be taken")
            self._life.pressed_at = now
        self._life.at = now

    def _tell(self, trouble: str) -> None:
        """Log what changed."""
        if trouble and trouble != self._told:
            log.warning("A button of this home is not connected: %s", trouble)
        self._told = trouble
