"""A configuration file that a test writes line by line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hub.config import Config, load
from hub.errors import ConfigError

TWILIO = f"""[twilio]
account_sid = "AC{"0" * 32}"
api_key_sid = "SK{"0" * 32}"
sender = "DOMICILE"
caller = "+33939010203"
"""
EMAIL = """[email]
host = "mail.example.org"
sender = "hub@example.org"
"""


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], Config]:
    def read(text: str) -> Config:
        path = tmp_path / "hub.toml"
        path.write_text(text)
        return load(path)

    return read


@pytest.fixture
def faults(read: Callable[[str], Config]) -> Callable[[str], list[str]]:
    def faults(text: str) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            read(text)
        return list(caught.value.faults)

    return faults


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "twilio.secret"
    path.write_text("correct horse battery\n")
    return path
