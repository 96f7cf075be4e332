"""The simulated buttons press as real ones do."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from hardware.simulated.buttons import BEACON, SOURCE, STRANGER, VALUES, SimulatedButtons
from hub.errors import DeviceError, Refusal
from hub.gesture import Edge, Gesture
from hub.model import Button
from hub.ports import Press
from hub.profile import LINK, Meaning, Rule, Signal

ONE, OTHER = "AA:BB:CC:00:00:01", "AA:BB:CC:00:00:02"
KEY = bytes(range(16))


class World:
    def __init__(self) -> None:
        self.buttons = SimulatedButtons()
        self.presses: list[Press] = []

    def press(self, do: str, button: str = ONE, **values: object) -> dict[str, object]:
        return self.buttons.simulate({"command": "buttons", "do": do, "button": button, **values})


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = World()
    world.buttons.watch([Button("b1", ONE, counter=254), Button("b2", OTHER)])
    listening = asyncio.create_task(world.buttons.listen(world.presses.append))
    await asyncio.sleep(0)
    assert world.buttons.listening
    yield world
    listening.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await listening
    assert not world.buttons.listening


@pytest.mark.parametrize(
    ("do", "action"),
    [
        ("single", Gesture(1)),
        ("double", Gesture(2)),
        ("many", Gesture(3)),
        ("hold", Gesture(1, held=True)),
        ("pressed", Edge.PRESSED),
        ("released", Edge.RELEASED),
    ],
)
async def test_each_action_is_heard_at_once(world: World, do: str, action: Gesture | Edge) -> None:
    world.press(do)
    (press,) = world.presses
    assert (press.button, press.action, press.battery) == (ONE, action, 100)


async def test_each_button_goes_on_counting_where_the_store_says(world: World) -> None:
    counted = [world.press("single", button)["counter"] for button in (ONE, ONE, ONE, OTHER)]
    assert counted == [255, 0, 1, 1]
    assert [press.counter for press in world.presses] == counted


async def test_watching_again_with_an_older_counter_changes_nothing(world: World) -> None:
    world.press("single")
    world.buttons.watch([Button("b1", ONE, counter=254)])
    assert world.press("single")["counter"] == 0


async def test_the_buttons_are_listed_and_what_was_pressed_is_recent(world: World) -> None:
    assert world.buttons.simulate({"command": "buttons"}) == {"buttons": [ONE, OTHER], "confirmed": {}}
    world.press("single", OTHER.lower())
    world.press("hold")
    assert [heard.address for heard in world.buttons.recent()] == [ONE, OTHER]


@pytest.mark.parametrize("request_", [{"do": "single"}, {"do": "single", "button": "AA:BB:CC:00:00:99"}])
async def test_an_unknown_button_is_refused(world: World, request_: dict[str, object]) -> None:
    with pytest.raises(Refusal) as refused:
        world.buttons.simulate(request_)
    assert refused.value.key == "unknown_button"
    assert world.presses == []


@pytest.mark.parametrize("do", ["", "triple", None, 7, ["single"]])
async def test_an_unknown_action_is_refused(world: World, do: object) -> None:
    with pytest.raises(Refusal) as refused:
        world.buttons.simulate({"do": do, "button": ONE})
    assert refused.value.key == "unknown_gesture"


async def test_a_press_that_nobody_would_hear_is_refused_and_not_counted() -> None:
    buttons = SimulatedButtons()
    buttons.watch([Button("b1", ONE, counter=7)])
    with pytest.raises(Refusal):
        buttons.simulate({"do": "single", "button": ONE})
    assert buttons.recent() == []


async def test_a_button_is_alive_until_it_is_taken_away(world: World) -> None:
    first = world.buttons.seen()[ONE]
    assert (first.period, first.battery, first.pressed_at) == (BEACON, 100, None)
    assert world.buttons.seen()[ONE].at > first.at
    world.press("away")
    assert world.buttons.seen()[ONE].at == world.buttons.seen()[ONE].at
    with pytest.raises(Refusal):
        world.press("single")
    assert world.presses == []
    world.press("back")
    world.press("single")
    assert world.buttons.seen()[ONE].pressed_at == world.presses[0].heard_at


async def test_its_battery_is_what_it_is_told_to_be(world: World) -> None:
    world.press("battery", per_cent=9)
    world.press("single")
    assert (world.buttons.seen()[ONE].battery, world.presses[0].battery) == (9, 9)
    for nonsense in (-1, 101, "9", None, True):
        with pytest.raises(Refusal):
            world.press("battery", per_cent=nonsense)


async def test_what_was_shown_to_the_wearer_can_be_asked(world: World) -> None:
    await world.buttons.confirm(ONE)
    assert world.buttons.simulate({})["confirmed"] == {ONE: 1}
    world.press("away")
    with pytest.raises(DeviceError):
        await world.buttons.confirm(ONE)


async def test_an_encrypted_button_is_heard_with_its_key_only(world: World) -> None:
    assert world.buttons.fits(ONE, KEY) is None
    world.press("key", key=KEY.hex())
    world.press("single")
    assert (world.presses, world.buttons.unreadable) == ([], {ONE})
    assert (world.buttons.fits(ONE, KEY), world.buttons.fits(ONE, bytes(16))) == (True, False)
    world.buttons.watch([Button("b1", ONE, key=KEY)])
    world.press("single")
    assert (len(world.presses[0].seal), world.buttons.unreadable) == (8, frozenset())


async def test_a_stranger_lies_beside_the_hub_and_is_no_button_of_it(world: World) -> None:
    world.press("single", STRANGER)
    assert world.presses == []
    assert STRANGER not in world.buttons.seen()
    assert [heard.protocol for heard in world.buttons.recent()] == ["unknown"]


async def test_near_shows_what_was_not_pressed(world: World) -> None:
    assert world.buttons.recent() == []
    assert [heard.address for heard in world.buttons.recent(near=True)] == [STRANGER]


async def test_a_stranger_can_be_learned_and_then_acts(world: World) -> None:
    said: list[Signal] = []
    study = asyncio.create_task(world.buttons.study(STRANGER, said.append))
    await asyncio.sleep(0)
    for do in VALUES:
        world.press(do, STRANGER)
    study.cancel()
    assert [(signal.source, signal.value) for signal in said] == [
        (LINK, b"\x01"),
        *((SOURCE, value) for value in VALUES.values()),
    ]
    await asyncio.wait([study])
    rule = Rule(SOURCE, Meaning.DOUBLE, value=VALUES["double"])
    world.buttons.watch([Button("b3", STRANGER, protocol="learned", rules=(rule,))])
    for do in VALUES:
        world.press(do, STRANGER)
    assert [press.action for press in world.presses] == [Gesture(2)]
