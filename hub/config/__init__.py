"""The configuration: hub.toml, checked whole before anything starts; every fault is told at once."""

from pathlib import Path

from pydantic import ValidationError

from hub import place
from hub.config import faults
from hub.config.sections import Config
from hub.errors import ConfigError

__all__ = ["Config", "load"]


def load(path: Path | None = None) -> Config:
    """From `path`, else HUB_CONFIG, else /etc/hub/hub.toml. Raises ConfigError with all faults."""
    written = place.document(path)
    try:
        return Config.model_validate(written)
    except ValidationError as problem:
        found = faults.sentences(Config, problem)
    raise ConfigError(found)
