"""From presses to gestures: a classified press goes straight through, edges go to their button's recogniser."""

import asyncio
from collections.abc import Callable, Sequence

from hub.gesture import Gesture, GestureRecognizer, Timing
from hub.ports import Press

Act = Callable[[Gesture, Press], None]


class Recognizers:
    """`act` is called at once, in the loop's thread, with each gesture and the press that completed it.

    `timing_of` says how the button at this address is timed, now.
    """

    def __init__(self, act: Act, timing_of: Callable[[str], Timing] = lambda _: Timing()) -> None:
        self._act = act
        self._timing_of = timing_of
        self._recognizers: dict[str, GestureRecognizer] = {}
        self._wakeups: dict[str, asyncio.TimerHandle] = {}

    def hear(self, press: Press) -> None:
        if isinstance(press.action, Gesture):
            self._act(press.action, press)
            return
        recognizer = self._recognizers.setdefault(press.button, GestureRecognizer())
        recognizer.timing = self._timing_of(press.button)
        self._pass_on(recognizer.feed(press.action, press.heard_at), press)
        self._wake_up(recognizer, press)

    def _tick(self, recognizer: GestureRecognizer, press: Press) -> None:
        self._pass_on(recognizer.tick(asyncio.get_running_loop().time()), press)
        self._wake_up(recognizer, press)

    def _wake_up(self, recognizer: GestureRecognizer, press: Press) -> None:
        if press.button in self._wakeups:
            self._wakeups.pop(press.button).cancel()
        if recognizer.deadline is not None:
            loop = asyncio.get_running_loop()
            at = recognizer.deadline + 0.001  # the loop may wake a clock tick early
            self._wakeups[press.button] = loop.call_at(at, self._tick, recognizer, press)

    def _pass_on(self, gestures: Sequence[Gesture], press: Press) -> None:
        for gesture in gestures:
            self._act(gesture, press)
