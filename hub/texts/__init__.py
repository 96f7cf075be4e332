"""Everything the hub says to people, one file per language: changed without code, checked by tests.

Where there are several wordings of the same thing, the longest comes first.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from hub.model import LANGUAGES

Sections = Mapping[str, Mapping[str, str | list[str]]]


def read(language: str) -> Sections:
    """One language's file as it is written."""
    return tomllib.loads(Path(__file__).with_name(f"{language}.toml").read_text(encoding="utf-8"))


_TEXTS: Mapping[str, Sections] = {language: read(language) for language in LANGUAGES}  # before any alert


def sentence(language: str, section: str, key: str, **values: object) -> str:
    """One text with its gaps filled. Raises KeyError for a text or a gap that is not known."""
    return wordings(language, section, key, **values)[0]


def wordings(language: str, section: str, key: str, **values: object) -> tuple[str, ...]:
    """All wordings of one text, from the fullest to the shortest."""
    written = _TEXTS[language][section][key]
    texts = [written] if isinstance(written, str) else written
    return tuple(text.format_map(values) for text in texts)
