"""A private D-Bus system bus and a simulated BlueZ on it, for the real bleak."""

from .bluez import FakeBluez, FakeDevice
from .bus import PrivateBus
from .frames import plain

__all__ = ["FakeBluez", "FakeDevice", "PrivateBus", "plain"]
