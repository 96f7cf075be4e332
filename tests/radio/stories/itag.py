"""An iTAG within range of the hub, as its sellers describe it; real ones were not at hand."""

from bumble import hci
from bumble.controller import Controller
from bumble.core import AdvertisingData
from bumble.device import Device, DeviceConfiguration
from bumble.gatt import Characteristic, Service

from .air import Air

ADDRESS = "FF:FF:10:62:03:59"
BATTERY = 64  # per cent
_INTERVAL = 50  # ms
_READ, _WRITE = Characteristic.Properties.READ, Characteristic.Properties.WRITE
_HURRIED = Characteristic.Properties.WRITE_WITHOUT_RESPONSE
_NOTIFY = Characteristic.Properties.NOTIFY
_MAY_WRITE = Characteristic.READABLE | Characteristic.WRITEABLE


class Itag:
    """Advertises until it is connected, and again when the link is lost. It beeps at a lost link unless told not to."""

    def __init__(self, air: Air) -> None:
        controller = Controller("itag", link=air.link)
        settings = DeviceConfiguration(
            address=hci.Address(ADDRESS), advertising_interval_min=_INTERVAL, advertising_interval_max=_INTERVAL
        )
        self._device = Device.from_config_with_hci(settings, controller, controller)
        self._key = Characteristic("FFE1", _NOTIFY | _READ, Characteristic.READABLE, b"\x00")
        self._battery = Characteristic("2A19", _NOTIFY | _READ, Characteristic.READABLE, bytes([BATTERY]))
        self._immediate_alert = Characteristic("2A06", _HURRIED, _MAY_WRITE, b"\x00")
        self._link_loss = Characteristic("2A06", _READ | _WRITE, _MAY_WRITE, b"\x02")
        self._device.add_services(
            [
                Service("FFE0", [self._key]),
                Service("180F", [self._battery]),
                Service("1802", [self._immediate_alert]),
                Service("1803", [self._link_loss]),
            ]
        )
        self._device.advertising_data = bytes(
            AdvertisingData(
                [(AdvertisingData.FLAGS, b"\x06"), (AdvertisingData.COMPLETE_LOCAL_NAME, b"iTAG")],
            )
        )

    @property
    def beeps_when_lost(self) -> bool:
        return bool(self._link_loss.value != b"\x00")

    async def switch_on(self) -> None:
        await self._device.power_on()
        await self._device.start_advertising(auto_restart=True)

    async def switch_off(self) -> None:
        await self._device.stop_advertising()
        await self.lose_link()
        await self._device.power_off()

    async def click(self) -> None:
        await self._device.notify_subscribers(self._key, b"\x01")

    async def lose_link(self) -> None:
        for connection in list(self._device.connections.values()):
            await connection.disconnect(hci.HCI_CONNECTION_TIMEOUT_ERROR)
