"""What a next hop said, fit for the log: without telephone numbers and addresses."""

import re

_PRIVATE = re.compile(r"\S+@\S+|\+?\d[\d .()/-]{4,}\d")
_LONGEST = 200  # characters


def without_names(text: str) -> str:
    """The text on one line, with "…" where it named somebody."""
    return _PRIVATE.sub("…", " ".join(text.split()))[:_LONGEST]
