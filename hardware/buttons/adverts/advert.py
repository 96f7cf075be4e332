"""One advert of any device, as the radio delivered it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

_NOTHING: Mapping[str, bytes] = MappingProxyType({})
_NOBODY: Mapping[int, bytes] = MappingProxyType({})


class Advert(NamedTuple):
    """`address` is upper case, `heard_at` monotonic seconds, `rssi` dBm; UUIDs are in full, in lower case.

    `maker`: manufacturer data by company number; `services`: what it says it offers. BlueZ repeats what it
    remembers of the device, so an advert may say again what was heard long ago.
    """

    address: str
    heard_at: float
    name: str = ""
    rssi: int = 0
    service_data: Mapping[str, bytes] = _NOTHING
    maker: Mapping[int, bytes] = _NOBODY
    services: tuple[str, ...] | list[str] = ()
