"""What the command line says, in the language of whoever types: hub/cli/fr.toml and en.toml."""

import os
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "fr")


def language() -> str:
    """HUB_LANG, else LANG; English when neither names a language we have."""
    wanted = (os.environ.get("HUB_LANG") or os.environ.get("LANG") or "")[:2].lower()
    return wanted if wanted in LANGUAGES else "en"


@cache
def sentences(language: str) -> Mapping[str, str]:
    with Path(__file__).with_name(f"{language}.toml").open("rb") as file:
        return tomllib.load(file)


def sentence(language: str, key: str, **values: object) -> str:
    return sentences(language)[key].format(**values)
