"""A home on a machine that runs: the installed hub on simulated devices, and the providers beside it."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from hub.client import Client, Refused, Unreachable
from tests.device.machine import Machine, until

PYTHON = "/opt/hub/.venv/bin/python"
HTTP, SMTP = 9100, 9025
NETWORK = f"{PYTHON} -m hardware.simulated.network --socket /run/providers.sock --http-port {HTTP} --smtp-port {SMTP}"
BUTTON = "02:00:00:00:00:01"
ANNA = "+33639980001"
SETTINGS = {
    "buttons.device": "simulated",
    "siren.device": "simulated",
    "microphone.device": "simulated",
    "modem.device": "none",
    "twilio.account_sid": "AC" + "0" * 32,
    "twilio.api_key_sid": "SK" + "0" * 32,
    "twilio.sender": "DOMICILE",
    "twilio.caller": '"+33939980000"',
    "twilio.api_url": f"http://127.0.0.1:{HTTP}",
    "twilio.studio_url": f"http://127.0.0.1:{HTTP}",
}
# Not yet there, or not yet listening.
NOT_YET = (Refused, Unreachable)


def furnish(machine: Machine) -> None:
    """Install the hub as a technician does."""
    machine.path("root/twilio.secret").write_text("built-in\n")
    settings = [word for key, value in SETTINGS.items() for word in ("--set", f"{key}={value}")]
    done = machine.install(
        "--offline", "--yes", "--ssh", "keys", *settings, "--secret", "twilio.secret=/root/twilio.secret"
    )
    assert done.returncode == 0, done.stdout


@dataclass(frozen=True, slots=True)
class Home:
    """The sockets are asked from outside: no program has to start before a press."""

    machine: Machine

    def hub(self, command: str, **values: object) -> dict[str, Any]:
        return Client(self.machine.live("run/hub/control.sock")).ask(command, **values)

    def sent(self) -> int:
        """How many SMS are on the telephones."""
        answer = Client(self.machine.live("run/providers.sock")).ask("phones")
        return sum(len(phone["messages"]) for phone in answer["phones"])

    def answers(self) -> bool:
        return _worked(lambda: self.hub("status"))


def lived_in(machine: Machine) -> Home:
    home = Home(machine)
    if not machine.live("run/providers.sock").exists():
        machine.inside("systemd-run", "--unit=providers", "sh", "-c", f"sleep infinity | {NETWORK}")
    until(lambda: _worked(home.sent), 60)
    until(home.answers, 60)
    if not home.hub("contacts")["contacts"]:
        home.hub("home set", name="Marie", address="12 rue des Lilas", language="fr")
        home.hub("contact add", name="Anna", phone=ANNA)
        home.hub("button add", address=BUTTON, name="Marie", worn=True)
    return home


def _worked(what: Callable[[], object]) -> bool:
    with suppress(*NOT_YET):
        what()
        return True
    return False


def equip(home: Home, *, simulated: bool) -> None:
    """Start the hub anew on simulated devices, or on real ones, of which none is there: only then it has a page."""
    file = home.machine.path("etc/hub/hub.toml")
    text = re.sub(r'^#?(device = "simulated")$', r"\1" if simulated else r"#\1", file.read_text(), flags=re.MULTILINE)
    file.write_text(text)
    home.machine.inside("systemctl", "restart", "hub")
    until(home.answers, 30)
