"""How many SMS one text takes: GSM-7 when its alphabet holds every character, UCS-2 otherwise."""

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")  # an escape and a character: two units that stay together


def segments(text: str) -> int:
    if set(text) <= BASIC | EXTENDED:
        return _parts([2 if character in EXTENDED else 1 for character in text], 160, 153)
    return _parts([2 if ord(character) > 0xFFFF else 1 for character in text], 70, 67)


def _parts(units: list[int], alone: int, each: int) -> int:
    """A character is never cut in two, so a part may end one unit early."""
    if sum(units) <= alone:
        return 1
    parts, used = 1, 0
    for size in units:
        if used + size > each:
            parts, used = parts + 1, 0
        used += size
    return parts
