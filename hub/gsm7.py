"""SMS text in the GSM-7 alphabet: one foreign character would halve what fits into a message.

Everything is counted in units: an ordinary character is one, those of the extension table are two.
"""

import unicodedata
from itertools import accumulate

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")

_REPLACED = {
    **dict.fromkeys("‘’‚‛′´`", "'"),
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **{"ç": "c", "œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "ð": "d", "þ": "th"},
    **{"…": "...", "•": "-", "°": "o", "×": "x", "‹": "<", "›": ">", "\t": " "},
}

_ALONE = 160  # units of a message that is one segment
_JOINED = 153  # units of each segment when there are several


def transliterate(text: str) -> str:
    """The text as near as GSM-7 can say it; nothing of it needs UCS-2 afterwards."""
    return "".join(_nearest(char) for char in unicodedata.normalize("NFC", text))


def units(text: str) -> int:
    """What a transliterated text costs."""
    return sum(map(_cost, text))


def segments(text: str) -> int:
    """How many SMS a transliterated text takes; an extended character is never cut in two."""
    if units(text) <= _ALONE:
        return 1
    *_, end = accumulate(map(_cost, text), _place, initial=0)
    return -(-end // _JOINED)


def _cost(char: str) -> int:
    return 2 if char in _EXTENDED else 1


def _place(end: int, cost: int) -> int:
    """Where the next character ends, if the last one ended at `end`."""
    left = -end % _JOINED
    return end + cost + (left if 0 < left < cost else 0)


def _nearest(char: str) -> str:
    if char in _BASIC or char in _EXTENDED:
        return char
    if char in _REPLACED:
        return _REPLACED[char]
    parts = [part for part in unicodedata.normalize("NFKD", char) if not _invisible(part)]
    return "".join(_plain(part) for part in parts)


def _plain(char: str) -> str:
    return char if char in _BASIC or char in _EXTENDED else _REPLACED.get(char, "?")


def _invisible(char: str) -> bool:
    """Accents on their own, joiners, soft hyphens, byte order marks."""
    return unicodedata.category(char) in {"Mn", "Me", "Cf"}
