"""The demo's own hub.toml: every device simulated, messages to the built-in telephone network."""

import os
from collections.abc import Mapping

from hub.demo.plan import Plan

CALLER = "+33939980000"  # calls come from here, and whoever calls it back hears the hub

CONFIGURATION = """\
# Written by hub demo at each start; changes are lost.
[state]
dir = "{state}"
socket = "{control}"
[buttons]
device = "simulated"
[siren]
device = "simulated"
[microphone]
device = "simulated"
[modem]
device = "simulated"
replies = true
[power]
device = "simulated"
[twilio]
account_sid = "{account}"
api_key_sid = "{key}"
api_key_secret_file = "{secret_file}"
sender = "DOMICILE"
caller = "{caller}"
api_url = "http://127.0.0.1:{http}"
studio_url = "http://127.0.0.1:{http}"
[email]
host = "127.0.0.1"
port = {smtp}
security = "none"
sender = "hub@example.org"
[video]
base_url = "https://video.example.org"
"""


def write(plan: Plan, network: Mapping[str, object]) -> None:
    """`network`: what the telephone network said when it began to listen."""
    secret = plan.state / "network.secret"
    _write(secret, f"{network['secret']}\n")
    values = {"state": _toml(str(plan.state)), "control": _toml(str(plan.control)), "secret_file": _toml(str(secret))}
    _write(plan.written, CONFIGURATION.format(**{**network, **values}, caller=CALLER))


def _write(path: os.PathLike[str], content: str) -> None:
    """For this user's eyes only, from the first byte on."""
    with open(path, "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(content)


def _toml(text: str) -> str:
    """What may stand between the quotes of a TOML string."""
    return text.replace("\\", "\\\\").replace('"', '\\"')
