"""A sealed button with its beacons, repeats and batteries, a lossy radio, restarts of the hub, somebody who plays back.

Each press that was heard acts exactly once; nothing else acts. A changed battery takes a minute, as hands do. What
nobody can tell apart is left out: a press after a restart of the hub *and* a new battery that by chance has the packet
id that was stored, and a counter just above.
"""

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from hardware.buttons.adverts.hearing import Advert, Hearing
from hub.model import KEPT_SEALS, Button
from hub.ports import Doubt, Press
from tests.buttons.fakebluez.frames import ADDRESS, BEACON, DOUBLE, KEY, LONG, PRESS, SHELLY_HOLD, TRIPLE, plain, sealed

Frame = dict[str, bytes]
OTHER_KEY = bytes(16)
codes = st.sampled_from([BEACON, PRESS, DOUBLE, TRIPLE, LONG, SHELLY_HOLD, 0x77])
events = st.lists(codes, min_size=1, max_size=4).filter(any)


class SealedButton(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.stored = Button("b1", ADDRESS, key=KEY)
        self.hearing = Hearing()
        self.hearing.watch([self.stored])
        self.now = 0.0
        self.battery, self.counter, self.packet = 100, 0, 0
        self.acted: list[Frame] = []
        self.passed: list[Frame] = []  # heard since the hub runs, without acting
        self.last: Frame | None = None  # what BlueZ may say again
        self.has_heard = True  # since the hub runs
        self.expected = 0
        self.heard = 0

    def hear(self, press: Press) -> None:
        """What the household does with a press."""
        seals = (
            self.stored.seals if press.seal in self.stored.seals or not press.seal else (*self.stored.seals, press.seal)
        )
        counter = self.stored.counter if press.counter is None else press.counter
        self.stored = replace(self.stored, counter=counter, seals=seals[-KEPT_SEALS:])
        self.heard += press.doubt is not Doubt.PLAIN

    def deliver(self, frame: Frame) -> None:
        self.hearing.take(Advert(ADDRESS, self.now, service_data=frame), self.hear)
        self.now += 0.05

    def frame(self, *events: int) -> Frame:
        self.counter += 1
        return sealed(self.counter, self.packet, *events, battery=self.battery)

    def forget(self) -> None:
        """What did not act is nowhere written down: played back it acts, and is flagged."""
        self.passed, self.has_heard = [], False

    @rule(events=events, arrives=st.lists(st.booleans(), min_size=1, max_size=4))
    def press(self, events: list[int], arrives: list[bool]) -> None:
        self.packet += 1
        frames = [self.frame(*events) for _ in arrives]
        heard = [frame for frame, arrived in zip(frames, arrives, strict=True) if arrived]
        for self.last in heard:
            self.deliver(self.last)
            self.has_heard = True
        self.expected += sum(map(bool, events)) if heard else 0
        self.acted += heard[:1]
        self.passed += heard[1:]

    @rule(count=st.integers(1, 300), arrives=st.booleans())
    def beacon(self, count: int, arrives: bool) -> None:
        for _ in range(count):
            self.now += 8.0
            self.packet += 1
            frame = self.frame(BEACON)
        if arrives:
            self.last = frame
            self.deliver(frame)
            self.has_heard = True
            self.passed.append(frame)

    @precondition(lambda self: self.battery > 1 and self.has_heard)
    @rule(counter=st.integers(0, 400), packet=st.integers(0, 255))
    def change_the_battery(self, counter: int, packet: int) -> None:
        self.battery -= 1
        self.counter, self.packet = counter, packet
        self.now += 61.0

    @rule()
    def change_the_signal_strength(self) -> None:
        if self.last:
            self.deliver(self.last)

    @rule(data=st.data())
    def play_back(self, data: st.DataObject) -> None:
        if known := [*self.acted[-KEPT_SEALS:], *self.passed]:
            frame = data.draw(st.sampled_from(known))
            self.deliver(frame)
            self.last = frame if frame in self.acted else None

    @rule(events=events)
    def forge(self, events: list[int]) -> None:
        self.deliver(sealed(self.counter + 1, self.packet + 1, *events, key=OTHER_KEY))
        self.deliver(plain(self.packet + 1, *events))
        self.last = None

    @rule()
    def restart_the_hub(self) -> None:
        self.hearing = Hearing()
        self.hearing.watch([self.stored])
        self.forget()
        self.now += 2.0

    @rule(name=st.text(max_size=3))
    def rename(self, name: str) -> None:
        self.stored = replace(self.stored, name=name)
        self.hearing.watch([self.stored])

    @rule()
    def take_away_and_add_again(self) -> None:
        self.hearing.watch([])
        self.hearing.watch([self.stored])
        self.forget()

    @invariant()
    def each_press_acted_once_and_nothing_else_did(self) -> None:
        assert self.heard == self.expected


SealedButton.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
test_every_press_acts_once = SealedButton.TestCase
