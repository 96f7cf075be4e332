"""A home on a machine that runs: the installed hub on simulated devices, and the providers beside it.

A press here is one of the simulated button, which the hub's own process holds: from there on all is as after a real
one (counter, gesture, store, deliveries). The radio, BlueZ and their decoder are not in it.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from hardware.simulated.network import TelephoneNetwork
from hub.client import Client, Refused, Unreachable
from tests.device.machine import Machine
from tests.machine import provider
from tests.machine.provider import now
from tests.patience import until
from tests.streets import enter

PYTHON = "/opt/hub/.venv/bin/python"
HTTP, SMTP = 9100, 9025
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


class Provider(provider.Provider):
    """On the machine's own loopback, where the hub looks for it."""

    def __init__(self, machine: Machine) -> None:
        super().__init__()
        self.network = TelephoneNetwork(http_port=HTTP, smtp_port=SMTP)
        self._machine = machine

    async def _serve(self) -> None:
        with self._machine.network().open() as network:
            enter(network.fileno())
        await super()._serve()


@dataclass(frozen=True, slots=True)
class Home:
    """The sockets are asked from outside: no program has to start before a press."""

    machine: Machine
    provider: Provider

    def hub(self, command: str, **values: object) -> dict[str, Any]:
        return Client(self.machine.live("run/hub/control.sock")).ask(command, **values)

    def answers(self) -> bool:
        return _worked(lambda: self.hub("status"))

    def main(self) -> int:
        """The daemon's process, as those inside number it."""
        return int(self.machine.inside("systemctl", "show", "-P", "MainPID", "hub").stdout)

    def presses(self) -> bool:
        """Whether a press of the button was taken."""
        client = Client(self.machine.live("run/hub/simulation.sock"), timeout=0.5)
        return _worked(lambda: client.ask("buttons", do="double", button=BUTTON))

    def pressed_and_told(self, seconds: float) -> float:
        """Press until the hub takes it. The moment at which the first request for Anna is at the provider."""
        began = now()
        until(self.presses, seconds, "a press is taken", pause=0.01)
        incident = self.hub("status")["open_incident"]
        until(lambda: self.told(incident), began + seconds - now(), "a request at the provider", pause=0.005)
        return self.told(incident)[0]

    def told(self, incident: str) -> list[float]:
        """When requests came that tell Anna of it, and were accepted."""
        sends = [one for one in self.provider.sends(0.0) if one.form.get("To") == ANNA and one.status == 201]
        return [one.at for one in sends if incident in str(one.form)]

    def end(self) -> None:
        """The open incident, and nothing of it is sent any more."""
        incident = self.hub("status")["open_incident"]
        told = len(self.told(incident))
        self.hub("resolve", id=incident, kind="test")
        until(lambda: len(self.told(incident)) > told, 30, "the all-clear is at the provider")


def lived_in(home: Home) -> Home:
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
