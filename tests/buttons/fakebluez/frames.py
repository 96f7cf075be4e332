"""BTHome v2 adverts of a button, as bleak delivers them (https://bthome.io/format)."""

UUID = "0000fcd2-0000-1000-8000-00805f9b34fb"
BEACON, PRESS, DOUBLE, TRIPLE, LONG, HOLD, HOLD_RELEASE, SHELLY_HOLD = 0, 1, 2, 3, 4, 0x80, 0x81, 0xFE

# The example of https://bthome.io/encryption, sealed with a key nobody here needs.
ENCRYPTED = {UUID: bytes.fromhex("41a47266c95f730011223378237214")}


def objects(packet: int | None, *events: int, battery: int | None = 100) -> bytes:
    """0x44: version 2, trigger based, not encrypted. Objects in ascending order, one 0x3A for each key."""
    head = b"" if packet is None else bytes([0x00, packet & 0xFF])
    level = b"" if battery is None else bytes([0x01, battery])
    return b"\x44" + head + level + b"".join(bytes([0x3A, event]) for event in events)


def plain(packet: int | None, *events: int, battery: int | None = 100) -> dict[str, bytes]:
    return {UUID: objects(packet, *events, battery=battery)}
