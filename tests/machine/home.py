"""A home in the machine: its configuration, its people, its button, and a press."""

import itertools
from pathlib import Path

from tests.machine.machine import Machine
from tests.machine.provider import HOST, Provider, now

PIN = 17
BUTTON = "F0:82:C0:11:22:03"
PRESS = "python3 /opt/board/press.py"
PACKETS = itertools.count(1)  # the button's, which the machine's starts do not change
CLICK, LONG = 1, 4  # as BTHome says them
PEOPLE = {"+33639980001": "Anna", "+33639980002": "Karim"}

CONFIG = """
[siren]
pin = {pin}
max_seconds = 20
[microphone]
name = "Loopback"
[modem]
device = "none"
[twilio]
account_sid = "{account}"
api_key_sid = "{key}"
sender = "Centre"
caller = "+33939010203"
api_url = "http://127.0.0.1:8000"
studio_url = "http://127.0.0.1:8000"
[email]
host = "127.0.0.1"
port = 8025
security = "none"
sender = "hub@example.org"
"""
# The hub speaks http:// on its own machine only, so its own machine passes it on.
SOCKET = "[Socket]\nListenStream=127.0.0.1:{here}\n[Install]\nWantedBy=sockets.target\n"
SERVICE = "[Service]\nExecStart=/lib/systemd/systemd-socket-proxyd {host}:{there}\n"


def furnish(files: Path, provider: Provider) -> None:
    """What the install is given, and the way to the provider, as files of the machine's root."""
    account = provider.network.account
    units = files / "etc/systemd/system"
    wanted = units / "sockets.target.wants"
    for folder in (files / "root", wanted):
        folder.mkdir(parents=True)
    (files / "root/hub.toml").write_text(CONFIG.format(pin=PIN, account=account.sid, key=account.key))
    (files / "root/twilio.secret").write_text(account.secret)
    for name, here, there in (
        ("provider", 8000, provider.network.http_port),
        ("mail", 8025, provider.network.smtp_port),
    ):
        (units / f"{name}.socket").write_text(SOCKET.format(here=here))
        (units / f"{name}.service").write_text(SERVICE.format(host=HOST, there=there))
        (wanted / f"{name}.socket").symlink_to(f"../{name}.socket")


def settle_in(machine: Machine) -> None:
    machine.sh("hub home set --name Marie --address '12 rue des Lilas, 29000 Quimper' --language fr")
    for phone, name in PEOPLE.items():
        machine.sh(f"hub contact add --name {name} --phone {phone} --email {name.lower()}@example.org --language fr")
    machine.sh(f"hub button add {BUTTON} --name bag --protocol bthome")


def press(machine: Machine, event: int) -> float:
    """The moment just before the button was pressed, on the host's clock."""
    began = now()
    machine.sh(f"{PRESS} {BUTTON} {event} {next(PACKETS)}")
    return began


def press_and_watch(machine: Machine, event: int) -> tuple[float, float]:
    """That moment, and the seconds from the press until the siren's line rose, on the machine's own clock."""
    began = now()
    rose = machine.sh(f"{PRESS} {BUTTON} {event} {next(PACKETS)} {PIN}").strip()
    assert rose != "never", machine.says("journalctl -u hub -n 40 --no-pager")
    return began, float(rose)


def end(machine: Machine) -> None:
    """The open incident, if there is one, and the siren with it."""
    if incident := machine.hub("status")["open_incident"]:
        machine.sh(f"hub resolve {incident} --kind test")


def told_since(provider: Provider, phone: str, moment: float) -> bool:
    """An SMS to this number was accepted after the moment."""
    return any(one.form.get("To") == phone and one.status == 201 for one in provider.sends(moment))
