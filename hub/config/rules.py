"""What a single value of the configuration must be: addresses, numbers, paths, secrets.

Each rule returns the value to keep or raises ValueError with the rest of the sentence "[section] key: …".
"""

import os
import re
import ssl
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr

from hub.errors import Refusal

LONGEST_SOCKET = 107  # bytes; the kernel takes no more for a Unix socket
LONGEST_SECRET = 4096


def absolute(value: object) -> Path:
    if not isinstance(value, str) or not value.startswith("/") or "\0" in value:
        raise ValueError("must be an absolute path")
    return Path(value)


def socket(value: object) -> Path:
    path = absolute(value)
    if len(os.fsencode(path.with_name("simulation.sock"))) > LONGEST_SOCKET or _too_long(path):
        raise ValueError(f"must be at most {LONGEST_SOCKET} bytes long, or no program can connect to it")
    return path


def _too_long(path: Path) -> bool:
    return len(os.fsencode(path)) > LONGEST_SOCKET


def loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def any_url(value: str) -> str:
    """An address of a web service, without its last slash; "" stays "" (not configured)."""
    if value:
        _split(value)
    return value.rstrip("/")


def url(value: str) -> str:
    """As `any_url`, but never in clear text over a network."""
    if value and _split(value).scheme == "http" and not loopback(_split(value).hostname or ""):
        raise ValueError("must begin with https:// (http:// only on this machine)")
    return value.rstrip("/")


def bucket_url(value: str) -> str:
    """As `url`, with a bucket behind the host, and a folder in it where that is wanted."""
    if value and not urlsplit(url(value)).path.strip("/"):
        raise ValueError("must name a bucket, such as https://s3.example.org/bucket/folder")
    return url(value)


def needed_url(value: str) -> str:
    if not value:
        raise ValueError("must be an address that begins with https://")
    return url(value)


def _split(value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or re.search(r"[^!-~]", value):
        raise ValueError("must be an address that begins with https://")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("must hold neither a login nor anything after ? or #")
    return parts


def host(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.:_-]{1,253}", value):
        raise ValueError("must be the name or the address of a mail server")
    return value


def address(value: str) -> str:
    """An e-mail address; only the mail server can tell whether it exists."""
    if not re.fullmatch(r"[^\s@<>,;\"]{1,64}@[A-Za-z0-9.-]{1,253}", value):
        raise ValueError("must be an e-mail address")
    return value


def number(value: str) -> str:
    """An international number that is no emergency service."""
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", value):
        raise ValueError("must be a number in international form, such as +33939010203")
    return _no_emergency(value)


def _no_emergency(value: str) -> str:
    from hub import numbers  # only a configuration with numbers pays for the tables of the whole world

    try:
        numbers.refuse_emergency(value)
    except Refusal:
        raise ValueError("must not be an emergency number") from None
    return value


def sender(value: str) -> str:
    """A sender name that French networks take (letters and digits, 11 at most), or a number."""
    if value.startswith("+"):
        return number(value)
    if not re.fullmatch(r"(?=.*[A-Za-z])[A-Za-z0-9]{1,11}", value):
        raise ValueError("must be a name of at most 11 letters and digits, or a number such as +33939010203")
    return value


def bind(value: str) -> str:
    """ADDRESS:PORT, of one interface: who may reach it is who is on that one."""
    found = re.fullmatch(r"(?:\[([0-9A-Fa-f:]+)\]|([A-Za-z0-9.-]+)):([0-9]{1,5})", value)
    if found is None or not 0 < int(found[3]) < 65536:
        raise ValueError("must be ADDRESS:PORT, such as 127.0.0.1:8443")
    if not _of_one_interface(found[1] or found[2]):
        raise ValueError("must name the address of one interface, not of all of them")
    return value


def _of_one_interface(host: str) -> bool:
    try:
        return not ip_address(host).is_unspecified
    except ValueError:
        return host == "localhost"


def secret(value: object) -> SecretStr:
    """The content of the file that `value` names. Neither is quoted: people mistake one for the other."""
    place = _secret_place(value)
    try:
        if not place.is_file():
            raise ValueError("names no file")
        content = place.read_bytes()[: LONGEST_SECRET + 1].decode()
    except OSError as problem:
        raise ValueError(f"names a file that cannot be read ({problem.strerror})") from None
    except UnicodeDecodeError:
        raise ValueError("names a file that is not text") from None
    if not 0 < len(content.strip()) <= LONGEST_SECRET:
        raise ValueError(f"names a file that is empty or longer than {LONGEST_SECRET} characters")
    return SecretStr(content.strip())


def certificates(value: object) -> Path:
    """The file that `value` names, with certificates (PEM) in it."""
    place = _secret_place(value)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(place)
    except ssl.SSLError:
        raise ValueError("names a file without certificates in PEM form") from None
    except OSError as problem:
        raise ValueError(f"names a file that cannot be read ({problem.strerror})") from None
    return place


def _secret_place(value: object) -> Path:
    if not isinstance(value, str) or not value or "\0" in value:
        raise ValueError("must be the name of a file")
    if value.startswith("/"):
        return Path(value)
    if "/" in value:
        raise ValueError("must be an absolute path, or a bare name in $CREDENTIALS_DIRECTORY")
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        raise ValueError("is a bare name, but $CREDENTIALS_DIRECTORY is not set: name the whole path")
    return Path(folder, value)
