"""The code for a threat: whoever looks over her shoulder sees an end, and the contacts know better."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from hub.delivery import Outcome
from hub.errors import Refusal
from hub.gesture import Gesture
from hub.incident import End
from hub.messages import Purpose
from hub.model import Moment
from hub.ports import Message, Press
from hub.response import Action
from tests.page.conftest import CODES, House, set_up

PRESSES = {"prevention": Gesture(1), "rescue": Gesture(2), "alarm": Gesture(1, held=True)}
KINDS = ("real", "false_alarm", "test")


class Taking:
    """A channel that takes everything; `sent`: to whom, and what."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.sent: list[Message] = []

    async def send(self, message: Message) -> str:
        self.sent.append(message)
        return f"SM{len(self.sent)}"

    async def check(self) -> None: ...

    async def receipt(self, id: str) -> None: ...

    async def withdraw(self, id: str) -> None: ...


class Home:
    """A house with two contacts, one of whom has an e-mail address, and somebody logged in."""

    def __init__(self, house: House, channels: dict[Action, Taking]) -> None:
        self.house, self.hub, self.channels = house, house.hub, channels
        self.token = ""

    async def settle_in(self) -> None:
        await self.house.root("home set", name="Marie", address="12 rue des Lilas", language="en")
        await self.house.root("contact add", name="Anna", phone="+33639980001", email="anna@example.org")
        await self.house.root("contact add", name="Bea", phone="+33639980002")

    async def log_in(self, code: str) -> None:
        await self.house.root("page open")
        self.house.seconds += 300.0
        self.token = await self.house.try_code(CODES[code])

    async def press(self, level: str = "alarm") -> str:
        id = self.hub.alerting.press(PRESSES[level], Press("", PRESSES[level], 0.0)).id
        await self.sent()
        return id

    def long_ago(self) -> None:
        """All that was pressed and sent so far was, by the clock that only goes forward, an hour earlier."""
        hub = self.hub
        hub.book.enter([replace(d, begun=earlier(d.begun), due=d.due - 3600.0) for d in hub.book.all()])
        hub.book.enter([replace(d, outcome=Outcome.DELIVERED) for d in hub.book.all() if d.channel is Action.CALL])
        current = hub.alerting.incident
        if current is not None:
            hub.alerting.incident = replace(current, pressed=earlier(current.pressed))

    async def sent(self) -> None:
        """All that is to be sent is, and is on the disk."""
        hub = self.hub
        while hub.book.busy or any(d.outcome in (Outcome.QUEUED, Outcome.SENDING) for d in hub.book.all()):
            await hub.store.execute()
        await hub.store.execute()

    async def see(self, command: str, **values: object) -> str:
        """What the page would show, without what differs from one hub to another anyway."""
        try:
            answer = await self.house.page(command, self.token, **values)
        except Refusal as problem:
            answer = {"refused": problem.key, "values": problem.values}
        return mask(json.dumps(answer, default=str, sort_keys=True))

    async def see_all(self, id: str) -> dict[str, str]:
        commands = ("page", "status", "doctor", "incidents", "home", "contacts", "pending", "visits", "setup")
        seen = {command: await self.see(command) for command in commands}
        return seen | {
            "incident": await self.see("incident", id=id),
            "again": await self.see("resolve", id=id, kind="test"),
        }


def earlier(at: Moment) -> Moment:
    return replace(at, mono=at.mono - 3600.0)


def differing(one: dict[str, str], other: dict[str, str]) -> dict[str, tuple[str, str]]:
    return {key: (one[key], other[key]) for key in one if one[key] != other[key]}


def mask(text: str) -> str:
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME", text)
    text = re.sub(r"\d+ MB", "ROOM", text)  # on the disk of this machine
    text = re.sub(r'"box": "\w+"|called \w{4} in', "BOX", text)
    return re.sub(r"\b[BCDFGHJKMNPQRSTVWXYZ2-9]{5}\b|\bc[0-9a-f]{4}\b|SM\d+", "ID", text)


@pytest.fixture
async def homes(tmp_path: Path, cheap: None) -> AsyncIterator[tuple[Home, Home]]:
    """Two that are alike."""
    async with AsyncExitStack() as stack:
        made = []
        for name in ("one", "other"):
            (tmp_path / name).mkdir()
            paths = {Action.SMS: "twilio", Action.CALL: "twilio", Action.EMAIL: "smtp"}
            channels = {action: Taking(path) for action, path in paths.items()}
            made.append(Home(await stack.enter_async_context(set_up(tmp_path / name, channels)), channels))
            await made[-1].settle_in()
        yield made[0], made[1]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("level", PRESSES)
async def test_with_the_other_code_she_sees_exactly_what_an_end_looks_like(homes: tuple[Home, Home], level, kind):
    seen = []
    for home, code in zip(homes, ("wearer", "duress"), strict=True):
        await home.log_in(code)
        id = await home.press(level)
        first = [await home.see(command) for command in ("status", "incidents")] + [await home.see("incident", id=id)]
        ended = await home.see("resolve", id=id, kind=kind)
        await home.sent()
        seen.append({"ended": ended, **{str(n): one for n, one in enumerate(first)}, **await home.see_all(id)})
    assert differing(*seen) == {}
    honest, threatened = homes
    assert honest.hub.alerting.incident is None
    assert threatened.hub.alerting.incident.threatened


async def test_the_contacts_hear_of_the_threat_and_it_goes_on(homes: tuple[Home, Home]):
    home = homes[0]
    await home.log_in("duress")
    id = await home.press()
    await home.see("resolve", id=id, kind="false_alarm")
    await home.sent()
    assert {d.contact for d in home.hub.book.of(id).values() if d.purpose is Purpose.UNDER_THREAT} == set(
        home.hub.household.contacts
    )
    assert all("NOT safe" in m.text for m in home.channels[Action.SMS].sent[-2:])
    assert not home.hub.devices.siren.sounding
    assert (await home.house.root("status"))["open_incident"] == id
    assert "threatened" in str(await home.house.root("incident", id=id))


async def test_an_exercise_that_is_ended_under_threat_looks_ended_and_is_real(homes: tuple[Home, Home]):
    seen = []
    for home, code in zip(homes, ("wearer", "duress"), strict=True):
        await home.log_in(code)
        id = (await home.house.root("drill", gesture="double"))["incident"]["id"]
        await home.sent()
        ended = await home.see("resolve", id=id, kind="test")
        await home.sent()
        seen.append({"ended": ended, **await home.see_all(id)})
    assert differing(*seen) == {}
    assert not homes[1].hub.alerting.incident.drill


async def test_it_stays_so_in_later_sessions_and_over_a_restart(homes: tuple[Home, Home]):
    home = homes[0]
    await home.log_in("duress")
    id = await home.press("rescue")
    await home.see("resolve", id=id, kind="real")
    await home.sent()
    before = await home.see("incident", id=id)
    await home.house.again()
    await home.log_in("duress")
    assert await home.see("incident", id=id) == before
    status = await home.house.page("status", home.token)
    assert (status["open_incident"], status["recording"]) == (None, None)
    assert (await home.house.page("incidents", home.token))["incidents"][0]["level"] == "rescue"
    assert "incident_ended" in await home.see("resolve", id=id, kind="real")
    await home.log_in("technician")
    assert (await home.house.page("status", home.token))["open_incident"] == id


@pytest.mark.parametrize("code", ["microphone", "disk", "refused:sms:c1"])
async def test_what_goes_wrong_because_it_goes_on_is_not_seen(homes: tuple[Home, Home], code: str):
    home = homes[0]
    await home.log_in("duress")
    home.hub.faults.put("internet", "before")
    id = await home.press()
    await home.see("resolve", id=id, kind="test")
    await home.sent()
    before = await home.see_all(id)
    home.hub.faults.put(code, "mute")
    assert differing(await home.see_all(id), before) == {}
    assert code in str(await home.house.root("status"))
    home.hub.faults.put("siren", "no pin")
    assert differing(await home.see_all(id), before).keys() == {"status", "doctor", "setup"}


async def test_once_it_is_really_over_she_still_sees_the_end_that_she_chose(homes: tuple[Home, Home]):
    home = homes[0]
    await home.log_in("duress")
    id = await home.press()
    await home.see("resolve", id=id, kind="false_alarm")
    await home.sent()
    before = (await home.see("incidents"), await home.see("incident", id=id))
    home.hub.alerting.resolve(id, End.REAL)
    await home.sent()
    assert (await home.see("incidents"), await home.see("incident", id=id)) == before
    assert (await home.house.root("incidents"))["incidents"][0]["kind"] == "real"


async def test_what_was_sent_before_is_seen_and_what_comes_later_is_not(homes: tuple[Home, Home]):
    home = homes[0]
    await home.log_in("duress")
    id = await home.press()
    await home.see("resolve", id=id, kind="test")
    await home.sent()
    before = await home.see("incident", id=id)
    home.hub.alerting.resolve(id, End.DURESS)
    await home.sent()
    assert await home.see("incident", id=id) == before
    assert not re.search("threat|repeated|joined", before)
