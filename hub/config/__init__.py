"""The configuration: hub.toml, checked whole before anything starts; every fault is told at once."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from hub import place
from hub.config import faults
from hub.config.sections import Config
from hub.errors import ConfigError

__all__ = ["Config", "devices", "load"]

DEVICES = ("buttons", "siren", "microphone", "modem", "power")


def load(path: Path | None = None) -> Config:
    """From `path`, else HUB_CONFIG, else /etc/hub/hub.toml. Raises ConfigError with all faults."""
    return _checked(place.document(path))


def devices(path: Path | None = None) -> Config:
    """The devices alone, for whoever may not read the secrets; all else has its defaults."""
    written = place.document(path)
    return _checked({name: written[name] for name in DEVICES if name in written})


def _checked(written: Mapping[str, object]) -> Config:
    try:
        return Config.model_validate(written)
    except ValidationError as problem:
        found = faults.sentences(Config, problem)
    raise ConfigError(found)
