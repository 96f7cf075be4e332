"""The button radio: bleak on BlueZ, supervised, because a dead scanner looks like one that hears nothing."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from hardware.buttons.adapter import AdapterWatch, watch_adapter
from hardware.buttons.bthome import SERVICE
from hardware.buttons.hearing import Advert, Hearing
from hardware.buttons.scan import start_scan, stop_scan
from hub.errors import DeviceError
from hub.ports import Heard, Press

log = logging.getLogger(__name__)

_START_TIMEOUT = 10.0
_PACE = 0.2  # seconds from one start to the next at least
_PASSIVE_AGAIN = 60.0  # an active scan is replaced so often, in case a passive one is possible now


class BleButtons:
    """Buttons that advertise (BTHome) on one adapter ("hci0").

    `silence`: seconds without an advert of any device after which the scan is not believed any more.
    `patience`: seconds that `listen` tries by itself before it raises DeviceError.
    """

    def __init__(self, adapter: str, *, silence: float = 60.0, patience: float = 5.0) -> None:
        self._adapter = adapter
        self._silence = silence
        self._patience = patience
        self._hearing = Hearing()
        self._listening = False
        self._degraded = False
        self._last_advert = 0.0

    @property
    def listening(self) -> bool:
        """A scan was started and nothing is known that would stop it."""
        return self._listening

    @property
    def degraded(self) -> bool:
        """Listening, but actively: some presses may be missed. A fault to be shown."""
        return self._listening and self._degraded

    @property
    def unreadable(self) -> frozenset[str]:
        """Watched buttons that send encrypted adverts, which are not understood. A fault to be shown."""
        return self._hearing.unreadable()

    def watch(self, buttons: Mapping[str, int | None]) -> None:
        """Report presses of these addresses only; the value is the last counter, so nothing is replayed."""
        self._hearing.watch(buttons)

    def recent(self) -> Sequence[Heard]:
        """Buttons that were pressed in the last two minutes, newest first, known or not."""
        return self._hearing.recent(time.monotonic())

    def seen(self) -> Mapping[str, float]:
        """When each watched button was heard last (monotonic seconds), a beacon included."""
        return self._hearing.seen()

    async def listen(self, hear: Callable[[Press], None]) -> None:
        """Until cancelled. Mends what it can; raises DeviceError after `patience` seconds without success.

        Call it again at once: it paces itself, and while the caller pauses nothing is heard.
        """
        failing_since: float | None = None
        told = ""
        while True:
            began = time.monotonic()
            try:
                trouble = await self._listen_until_trouble(hear)
                failing_since = None
            except Exception as error:  # one device's task: whatever bleak, D-Bus or BlueZ thinks of
                trouble = _reason(error)
                failing_since = began if failing_since is None else failing_since
                if time.monotonic() - failing_since >= self._patience:
                    raise DeviceError(trouble) from error
            if trouble != told:
                log.warning("The button radio starts again: %s", trouble)
            told = "" if failing_since is None else trouble
            await asyncio.sleep(began + _PACE - time.monotonic())

    async def _listen_until_trouble(self, hear: Callable[[Press], None]) -> str:
        async with watch_adapter(self._adapter) as watch:
            async with asyncio.timeout(_START_TIMEOUT):
                await watch.power_on()
                scanner, degraded = await start_scan(partial(self._on_advert, hear), self._adapter)
            try:
                self._last_advert = time.monotonic()
                watch.discovers = self._degraded = degraded
                self._listening = True
                return await self._trouble(watch)
            finally:
                self._listening = False
                await stop_scan(scanner)

    async def _trouble(self, watch: AdapterWatch) -> str:
        """Wait until this scan is not to be believed any more; why."""
        passive_again = time.monotonic() + (_PASSIVE_AGAIN if self._degraded else float("inf"))
        while not watch.trouble.done():
            now = time.monotonic()
            if now >= self._last_advert + self._silence:
                return f"no advert for {self._silence:g} s"
            if now >= passive_again:
                return "trying a passive scan again"
            left = min(self._last_advert + self._silence, passive_again) - now
            await asyncio.wait({watch.trouble}, timeout=left)
        return watch.trouble.result()

    def _on_advert(self, hear: Callable[[Press], None], device: BLEDevice, advert: AdvertisementData) -> None:
        """The path of a press: nothing comes before it."""
        now = time.monotonic()
        try:
            payload = advert.service_data.get(SERVICE)
            if payload is not None:
                name = advert.local_name or device.name or ""
                self._hearing.take(Advert(device.address, payload, now, name, advert.rssi), hear)
        except Exception:  # one advert must never stop the next one
            log.exception("An advert could not be taken")
        finally:
            self._last_advert = now


def _reason(error: Exception) -> str:
    if isinstance(error, DeviceError):
        return str(error)
    if isinstance(error, TimeoutError):
        return "bluetoothd does not answer"
    if isinstance(error, OSError):
        return "the D-Bus system bus is not there"
    return f"{type(error).__name__}: {error}"
