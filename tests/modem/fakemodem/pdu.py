"""SMS as they go over the air (3GPP TS 23.038 and 23.040): what a modem is given, and what a network brings."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = {0x0A: "\f", 0x14: "^", 0x28: "{", 0x29: "}", 0x2F: "\\", 0x3C: "[", 0x3D: "~", 0x3E: "]", 0x40: "|"}
_EXTENDED[0x65] = "€"
_SEPTETS = {char: [code] for code, char in enumerate(_BASIC)} | {c: [0x1B, n] for n, c in _EXTENDED.items()}
_VALIDITY = {0x00: 0, 0x10: 1, 0x08: 7, 0x18: 7}  # bytes


@dataclass(frozen=True)
class Part:
    """One SMS-SUBMIT. `report`: a delivery report was asked for; `joined`: what its other parts have in common."""

    number: str
    text: str
    encoding: str
    report: bool
    joined: int = 0
    place: int = 1
    total: int = 1


def submitted(pdu: str) -> Part:
    """Raises ValueError or IndexError for what is none."""
    octets = bytes.fromhex(pdu)
    start = 1 + octets[0]
    first = octets[start]
    if first & 0x03 != 0x01:
        raise ValueError("not an SMS-SUBMIT")
    number, at = _number(octets, start + 2)
    coding = octets[at + 1]
    at += 2 + _VALIDITY[first & 0x18]
    length, content = octets[at], octets[at + 1 :]
    header = content[0] + 1 if first & 0x40 else 0
    joined, total, place = (content[3], content[4], content[5]) if header else (0, 1, 1)
    ucs2 = coding >> 2 & 3 == 2
    text = content[header:length].decode("utf-16-be") if ucs2 else _seven_bits(content, length, header)
    return Part(number, text, "ucs2" if ucs2 else "gsm7", bool(first & 0x20), joined, place, total)


def delivered(number: str, text: str, when: datetime, joined: int, centre: str) -> list[str]:
    """The SMS-DELIVERs that carry a text."""
    plain = all(char in _SEPTETS for char in text)
    cost = (lambda char: _SEPTETS[char]) if plain else (lambda char: list(char.encode("utf-16-be")))
    pieces = _pieces([cost(char) for char in text], *((160, 153) if plain else (140, 134)))
    return [
        (_centre(centre) + _deliver(number, when, plain, piece, _header(joined, len(pieces), place))).hex().upper()
        for place, piece in enumerate(pieces, 1)
    ]


def report(reference: int, number: str, when: datetime, status: int) -> str:
    """An SMS-STATUS-REPORT."""
    stamp = _stamp(when)
    return (bytes([0, 0x06, reference]) + _address(number) + stamp + stamp + bytes([status])).hex().upper()


def size(pdu: str) -> int:
    """What +CMGL and +CDS call the length: without the service centre."""
    return len(pdu) // 2 - 1 - int(pdu[:2], 16)


def swapped(digits: str) -> bytes:
    digits += "F" * (len(digits) % 2)
    return bytes(int(digits[i + 1] + digits[i], 16) for i in range(0, len(digits), 2))


def _deliver(number: str, when: datetime, plain: bool, piece: list[int], header: bytes) -> bytes:
    fill = -len(header) * 8 % 7
    length = (len(header) * 8 + fill) // 7 + len(piece) if plain else len(header) + len(piece)
    content = header + (_packed(piece, fill) if plain else bytes(piece))
    flags = bytes([0x44 if header else 0x04])
    return flags + _address(number) + bytes([0, 0 if plain else 8]) + _stamp(when) + bytes([length]) + content


def _header(joined: int, total: int, place: int) -> bytes:
    return bytes([5, 0, 3, joined, total, place]) if total > 1 else b""


def _pieces(chars: list[list[int]], alone: int, piece: int) -> list[list[int]]:
    """No character is cut in two."""
    if sum(map(len, chars)) <= alone:
        return [[code for char in chars for code in char]]
    pieces: list[list[int]] = [[]]
    for char in chars:
        if len(pieces[-1]) + len(char) > piece:
            pieces.append([])
        pieces[-1] += char
    return pieces


def _packed(septets: Iterable[int], fill: int) -> bytes:
    bits, used = 0, fill
    for septet in septets:
        bits |= septet << used
        used += 7
    return bits.to_bytes((used + 7) // 8, "little")


def _seven_bits(content: bytes, length: int, header: int) -> str:
    start = header * 8 + -header * 8 % 7
    bits = int.from_bytes(content, "little")
    return _text([bits >> at & 0x7F for at in range(start, length * 7, 7)])


def _text(septets: Iterable[int]) -> str:
    said, escaped = "", False
    for septet in septets:
        if septet == 0x1B and not escaped:
            escaped = True
            continue
        said += _EXTENDED.get(septet, _BASIC[septet]) if escaped else _BASIC[septet]
        escaped = False
    return said


def _centre(number: str) -> bytes:
    digits = swapped(number.lstrip("+"))
    return bytes([1 + len(digits), 0x91]) + digits


def _address(number: str) -> bytes:
    digits = number.lstrip("+")
    return bytes([len(digits), 0x91 if number.startswith("+") else 0x81]) + swapped(digits)


def _number(octets: bytes, at: int) -> tuple[str, int]:
    """The number that begins here, and where what follows it begins."""
    count, kind = octets[at], octets[at + 1]
    end = at + 2 + (count + 1) // 2
    digits = "".join(f"{octet & 0xF:x}{octet >> 4:x}" for octet in octets[at + 2 : end])[:count]
    return ("+" if kind & 0x70 == 0x10 else "") + digits, end


def _stamp(when: datetime) -> bytes:
    return swapped(when.strftime("%y%m%d%H%M%S") + "00")
