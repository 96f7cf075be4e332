"""The real ModemManager on a private D-Bus, and a simulated LTE modem that it believes in."""

from .daemon import World, world
from .modem import DENIED, HOME, SEARCHING, FakeModem

__all__ = ["DENIED", "HOME", "SEARCHING", "FakeModem", "World", "world"]
