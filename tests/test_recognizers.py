"""From presses to gestures, with real timers."""

import asyncio

from hub.gesture import Edge, Gesture, Timing
from hub.ports import Press
from hub.recognizers import Recognizers

QUICK = Timing(hold_after=0.08, pause=0.05)
SLOW = Timing(hold_after=60, pause=60)


class Heard:
    """What the recognisers made of the presses."""

    def __init__(self) -> None:
        self.gestures: asyncio.Queue[tuple[str, Gesture]] = asyncio.Queue()
        self.timings = {"slow": SLOW}
        self.recognizers = Recognizers(self._act, lambda button: self.timings.get(button, QUICK))

    def _act(self, gesture: Gesture, press: Press) -> None:
        self.gestures.put_nowait((press.button, gesture))

    def edge(self, edge: Edge, button: str = "A") -> None:
        self.recognizers.hear(Press(button, edge, asyncio.get_running_loop().time()))

    async def next(self) -> tuple[str, Gesture]:
        return await asyncio.wait_for(self.gestures.get(), 2)


async def test_a_classified_press_goes_straight_through():
    heard = Heard()
    heard.recognizers.hear(Press("A", Gesture(2), 0.0))
    assert heard.gestures.get_nowait() == ("A", Gesture(2))


async def test_two_clicks_are_one_double():
    heard = Heard()
    for _ in range(2):
        heard.edge(Edge.PRESSED)
        heard.edge(Edge.RELEASED)
    assert await heard.next() == ("A", Gesture(2))
    assert heard.gestures.empty()


async def test_a_hold_comes_while_the_button_is_still_down():
    heard = Heard()
    heard.edge(Edge.PRESSED)
    assert await heard.next() == ("A", Gesture(1, held=True))


async def test_two_buttons_do_not_mix():
    heard = Heard()
    heard.edge(Edge.PRESSED, "A")
    heard.edge(Edge.PRESSED, "B")
    heard.edge(Edge.RELEASED, "A")
    heard.edge(Edge.RELEASED, "B")
    assert {await heard.next(), await heard.next()} == {("A", Gesture(1)), ("B", Gesture(1))}


async def test_each_button_is_timed_by_its_own_settings_as_they_are_now():
    heard = Heard()
    heard.edge(Edge.PRESSED, "slow")
    heard.edge(Edge.PRESSED, "A")
    assert await heard.next() == ("A", Gesture(1, held=True))
    heard.timings["slow"] = QUICK
    heard.edge(Edge.RELEASED, "slow")
    assert await heard.next() == ("slow", Gesture(1, held=True))
