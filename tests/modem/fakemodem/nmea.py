"""What a GNSS receiver says each second (NMEA 0183)."""

from datetime import UTC, datetime
from functools import reduce
from operator import xor

Fix = tuple[float, float, float]  # latitude, longitude, HDOP


def sentences(fix: Fix | None) -> list[str]:
    """`fix`: None where there is no sky."""
    now = datetime.now(UTC)
    if fix is None:
        return [_sentence(f"GPGGA,{now:%H%M%S}.00,,,,,0,00,99.9,,,,,,"), _sentence("GPRMC,,V,,,,,,,,,,N")]
    latitude, longitude, dilution = fix
    place = f"{_minutes(latitude, 2)},{'NS'[latitude < 0]},{_minutes(longitude, 3)},{'EW'[longitude < 0]}"
    return [
        _sentence(f"GPGGA,{now:%H%M%S}.00,{place},1,08,{dilution},12.0,M,49.0,M,,"),
        _sentence(f"GPRMC,{now:%H%M%S}.00,A,{place},0.0,0.0,{now:%d%m%y},,,A"),
    ]


def _minutes(degrees: float, digits: int) -> str:
    """47.5 degrees are 4730.00000: degrees and minutes."""
    whole, part = divmod(abs(degrees), 1)
    return f"{int(whole):0{digits}d}{part * 60:08.5f}"


def _sentence(body: str) -> str:
    return f"${body}*{reduce(xor, body.encode(), 0):02X}\r\n"
