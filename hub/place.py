"""Where the configuration lies and where the hub listens; quick to import, for every command begins here."""

import os
import tomllib
from pathlib import Path

from hub.errors import ConfigError

CONFIGURATION = Path("/etc/hub/hub.toml")
CONTROL_SOCKET = Path("/run/hub/control.sock")


def configuration(path: Path | None) -> Path:
    """What was named, else what HUB_CONFIG names, else the installed one."""
    return path or Path(os.environ.get("HUB_CONFIG") or CONFIGURATION)


def document(path: Path | None) -> dict[str, object]:
    """The configuration as it is written, not yet checked. Raises ConfigError."""
    place = configuration(path)
    try:
        return tomllib.loads(place.read_text(encoding="utf-8"))
    except OSError as problem:
        raise ConfigError([f"{place} cannot be read: {problem.strerror}."]) from None
    except UnicodeDecodeError:
        raise ConfigError([f"{place} is not a text file in UTF-8."]) from None
    except RecursionError:
        raise ConfigError([f"{place} is nested too deeply."]) from None
    except ValueError as problem:  # also a number of more digits than Python reads
        raise ConfigError([f"{place} is not TOML: {problem}."]) from None


def control_socket(path: Path | None) -> Path:
    """The socket alone: a command must find the hub without the right to read the hub's secrets."""
    state = document(path).get("state", {})
    socket = state.get("socket", str(CONTROL_SOCKET)) if isinstance(state, dict) else None
    if not isinstance(socket, str) or not Path(socket).is_absolute():
        raise ConfigError(["[state] socket: must be an absolute path."])
    return Path(socket)
