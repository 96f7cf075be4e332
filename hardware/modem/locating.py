"""Where the modem is: the cell it uses and, where it has a GNSS receiver, what that says."""

import logging
import time
from datetime import UTC, datetime
from functools import reduce
from operator import xor

from hardware.modem.manager import MODEM, NOT_ALLOWED, Found, Manager, ModemFault
from hub.model import Cell, Moment, Position, Source

log = logging.getLogger(__name__)

_LOCATION = f"{MODEM}.Location"
_CELL, _NMEA = 1, 4  # MMModemLocationSource
_SWITCHING = 15.0  # s; for the receiver to be switched on
_AGAIN = 300.0  # s; then a receiver that could not be switched on is tried again
_MEASURED = frozenset("12345")  # quality of a GGA sentence; 6 is reckoned, 7 typed, 8 simulated
_NOWHERE = (0, 0xFFFE)  # areas that are none
_PER_HDOP = 15.0  # m of error in 95 of 100 fixes for each unit of HDOP; gpsd's H_UERE_NO_DGPS


class Locating:
    """Of one modem after the other. A fix counts when the receiver's clock has moved on since the last look: of one
    that fell silent ModemManager tells the last fix for ever. `limited`: the right that is missing to it.
    """

    def __init__(self) -> None:
        self._clocks: dict[str, str] = {}  # by the kind of sentence
        self._fix: Position | None = None
        self._not_before = float("-inf")
        self.limited = ""

    async def follow(self, manager: Manager, found: Found, now: float) -> None:
        """Have ModemManager follow cell and receiver, and look. Whatever fails is no reason to doubt the modem."""
        self.limited = ""
        if not _wanted(found):
            return
        try:
            if now >= self._not_before and not _followed(found):
                await manager.call(found.path, _LOCATION, "Setup", "ub", _wanted(found), False, timeout=_SWITCHING)
            await self.read(manager, found.path, "")
        except ModemFault as fault:
            if fault.code == NOT_ALLOWED:
                self.limited = fault.trouble
                return
            log.info("modem: its position is not followed: %s", fault.code)
            self._not_before = now + _AGAIN

    async def read(self, manager: Manager, modem: str, technology: str) -> tuple[Position | None, Cell | None]:
        """What ModemManager remembers. Raises ModemFault."""
        told = await manager.call(modem, _LOCATION, "GetLocation")
        said = {source: str(variant.value) for source, variant in told.items() if source in (_CELL, _NMEA)}
        self._hear(said.get(_NMEA, "").split())
        return self._fix, cell(said.get(_CELL, ""), technology)

    def _hear(self, sentences: list[str]) -> None:
        now = Moment(time.monotonic(), datetime.now(UTC))
        for kind, clock, *fields in filter(None, map(gga, sentences)):
            former, self._clocks[kind] = self._clocks.get(kind), clock
            if former not in (None, clock):
                self._fix = fix(fields, now) or self._fix


def _wanted(found: Found) -> int:
    return int(found.fact("Capabilities", _LOCATION) or 0) & (_CELL | _NMEA)


def _followed(found: Found) -> bool:
    """And told to nobody who does not ask."""
    missing = _wanted(found) & ~int(found.fact("Enabled", _LOCATION) or 0)
    return not missing and not found.fact("SignalsLocation", _LOCATION)


def fix(fields: list[str], now: Moment) -> Position | None:
    """Of a GGA sentence (NMEA 0183), what comes after the time; None when the receiver knows nothing."""
    try:
        latitude, north, longitude, east, quality, _, hdop = fields[:7]
        if quality not in _MEASURED:
            return None
        radius = _PER_HDOP * max(1.0, float(hdop))
        return Position(
            _degrees(latitude, 2) * _SIDE[north], _degrees(longitude, 3) * _SIDE[east], radius, now, Source.GNSS
        )
    except (ValueError, KeyError):
        return None


_SIDE = {"N": 1, "S": -1, "E": 1, "W": -1}


def _degrees(text: str, digits: int) -> float:
    """4751.9012 is 47 degrees and 51.9012 minutes."""
    return int(text[:digits]) + float(text[digits:]) / 60


def gga(sentence: str) -> list[str]:
    """Its fields, if it is one and arrived as it was sent."""
    body, _, check = sentence.removeprefix("$").partition("*")
    sound = sentence.isascii() and check.upper() == f"{reduce(xor, body.encode(), 0):02X}"
    return body.split(",") if sound and body[2:6] == "GGA," else []


def cell(told: str, technology: str) -> Cell | None:
    """ "MCC,MNC,LAC,CI,TAC", the last three hexadecimal; what is not known is 0 or FFFE. Only LTE has a TAC."""
    try:
        country, network, *numbers = told.split(",")
        area, id, tracking = (int(number or "0", 16) for number in numbers)
        if tracking not in _NOWHERE:
            area, technology = tracking, "LTE"
        found = Cell(technology, int(country), int(network), area, id)
    except ValueError:
        return None
    return found if area not in _NOWHERE and id else None
