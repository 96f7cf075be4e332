"""A hub whose gate runs on a clock that is set by hand."""

import os
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from hub import passcode
from hub.control.table import Desk
from hub.core import Hub
from hub.errors import Refusal
from hub.household import Household
from hub.lane import Lane
from hub.leaving import Leaving
from hub.notices import Notices
from hub.page.gate import Gate
from hub.ports import Channel
from hub.response import Action
from hub.store import Finished
from hub.store.load import load
from hub.store.page import LoadedPage
from tests.box import Line
from tests.hub_fixture import build
from tests.moments import at

DAY = 24 * 3600.0
ANNA, NEW, TOM = "+33639980001", "+33639980009", "+33639980011"
CODES = {"technician": "K7Q2M-X4TRD", "wearer": "482913", "duress": "739105"}


class House:
    """The hub, asked as root and as the page's user; `seconds` is what its gate's clock shows."""

    def __init__(self, hub: Hub, page_uid: int) -> None:
        self.hub, self.seconds, self.page_uid = hub, 0.0, page_uid
        self.sms, self.mail, self.busy = Line("twilio"), Line("smtp"), False
        self.lines = {Action.SMS: self.sms, Action.EMAIL: self.mail}
        self.start()

    def start(self) -> None:
        """A gate that knows nothing yet, as after a restart."""
        hub, now = self.hub, lambda: at(self.seconds)
        hub.gate = Gate(hub.store, now, DAY)
        hub.notices = Notices(self.lines, Lane(lambda: self.busy, now), now, lambda: None)
        hub.leaving = Leaving(
            hub.household, hub.gate, hub.store, hub.faults, hub.notices, now, lambda: hub.alerting.incident is not None
        )
        self.desk = Desk(self.hub)
        self.desk._page = self.page_uid

    async def again(self) -> None:
        """The daemon starts once more, on what is on the disk."""
        found = await self.hub.store.read(lambda connection: load(connection, at(self.seconds)))
        self.hub.household = self.hub.alerting._household = Household(self.hub.store)
        self.hub.household.load(found)
        self.start()
        self.hub.gate.load(found.page, complete=True)

    async def minute(self, hours: float = 0.0) -> None:
        """So much later, what the services do each minute."""
        self.seconds += hours * 3600.0
        await self.hub.leaving.look()
        await self.hub.notices.look()
        await self.hub.store.execute()

    def texts(self, phone: str) -> list[str]:
        return [message.text for message in self.sms.taken if message.to == phone]

    async def root(self, command: str, **values: object) -> dict[str, Any]:
        return await self.desk(os.getuid(), {"command": command, **values})

    async def page(self, command: str, token: str | None = "", **values: object) -> dict[str, Any]:
        named = {} if token is None else {"token": token}
        return await self.desk(self.page_uid, {"command": command, **named, **values})

    async def refused(self, asked: Awaitable[object]) -> str:
        try:
            await asked
        except Refusal as refusal:
            return refusal.key
        return ""

    async def try_code(self, code: str) -> str:
        """The token that it gives."""
        found = await self.page("page try")
        key = passcode.key(code, bytes.fromhex(found["salt"]), found["passes"], found["memory"], found["lanes"])
        return (await self.page("page login", **{"try": found["try"], "key": key.hex()}))["token"]

    async def make_code(self, role: str, code: str = "", **values: object) -> None:
        how = await self.root("page salt")
        key = passcode.key(code or CODES[role], bytes.fromhex(how["salt"]), how["passes"], how["memory"], how["lanes"])
        await self.root("code new", role=role, key=key.hex(), **values)

    async def visits(self) -> list[tuple[str, str, str]]:
        return [(one["what"], one["who"], one["detail"]) for one in (await self.root("visits"))["visits"]]


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 with less work: a code is tried dozens of times here."""
    made = passcode.key
    monkeypatch.setattr(passcode, "key", lambda code, salt, *_: made(code, salt, 1, 8, 1))


@pytest.fixture
async def house(tmp_path: Path, cheap: None) -> AsyncIterator[House]:
    """Set up, with all three codes; its page is closed."""
    async with set_up(tmp_path) as house:
        yield house


@asynccontextmanager
async def set_up(folder: Path, channels: Mapping[Action, Channel] | None = None) -> AsyncIterator[House]:
    hub = build(folder, channels)
    await hub.store.open()
    house = House(hub, page_uid=os.getuid() + 1)
    await hub.store.put_configuration(Finished())
    hub.gate.load(LoadedPage(finished=True), complete=True)
    for role in CODES:
        await house.make_code(role)
    yield house
    hub.devices.siren.close()
    await hub.dispatcher.stop()
    await hub.store.close()


@pytest.fixture
async def home(house: House) -> House:
    """Anna and Bea, and Tom the technician."""
    house.hub.household.box = "7K2M"
    for name, phone in (("Anna", ANNA), ("Bea", "+33639980002")):
        await house.root("contact add", name=name, phone=phone, email=f"{name.lower()}@example.org")
    await house.root("technician add", name="Tom", phone=TOM)
    return house


async def contacts(house: House) -> dict[str, str]:
    return {one["name"]: one["phone"] for one in (await house.root("contacts"))["contacts"]}


async def anna(house: House) -> str:
    return next(one["id"] for one in (await house.root("contacts"))["contacts"] if one["name"] == "Anna")
