"""A home, a street of telephones, and the hub between them."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hardware.simulated.network import TelephoneNetwork
from hub.client import Client, Refused, Unreachable
from tests.buttons.fakebluez import FakeBluez, FakeDevice, PrivateBus, frames

ROOT = Path(__file__).parents[2]
ADDRESS = "3C:2E:F5:71:D5:2A"
PEOPLE = {f"+3363998000{n}": name for n, name in enumerate(["Anna", "Karim", "Lucie", "Paul", "Sofia"], 1)}
PHONES = tuple(PEOPLE)
PATIENCE = 20.0  # s; a busy machine is no failure
TAKEN = {"accepted", "delivered"}  # outcomes of what the provider took
LOGIN = ("hub", "a password for the mail server")
SINGLE, DOUBLE, TRIPLE, HOLD = frames.PRESS, frames.DOUBLE, frames.TRIPLE, frames.HOLD

CONFIG = """
[state]
dir = "{folder}/state"
socket = "{folder}/control.sock"
[siren]
device = "gpio"
max_seconds = {siren_seconds}
[microphone]
device = "pyaudio"
[modem]
device = "{modem}"
{sim}
[twilio]
account_sid = "{account}"
api_key_sid = "{key}"
api_key_secret_file = "{folder}/twilio.secret"
sender = "{sender}"
caller = "+33939010203"
api_url = "{api}"
studio_url = "{api}"
[email]
host = "{host}"
port = {port}
username = "{login}"
password_file = "{folder}/smtp.secret"
sender = "hub@example.org"
[video]
base_url = "https://video.example.org"
[internet]
probe_url = "{probe}"
[position]
cells_url = "{cells}"
"""


@dataclass(slots=True)
class World:
    """`environment` points the hub at the private bus, the room's sound and the mail server's certificate; `prefix` is
    what its command begins with.
    """

    folder: Path
    network: TelephoneNetwork
    bluez: FakeBluez
    bus: PrivateBus
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    packet: int = 0
    prefix: tuple[str, ...] = ()

    def configure(
        self,
        siren_seconds: int = 60,
        sender: str = "Centre",
        modem: str = "none",
        probe: str = "",
        sim: str = "",
        api: str = "",
        mail: tuple[str, int] | None = None,
        cells: str = "",
        *,
        replies: bool = False,
    ) -> None:
        """`sim`: more lines of the modem's section; `replies`: one of them; `api` and `mail`: where provider and mail
        server are, if not on this machine.
        """
        sim += "\nreplies = true" if replies else ""
        host, port = mail or ("127.0.0.1", self.network.smtp_port)
        account = self.network.account
        (self.folder / "twilio.secret").write_text(account.secret)
        (self.folder / "smtp.secret").write_text(LOGIN[1])
        self.config.write_text(
            CONFIG.format(
                folder=self.folder, account=account.sid, key=account.key,
                api=api or self.network.api_url, host=host, port=port, login=LOGIN[0], siren_seconds=siren_seconds,
                sender=sender, modem=modem, probe=probe, sim=sim, cells=cells,
            )
        )  # fmt: skip

    @property
    def config(self) -> Path:
        return self.folder / "hub.toml"

    @property
    def evidence(self) -> Path:
        return self.folder / "state" / "evidence"

    async def start(self, **environment: str) -> None:
        """Start the daemon and wait until it listens to the buttons."""
        command = [
            *self.prefix,
            sys.executable,
            "-m",
            "tests.scenarios.hub_process",
            "--config",
            str(self.config),
            "run",
        ]
        variables = {**os.environ, **self.environment, **environment, "HUB_PINS": str(self.folder / "pins")}
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=log, stderr=log)
        await self.until(self._listens)

    async def settle_in(self) -> None:
        """A home, five contacts (the last one reads English), a button."""
        await self.ask("home set", name="Marie", address="12 rue des Lilas, 29000 Quimper", position="47.996,-4.1024")
        for phone, name in PEOPLE.items():
            language = "en" if name == "Sofia" else "fr"
            await self.ask(
                "contact add", name=name, phone=phone, email=f"{name.lower()}@example.org", language=language
            )
        await self.ask("button add", address=ADDRESS, name="bag")

    async def _listens(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log
        try:
            status = await self.ask("status")
        except (Unreachable, OSError):
            return False
        return all(device["ok"] for device in status["devices"] if device["name"] == "buttons")

    def kill(self) -> None:
        """As a power cut would, from the daemon's side: no code of it runs any more."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    async def stop(self) -> int:
        assert self.process is not None
        self.process.terminate()
        try:
            return await asyncio.to_thread(self.process.wait, PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()  # or a later test would be blamed for it
            raise AssertionError(f"it did not end within {PATIENCE} s; the log:\n{self.log}") from None

    async def ask(self, command: str, **values: object) -> dict[str, Any]:
        client = Client(self.folder / "control.sock")
        return await asyncio.to_thread(client.ask, command, **values)

    async def refused(self, command: str, **values: object) -> str:
        """The sentence with which it is refused."""
        try:
            await self.ask(command, **values)
        except Refused as refusal:
            return str(refusal)
        raise AssertionError("it was not refused")

    async def click(self, *events: int) -> None:
        """The button sends a frame with a new packet id."""
        self.packet += 1
        await self.bluez.until_scanning()
        self.bluez.advertise(FakeDevice(ADDRESS, name="SBBT-002C"), frames.plain(self.packet, *events))

    def again(self, *events: int) -> None:
        """The same frame once more, as the radio or a recorder would send it."""
        self.bluez.advertise(FakeDevice(ADDRESS, name="SBBT-002C"), frames.plain(self.packet, *events), rssi=-90)

    # What the world sees.

    def texts(self, phone: str) -> list[str]:
        return self.network.phones[phone].texts

    def calls(self, phone: str) -> list[str]:
        return [call.text for call in self.network.phones[phone].calls]

    def calls_begun(self, phone: str) -> bool:
        """Whether it rings, or has rung."""
        return bool(self.network.phones[phone].calls)

    def mails(self, name: str) -> list[Any]:
        return [mail for mail in self.network.mails if f"{name.lower()}@example.org" in mail.to]

    def all_told(self, *, texts: int = 1, calls: int = 1, mails: int = 1) -> bool:
        """Everybody has at least so many of each."""
        return all(
            len(self.texts(phone)) >= texts and len(self.calls(phone)) >= calls and len(self.mails(name)) >= mails
            for phone, name in PEOPLE.items()
        )

    @property
    def pins(self) -> list[bool]:
        """What became of the siren's pin, in order."""
        try:
            lines = (self.folder / "pins").read_text().splitlines()
        except FileNotFoundError:
            return []
        return [line.split()[2] == "1" for line in lines]

    @property
    def sounding(self) -> bool:
        return self.pins[-1:] == [True]

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    async def incident(self) -> dict[str, Any]:
        """The newest one, whole; soon after a press it may not be stored yet."""
        await self.until(self._incidents)
        newest = (await self._incidents())[0]
        return (await self.ask("incident", id=newest["id"]))["incident"]

    async def _incidents(self) -> list[dict[str, Any]]:
        return (await self.ask("incidents"))["incidents"]

    async def fault_codes(self) -> set[str]:
        return {fault["code"] for fault in (await self.ask("status"))["faults"]}

    async def until(self, holds: Callable[[], Any], seconds: float = PATIENCE) -> None:
        """Wait until it is so; `holds` may be a coroutine function."""
        end = time.monotonic() + seconds
        while True:
            answer = holds()
            if await answer if asyncio.iscoroutine(answer) else answer:
                return
            assert time.monotonic() < end, f"not within {seconds} s; the log:\n{self.log}"
            await asyncio.sleep(0.02)

    def recorder_log(self, recording: str) -> list[dict[str, Any]]:
        return [json.loads(path.read_text()) for path in sorted((self.evidence / recording).glob("e*.json"))]
