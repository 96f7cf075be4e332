"""The whole hub, hurried, on an evening: what the stories share."""

from typing import Any

from hardware.simulated.network import Behaviour
from tests.scenarios.world import PEOPLE, PHONES, World

ANNA, KARIM, LUCIE, PAUL, SOFIA = PHONES
HASTE = "30"  # a round of calls every 3 s, an acknowledgement lapses after 20
HUB = "+33939010203"
AGREED = {"acknowledged", "resolved"}


async def begin(world: World) -> World:
    await world.start(HUB_HASTE=HASTE)
    await world.settle_in()
    await world.until(lambda: any(flow.runs for flow in world.network.executions.flows.values()))
    return world


def all_behave(world: World, behaviour: Behaviour, *phones: str) -> None:
    for phone in phones or PHONES:
        world.network.phones.behave(phone, behaviour)


async def state(world: World) -> str:
    return str((await world.incident())["state"])


async def charged(world: World) -> list[str]:
    """Who answered, by name."""
    return [c["name"] for c in (await world.incident())["contacts"] if c["acknowledged_at"]]


async def until_charged(world: World, *names: str) -> None:
    async def answered() -> bool:
        return set(names) <= set(await charged(world))

    await world.until(answered)


async def events(world: World) -> list[str]:
    return [event["what"] for event in (await world.incident())["events"]]


async def outcomes(world: World, phone: str, channel: str) -> list[dict[str, Any]]:
    told = await world.incident()
    return [d for d in told["deliveries"] if d["name"] == PEOPLE[phone] and d["channel"] == channel]


def said(world: World, phone: str, words: str) -> list[str]:
    return [text for text in world.texts(phone) if words in text]


async def call_back(world: World, phone: str) -> None:
    """As soon as nobody is calling."""
    await world.until(lambda: all(call.over for call in world.network.phones[phone].calls))
    world.network.phones.dial(phone, HUB)


def code_of(world: World, phone: str) -> str:
    """The four digits in the SMS to whoever is in charge."""
    for text in world.texts(phone):
        digits = [word.strip(".,:") for word in text.split() if len(word.strip(".,:")) == 4]
        for word in digits:
            if word.isdigit():
                return word
    return ""
