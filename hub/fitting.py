"""Puts an SMS together from parts and shortens them in a fixed order until it fits its segments."""

from collections.abc import Iterator, Mapping

from hub.gsm7 import segments

# A part's wordings that are still allowed, the fullest first; the parts in the order in which they are read.
Parts = Mapping[str, tuple[str, ...]]

# Left to right until it fits: each mention takes the part's next shorter wording; an empty one drops it.
SHORTENED = (
    *("do", "silence", "code", "room", "police", "head", "silence", "police", "do"),
    *("silence", "mark", "map", "moved", "head", "mark", "moved", "room"),
)


def fitted(parts: Parts, limit: int) -> str:
    """The fullest text of at most `limit` segments; the shortest when none is, for nothing is held back.

    Where losing a long part left room, the others are said more fully again.
    """
    forms = list(shorter(parts))
    form = next((form for form in forms if fits(form, limit)), forms[-1])
    for part in reversed(SHORTENED):
        fuller = _fuller(form, parts, part)
        form = fuller if fits(fuller, limit) else form
    return joined(form)


def shorter(parts: Parts) -> Iterator[Parts]:
    """Step by step from the fullest form to the shortest."""
    yield parts
    for part in SHORTENED:
        if len(parts.get(part, ())) > 1:
            parts = {**parts, part: parts[part][1:]}
            yield parts


def joined(parts: Parts) -> str:
    return " ".join(wording[0] for wording in parts.values() if wording[0])


def fits(parts: Parts, limit: int) -> bool:
    return segments(joined(parts)) <= limit


def _fuller(form: Parts, full: Parts, part: str) -> Parts:
    """The form with the next longer wording of one part, where there is one."""
    shortened = len(full.get(part, ())) - len(form.get(part, ()))
    return {**form, part: full[part][shortened - 1 :]} if shortened else form
