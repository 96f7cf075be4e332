"""Puts an SMS together from parts and shortens them in a fixed order until it fits its segments."""

from collections.abc import Iterator, Mapping

from hub.gsm7 import segments

# A part's wordings that are still allowed, the fullest first; the parts in the order in which they are read.
Parts = Mapping[str, tuple[str, ...]]

# Left to right until it fits: each mention takes the part's next shorter wording; an empty one drops it.
SHORTENED = (
    *("do", "silence", "room", "police", "head", "silence", "police", "map"),
    *("do", "head", "silence", "mark", "mark", "room"),
)
# What then still finds room is said as fully as it can be, in this order.
RESTORED = ("mark", "do", "silence", "police", "head", "room")


def fitted(parts: Parts, limit: int) -> str:
    """The fullest text of at most `limit` segments; the shortest when none is, for nothing is held back."""
    forms = list(shorter(parts))
    form = next((form for form in forms if fits(form, limit)), forms[-1])
    for part in RESTORED:
        form = _restored(form, parts, part, limit)
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


def _restored(form: Parts, full: Parts, part: str, limit: int) -> Parts:
    """The form with the fullest wording of one part that still fits."""
    wider = ({**form, part: full[part][start:]} for start in range(len(full.get(part, ()))))
    return next((candidate for candidate in wider if fits(candidate, limit)), form)
