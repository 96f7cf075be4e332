"""Secrets come from files, are never printed, and a file that cannot be used is a fault."""

from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from hub.config import Config
from tests.config.conftest import EMAIL, TWILIO

Read = Callable[[str], Config]
Faults = Callable[[str], list[str]]


def test_a_secret_is_read_from_its_path_without_the_line_end(read: Read, secret: Path) -> None:
    twilio = read(TWILIO + f'api_key_secret_file = "{secret}"\n').twilio
    assert twilio is not None
    assert twilio.api_key_secret.get_secret_value() == "correct horse battery"


def test_a_bare_name_is_looked_up_among_the_credentials(
    read: Read, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(secret.parent))
    twilio = read(TWILIO).twilio
    assert twilio is not None
    assert twilio.api_key_secret.get_secret_value() == "correct horse battery"


def test_the_secret_of_the_store_is_read_with_its_address_only(read: Read, secret: Path) -> None:
    store = f'[evidence]\noffsite_secret_file = "{secret}"\n'
    assert read(store).evidence.offsite_secret is None
    key = 'offsite_url = "https://s3.example.org/bucket"\noffsite_access_key = "AKIA"\n'
    found = read(store + key).evidence.offsite_secret
    assert found is not None
    assert found.get_secret_value() == "correct horse battery"


def test_a_secret_prints_as_stars(read: Read, secret: Path) -> None:
    config = read(TWILIO + f'api_key_secret_file = "{secret}"\n')
    assert "correct horse" not in f"{config!r} {config} {config.model_dump()} {config.model_dump_json()}"
    assert "**********" in repr(config)


def test_a_bare_name_without_credentials_says_so(faults: Faults, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    assert faults(TWILIO) == [
        "[twilio] api_key_secret_file: is a bare name, but $CREDENTIALS_DIRECTORY is not set: name the whole path."
    ]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "empty or longer"),
        (b" \n", "empty or longer"),
        (b"x" * 5000, "empty or longer"),
        (b"\xff", "is not text"),
    ],
)
def test_a_file_that_holds_no_secret_is_a_fault(faults: Faults, secret: Path, content: bytes, fault: str) -> None:
    secret.write_bytes(content)
    (found,) = faults(TWILIO + f'api_key_secret_file = "{secret}"\n')
    assert fault in found


@pytest.mark.parametrize("name", ["/", "/nowhere/at/all", "a/b", "", "/x\\u0000y"])
def test_a_name_that_is_no_file_is_a_fault(faults: Faults, name: str) -> None:
    (found,) = faults(TWILIO + f'api_key_secret_file = "{name}"\n')
    assert found.startswith("[twilio] api_key_secret_file: ")


@pytest.mark.parametrize("key", ["api_key_secret_file", "api_key_secret", "api_key", "account_sid_"])
def test_a_secret_written_where_a_file_belongs_is_never_told(
    faults: Faults, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/nowhere")
    told = "\n".join(faults(TWILIO + f'{key} = "hunter2"\n'))
    assert told
    assert "hunter2" not in told


def test_a_mail_server_without_a_login_needs_no_secret(read: Read) -> None:
    email = read(EMAIL + 'password_file = "/nowhere"\n').email
    assert email is not None
    assert email.password is None


def test_a_login_needs_its_secret(faults: Faults) -> None:
    assert faults(EMAIL + 'username = "hub"\npassword_file = "/nowhere"\n') == ["[email] password_file: names no file."]


def test_a_login_takes_its_secret(read: Read, secret: Path) -> None:
    email = read(EMAIL + f'username = "hub"\npassword_file = "{secret}"\n').email
    assert email is not None
    assert email.password is not None
    assert email.password.get_secret_value() == "correct horse battery"


def test_certificates_are_named_by_their_file(read: Read, faults: Faults, tmp_path: Path) -> None:
    authority, wrong, empty = tmp_path / "authority.pem", tmp_path / "wrong.pem", tmp_path / "empty.pem"
    trustme.CA().cert_pem.write_to_path(authority)
    wrong.write_text("no certificate")
    empty.touch()
    setting = '[evidence]\ntimestamp_ca_file = "{}"\n'
    assert read("").evidence.timestamp_ca is None
    assert read(setting.format(authority)).evidence.timestamp_ca == authority
    for file in (wrong, empty):
        assert faults(setting.format(file)) == [
            "[evidence] timestamp_ca_file: names a file without certificates in PEM form."
        ]
    assert "cannot be read" in faults(setting.format(tmp_path / "none.pem"))[0]
    assert "cannot be read" in faults(setting.format(tmp_path))[0]
