"""bthome-ble, another reader of the same format: right about single frames, not about repeats and replays."""

import logging

from bleak.backends.device import BLEDevice
from bthome_ble import BTHomeBluetoothDeviceData
from habluetooth import BluetoothServiceInfoBleak

from tests.buttons.fakebluez.frames import ADDRESS, UUID

CODES = {"press": 1, "double_press": 2, "triple_press": 3, "long_press": 4, "long_double_press": 5}
CODES |= {"long_triple_press": 6, "hold_press": 0x80, "hold_release": 0x81}

logging.getLogger("bthome_ble").setLevel(logging.CRITICAL)  # it says aloud what it does not understand


def read_by_oracle(payload: bytes, key: bytes | None = None, address: str = ADDRESS) -> tuple[int | None, list[int]]:
    """Packet id and events of one frame, as the first that is heard."""
    parser = BTHomeBluetoothDeviceData(bindkey=key)
    update = parser.update(_advert(payload, address))
    events = sorted(update.events.items(), key=lambda item: item[0].key)
    packet = parser.packet_id
    return None if packet is None else int(packet), [CODES[event.event_type] for _, event in events]


def _advert(payload: bytes, address: str) -> BluetoothServiceInfoBleak:
    return BluetoothServiceInfoBleak(
        name="SBBT-002C",
        address=address,
        rssi=-60,
        manufacturer_data={},
        service_data={UUID: payload},
        service_uuids=[],
        source="test",
        device=BLEDevice(address, None, None),
        advertisement=None,
        connectable=True,
        time=100.0,
        tx_power=None,
        raw=None,
    )
