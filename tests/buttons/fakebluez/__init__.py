"""A private D-Bus system bus and a simulated BlueZ on it, for the real bleak."""

from .bluez import FakeBluez
from .bus import PrivateBus
from .device import FakeDevice
from .frames import plain

__all__ = ["FakeBluez", "FakeDevice", "PrivateBus", "plain"]
