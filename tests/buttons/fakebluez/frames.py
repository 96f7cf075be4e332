"""BTHome v2 adverts of a button, plain and sealed, as bleak delivers them (https://bthome.io/format, /encryption)."""

from cryptography.hazmat.primitives.ciphers.aead import AESCCM

UUID = "0000fcd2-0000-1000-8000-00805f9b34fb"
BEACON, PRESS, DOUBLE, TRIPLE, LONG, HOLD, HOLD_RELEASE, SHELLY_HOLD = 0, 1, 2, 3, 4, 0x80, 0x81, 0xFE

ADDRESS = "3C:2E:F5:71:D5:2A"
KEY = bytes.fromhex("231d39c1d7cc1ab1aee224cd096db932")  # published at https://bthome.io/encryption
# The example there: 25.06 degrees, 50.55 % humidity.
ENCRYPTED = {UUID: bytes.fromhex("41a47266c95f730011223378237214")}
ENCRYPTED_ADDRESS = "54:48:E6:8F:80:A5"


def objects(packet: int | None, *events: int, battery: int | None = 100) -> bytes:
    """0x44: version 2, trigger based, not encrypted. Objects in ascending order, one 0x3A for each key."""
    head = b"" if packet is None else bytes([0x00, packet & 0xFF])
    level = b"" if battery is None else bytes([0x01, battery])
    return b"\x44" + head + level + b"".join(bytes([0x3A, event]) for event in events)


def plain(packet: int | None, *events: int, battery: int | None = 100) -> dict[str, bytes]:
    return {UUID: objects(packet, *events, battery=battery)}


def seal(counter: int, inside: bytes, *, key: bytes = KEY, address: str = ADDRESS, named: bool = False) -> bytes:
    """Seal these objects; `named`: the frame carries the address, as those of a changing address do."""
    printed = bytes.fromhex(address.replace(":", ""))
    info, count = bytes([0x47 if named else 0x45]), (counter % 2**32).to_bytes(4, "little")
    closed = AESCCM(key, tag_length=4).encrypt(printed + b"\xd2\xfc" + info + count, inside, None)
    return info + (printed[::-1] if named else b"") + closed[:-4] + count + closed[-4:]


def sealed(
    counter: int,
    packet: int | None,
    *events: int,
    battery: int | None = 100,
    key: bytes = KEY,
    address: str = ADDRESS,
    named: bool = False,
) -> dict[str, bytes]:
    inside = objects(packet, *events, battery=battery)[1:]
    return {UUID: seal(counter, inside, key=key, address=address, named=named)}
