"""The button radio: bleak on BlueZ, supervised, because a dead scanner looks like one that hears nothing."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from hardware.buttons.adapter import AdapterWatch, Trouble, watch_adapter
from hardware.buttons.adverts.advert import Advert
from hardware.buttons.adverts.hearing import Hearing
from hardware.buttons.connected.links import Links
from hardware.buttons.connected.study import Study
from hardware.buttons.dead_bus import guard
from hardware.buttons.ladder import Ladder, Step
from hardware.buttons.proof import News, Proof
from hardware.buttons.scan import BleakBus, Scan
from hardware.buttons.sightings import merged
from hardware.recovery import ask
from hub.errors import DeviceError
from hub.model import Button
from hub.ports import Heard, Press, Sighting
from hub.profile import Signal, needs_link

log = logging.getLogger(__name__)

_CALL_TIMEOUT = 5.0
_PACE = 0.2  # seconds from one start to the next at least

Hear = Callable[[Press], None]


class BleButtons:
    """Buttons that advertise or are connected, on one adapter ("hci0").

    `silence`: seconds without an advert of any device after which the radio is not believed any more.
    `patience`: seconds that a failure may last before it is told. `recovery`: the file that asks root's helper to
    reset the adapter or bluetoothd; None: nobody is asked.
    """

    def __init__(
        self,
        adapter: str,
        *,
        recovery: Path | None = None,
        silence: float = 55.0,
        patience: float = 5.0,
        ladder: Ladder | None = None,
    ) -> None:
        guard()
        self._adapter = adapter
        self._recovery = recovery
        self._hearing = Hearing()
        self._links = Links(adapter)
        self._studies: list[Study] = []
        self._bus = BleakBus()
        self._proof = Proof(silence, patience)
        self._news = News()
        self._ladder = ladder or Ladder()
        self._degraded = False
        self._flagless = False  # a watched button may send no Flags: a passive scan does not ask for those
        self._wishes = asyncio.Event()
        self._bluetoothd = ""

    @property
    def listening(self) -> bool:
        """Adverts are heard on the scan that runs now."""
        return self._proof.listening(time.monotonic())

    @property
    def trouble(self) -> str:
        """Why presses may not be heard; it stays until an advert is heard."""
        return self._proof.trouble(time.monotonic())

    @property
    def degraded(self) -> bool:
        """The last scan is an active one: some presses may be missed."""
        return self._degraded

    @property
    def unreadable(self) -> frozenset[str]:
        return self._hearing.unreadable()

    def watch(self, buttons: Iterable[Button]) -> None:
        buttons = tuple(buttons)
        self._hearing.watch(buttons)
        self._links.watch(buttons)
        self._flagless = any(one.rules and not needs_link(one.rules) for one in buttons)
        self._wishes.set()

    def recent(self, *, near: bool = False) -> Sequence[Heard]:
        return self._hearing.recent(time.monotonic(), near=near)

    def seen(self) -> Mapping[str, Sighting]:
        return merged(self._hearing.seen(), self._links.seen())

    def fits(self, address: str, key: bytes) -> bool | None:
        return self._hearing.fits(address, key)

    async def confirm(self, address: str) -> None:
        await self._links.confirm(address)

    async def study(self, address: str, note: Callable[[Signal], None]) -> None:
        study = Study(self._adapter, address, note)
        self._studies.append(study)
        self._wishes.set()
        try:
            with self._links.spared(address):
                await study.run()
        finally:
            self._studies.remove(study)
            self._wishes.set()

    async def listen(self, hear: Hear) -> None:
        """Until cancelled. It mends what it can and never raises: `trouble` says what it cannot mend.

        An exception would end the links as well, which may hear presses while no scan can be started.
        """
        self._proof.begin(time.monotonic())
        self._hearing.begin(time.monotonic())
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._links.run(partial(self._on_link, hear)))
                group.create_task(self._scan(hear))
        finally:
            self._proof.end()

    async def _scan(self, hear: Hear) -> None:
        told = ""
        while True:
            began = time.monotonic()
            try:
                trouble = await self._scan_until_trouble(hear)
            except Exception as error:  # noqa: BLE001 - one device's task: whatever bleak, D-Bus or BlueZ thinks of
                trouble = Trouble(_reason(error))
            if trouble.reason != told:
                log.warning("The button radio starts again: %s", trouble.reason)
            told = "" if self.listening else trouble.reason
            await self._after(trouble, began)
            await asyncio.sleep(began + _PACE - time.monotonic())

    async def _scan_until_trouble(self, hear: Hear) -> Trouble:
        scan = Scan(self._adapter, partial(self._on_advert, hear), self._bus)
        async with watch_adapter(self._adapter) as watch:
            async with asyncio.timeout(_CALL_TIMEOUT):
                await self._know_bluetoothd(watch)
                await watch.power_on()
            if watch.trouble.done():  # of a fault that is not over yet: it would end this scan at once
                return watch.trouble.result()
            try:
                lost = await scan.start(time.monotonic())
                if lost is not None:
                    watch.follow(lost, Trouble("bleak's D-Bus connection was lost", links=True))
                self._proof.started(time.monotonic())
                return await self._trouble(watch, scan)
            finally:
                await scan.stop()

    async def _trouble(self, watch: AdapterWatch, scan: Scan) -> Trouble:
        """Wait until this scan is not to be believed any more."""
        watch.discovers = lambda: scan.active  # asked when it stops: a passive one may just have taken its place
        while not watch.trouble.done():
            if (now := time.monotonic()) >= self._proof.deadline():
                return Trouble(self._proof.silent)
            await scan.adjust(self._flagless or bool(self._studies), now)
            self._degraded = scan.active
            if now >= self._proof.ask_at():
                await self._ask_the_air(watch)
            self._wishes.clear()
            left = min(self._proof.deadline(), self._proof.ask_at(), scan.adjust_at()) - time.monotonic()
            await _first(watch.trouble, self._wishes, max(left, 0.0))
        return watch.trouble.result()

    async def _ask_the_air(self, watch: AdapterWatch) -> None:
        """Whoever is there is news again; buttons that are being connected are left alone."""
        self._proof.asked()
        async with asyncio.timeout(_CALL_TIMEOUT):
            spared = {*self._links.addresses, *(study.address for study in self._studies)}
            self._news.forget_some(await watch.forget_devices(spared))

    async def _know_bluetoothd(self, watch: AdapterWatch) -> None:
        """Links to the devices end with the bluetoothd that made them, and bleak does not notice."""
        bluetoothd = await watch.bluetoothd()
        if self._bluetoothd not in ("", bluetoothd):
            self._begin_anew()
        self._bluetoothd = bluetoothd

    def _begin_anew(self) -> None:
        self._links.drop()
        self._news.forget()

    async def _after(self, trouble: Trouble, began: float) -> None:
        """A scan that breaks and starts again at once is one failure: the ladder leaves it at that."""
        now = time.monotonic()
        step = self._ladder.failed(now)
        self._proof.failed(now, trouble.reason, began)
        if trouble.links:
            self._begin_anew()
        if step is Step.TELL:
            self._proof.give_up(f"{trouble.reason}; a restart of Bluetooth did not help")
        elif step is not Step.SCAN and self._recovery is not None:
            await self._ask(step, self._recovery)

    async def _ask(self, step: Step, recovery: Path) -> None:
        log.warning("The button radio asks for a recovery: %s", step)
        try:
            async with asyncio.timeout(_CALL_TIMEOUT):
                await asyncio.to_thread(ask, recovery, step)
        except OSError as problem:
            log.warning("It could not be asked for: %s", str(problem) or "the disk does not answer")
        else:  # whoever switches an adapter on while it is being reset keeps it from being reset
            await asyncio.sleep(self._ladder.alone)

    def _on_link(self, hear: Hear, press: Press) -> None:
        hear(press)
        self._hearing.pressed(press.button, press.heard_at)

    def _on_advert(self, hear: Hear, device: BLEDevice, data: AdvertisementData) -> None:
        """The path of a press: nothing comes before it."""
        now = time.monotonic()
        try:
            self._hearing.take(_advert(device, data, now), hear)
            self._links.heard(device)
            for study in self._studies:
                study.heard(device, data)
        except Exception:  # one advert must never stop the next one
            log.exception("An advert could not be taken")
        finally:
            if self._news.take(device.address, data.rssi, data.service_data, data.manufacturer_data):
                self._proof.heard(now)
                self._ladder.heard()


async def _first(trouble: asyncio.Future[Trouble], wishes: asyncio.Event, seconds: float) -> None:
    wish = asyncio.create_task(wishes.wait())
    either: set[asyncio.Future[Any]] = {trouble, wish}
    try:
        await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        wish.cancel()


def _advert(device: BLEDevice, data: AdvertisementData, now: float) -> Advert:
    return Advert(
        device.address,
        now,
        data.local_name or device.name or "",
        data.rssi,
        data.service_data,
        data.manufacturer_data,
        tuple(data.service_uuids),
    )


def _reason(error: Exception) -> str:
    if isinstance(error, DeviceError):
        return str(error)
    if isinstance(error, TimeoutError):
        return "bluetoothd does not answer"
    if isinstance(error, OSError):
        return "the D-Bus system bus is not there"
    return f"{type(error).__name__}: {error}"
