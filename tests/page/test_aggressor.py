"""An hour of the aggressor with her code: every command, with every kind of argument, and nothing is changed."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from pyrage import x25519

from hub.control import table
from hub.errors import Refusal
from hub.gesture import Gesture
from hub.ports import Press
from hub.response import Action
from tests.page.conftest import set_up
from tests.page.test_duress import Home, Taking

HOUR = 3600.0
ADDRESS = "AA:BB:CC:DD:EE:FF"
KEY, HIS_KEY = (str(x25519.Identity.generate().to_public()) for _ in range(2))
WORDS = ["", "x", "single", "hold", "real", "duress", "wearer", "17", "fr", KEY, "0" * 64, "../..", "<b>'\"", "é" * 600]
ASKED = ("contacts", "technicians", "buttons", "pending", "codes", "home", "response")
OTHERS = ("who", "login", "role", "now", "id", "answer_in", "poll", "lives_here", "uid")


def anything(chance: random.Random, known: list[str]) -> Any:
    return chance.choice(
        [*WORDS, *known * 3, True, False, None, 0, -1, 1e308, [], {}, known, ["sms"], {"hold": ["sms"]}]
    )


def harmful(command: str, home: Home) -> dict[str, Any]:
    """What would do most harm if it were granted."""
    hub, values = home.hub, dict[str, Any]()
    kinds = {
        "contact": hub.household.contacts,
        "technician": hub.household.technicians,
        "button": hub.household.buttons,
        "response": hub.household.buttons,
        "pending": hub.gate.changes.waiting,
        "evidence": ["K7Q2M-1"],
        "resolve": ["K7Q2M"],
        "incident": ["K7Q2M"],
    }
    known = list(kinds.get(command.partition(" ")[0], ["x"]))
    values |= {
        "id": known[0],
        "ids": sorted(known, reverse=True),
        "now": True,
        "unsafe": True,
        "name": "He",
        "phone": "+33639980009",
    }
    values |= {"role": "technician", "lives_here": True, "actions": ["email"], "gesture": "hold", "kind": "real"}
    values |= {"address": "AA:BB:CC:DD:EE:00", "folder": "/tmp", "consent": False, "worn": False, "try": "x"}
    values["key"] = HIS_KEY if command == "evidence key add" else KEY if command.startswith("evidence") else "0" * 64
    if command in ("button set", "button add"):
        values["key"] = ""
    fields = {field.alias or name for name, field in table.COMMANDS[command].takes.model_fields.items()}
    return {name: value for name, value in values.items() if name in fields}


def garbled(chance: random.Random, values: dict[str, Any], known: list[str]) -> dict[str, Any]:
    """Now and then less, more, or something else."""
    for name in chance.sample([*values, *OTHERS], chance.choice([0, 0, 1, 2])):
        values = {**values, name: anything(chance, known)}
    return values


async def kept(home: Home, folder: Path) -> dict[str, Any]:
    """All that must be as it was."""
    hub = home.hub
    files = {str(path): path.read_bytes() for path in sorted((folder / "evidence").rglob("*")) if path.is_file()}
    household = hub.household
    return {
        "facts": household.facts(),
        "table": dict(household.table),
        "gate": list(hub.gate.configuration()),
        "finished": hub.gate.finished,
        "recordings": files,
        "watched": json.dumps(hub.devices.buttons.simulate({})["buttons"]),
        "lesson": hub.learner.session,
        "asked": {
            name: (await home.house.root(name)) for name in ("contacts", "technicians", "buttons", "pending", "codes")
        },
    }


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("code", ["wearer", "duress"])
async def test_an_hour_with_her_code_changes_nothing(tmp_path: Path, cheap: None, code: str, seed: int):
    channels = {action: Taking(path) for action, path in ((Action.SMS, "twilio"), (Action.CALL, "twilio"))}
    async with set_up(tmp_path, channels) as house:
        home = Home(house, channels)
        await home.settle_in()
        await house.root("technician add", name="Tom", phone="+33639980011")
        await house.root("button add", address=ADDRESS, name="bag", response={"hold": ["sms", "record"]})
        await house.root("evidence key add", key=KEY)
        await house.root("contact order", ids=sorted(house.hub.household.contacts))
        recording = tmp_path / "evidence" / "K7Q2M-1"
        recording.mkdir(parents=True)
        (recording / "000000.age").write_bytes(b"sealed")
        await house.root("contact remove", id=(await house.root("contacts"))["contacts"][1]["id"])
        before = await kept(home, tmp_path)
        await play(home, code, random.Random(seed))
        assert await kept(home, tmp_path) == before
        await told_as_before(home, channels)


async def play(home: Home, code: str, chance: random.Random) -> None:
    """Commands for an hour, seconds apart; he types the code again as soon as he may. Some are understood."""
    house, hub = home.house, home.hub
    people = [*hub.household.contacts, *hub.household.technicians, *hub.household.buttons, *hub.gate.changes.waiting]
    known, answered, refused, turns = [*people, "K7Q2M-1"], set[str](), set[str](), list[str]()
    await home.log_in(code)
    end = house.seconds + HOUR
    while house.seconds < end:
        house.seconds += chance.uniform(1.0, 12.0)
        turns = turns or chance.sample(sorted(table.COMMANDS), len(table.COMMANDS))
        command = turns.pop()
        token = home.token if chance.random() < 0.95 else chance.choice(["", "0" * 64, home.token[::-1]])
        try:
            await house.page(command, token, **garbled(chance, harmful(command, home), known))
            answered.add(command)
        except Refusal as refusal:
            refused.add(refusal.key)
        if hub.gate.sessions.current(house.seconds + 1000.0) is None:
            await home.log_in(code)
    assert {"page", "status", "contacts", "home"} <= answered
    assert {"not_allowed", "log_in"} <= refused


async def told_as_before(home: Home, channels: dict[Action, Taking]) -> None:
    """A double press afterwards reaches everybody, by each way."""
    for channel in channels.values():
        channel.sent.clear()
    assert home.hub.alerting.incident is None
    home.hub.alerting.press(Gesture(2), Press(ADDRESS, Gesture(2), 0.0))
    await home.sent()
    for channel in channels.values():
        assert {message.to for message in channel.sent} == {"+33639980001", "+33639980002"}
