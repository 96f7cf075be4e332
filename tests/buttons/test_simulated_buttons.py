"""The simulated buttons press as real ones do."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from hardware.simulated.buttons import SimulatedButtons
from hub.errors import Refusal
from hub.gesture import Edge, Gesture
from hub.ports import Press

ONE, OTHER = "AA:BB:CC:00:00:01", "AA:BB:CC:00:00:02"


class World:
    def __init__(self) -> None:
        self.buttons = SimulatedButtons()
        self.presses: list[Press] = []

    def press(self, do: str, button: str = ONE) -> dict[str, object]:
        return self.buttons.simulate({"command": "buttons", "do": do, "button": button})


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = World()
    world.buttons.watch({ONE: 254, OTHER: None})
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
    world.buttons.watch({ONE: 254})
    assert world.press("single")["counter"] == 0


async def test_the_buttons_are_listed_and_what_was_pressed_is_recent(world: World) -> None:
    assert world.buttons.simulate({"command": "buttons"}) == {"buttons": [ONE, OTHER]}
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
    buttons.watch({ONE: 7})
    with pytest.raises(Refusal):
        buttons.simulate({"do": "single", "button": ONE})
    assert buttons.recent() == []
