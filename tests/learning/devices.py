"""Made-up buttons: what each says at a gesture and by itself. And a pupil who does what a lesson asks for."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from hub.gesture import Edge, GestureRecognizer, Kind
from hub.learning.finding import Finding, find
from hub.learning.lesson import Lesson, Phase
from hub.profile import LINK, Rule, Signal, actions

CHAR = "char:0000ffe0-0000-1000-8000-00805f9b34fb/0000ffe1-0000-1000-8000-00805f9b34fb"
OTHER = "char:0000ffe0-0000-1000-8000-00805f9b34fb/0000ffe2-0000-1000-8000-00805f9b34fb"
ADVERT = "service:0000fcd2-0000-1000-8000-00805f9b34fb"
MAKER = "maker:0ba9"
CLICKS = {Kind.SINGLE: (0.0,), Kind.DOUBLE: (0.0, 0.35), Kind.HOLD: (0.0,)}
SHORT, LONG = 0.1, 3.0  # s; how long a finger is down

Said = tuple[float, str, bytes]  # seconds after the finger came down, source, value
Speak = Callable[[Kind], Sequence[Said]]


@dataclass
class Device:
    """`speak`: what it says at a gesture. `idle`: what it says by itself, each `every` seconds."""

    speak: Speak
    linked: bool = True
    idle: Callable[[], Sequence[Said]] | None = None
    every: float = 8.0


def by_value(*values: bytes, source: str = CHAR, times: int = 1) -> Speak:
    """One value for each gesture: single, double, hold; sent so often."""
    table = dict(zip((Kind.SINGLE, Kind.DOUBLE, Kind.HOLD), values, strict=False))
    return lambda kind: [(0.4 + 0.05 * n, source, table[kind]) for n in range(times if kind in table else 0)]


def by_edges(pressed: Callable[[], bytes], released: Callable[[], bytes], source: str = CHAR) -> Speak:
    def speak(kind: Kind) -> Iterator[Said]:
        for at in CLICKS[kind]:
            yield at, source, pressed()
            yield at + (LONG if kind is Kind.HOLD else SHORT), source, released()

    return lambda kind: list(speak(kind))


def by_clicks(click: Callable[[], bytes], hold: Sequence[Said] | None = None, source: str = CHAR) -> Speak:
    """One value a press; a hold says `hold` instead, where it is given."""

    def speak(kind: Kind) -> list[Said]:
        if kind is Kind.HOLD and hold is not None:
            return list(hold)
        return [(at, source, click()) for at in CLICKS[kind]]

    return speak


def counter(start: int = 250, step: int = 1, size: int = 1) -> Callable[[], bytes]:
    """Ever the next number."""
    state = {"next": start}

    def count() -> bytes:
        state["next"] += step
        return (state["next"] % 256**size).to_bytes(size, "big")

    return count


def noise(length: int, seed: int = 1) -> Callable[[], bytes]:
    """As encrypted data looks."""
    generator = random.Random(seed)
    return lambda: generator.randbytes(length)


@dataclass
class Pupil:
    """Does what the lesson asks `after` seconds later; `clumsy` maps what is asked first to what is done instead."""

    device: Device
    after: float = 1.5
    clumsy: dict[int, Kind] = field(default_factory=dict)

    def learn(self, lesson: Lesson | None = None) -> Lesson:
        lesson = lesson or Lesson(0.0)
        now, asked_at, number = 0.0, None, 0
        planned: list[Signal] = [Signal(LINK, b"\x01" if self.device.linked else b"\x00", 0.5)]
        next_idle = 1.0
        while not lesson.ended:
            now += 0.05
            if self.device.idle and now >= next_idle:
                planned += [Signal(source, value, now + at) for at, source, value in self.device.idle()]
                next_idle = now + self.device.every
            for signal in sorted((s for s in planned if s.at <= now), key=lambda s: s.at):
                lesson.hear(signal)
            planned = [s for s in planned if s.at > now]
            lesson.tick(now)
            if lesson.phase is Phase.WEIGHING:
                lesson.weigh(find(lesson.evidence), now)
            key = (lesson.done, lesson.hint, lesson.asked)
            if lesson.asked and not lesson.heard and asked_at != key:
                asked_at = key
                kind = self.clumsy.pop(number, lesson.asked)
                number += 1
                planned += [Signal(src, v, now + self.after + at) for at, src, v in self.device.speak(kind)]
        return lesson


def taught(device: Device) -> Finding:
    """What a whole lesson found."""
    lesson = Pupil(device).learn()
    if lesson.phase is Phase.FAILED:
        return Finding(lesson.failure)
    assert lesson.finding is not None
    return lesson.finding


def understood(finding: Finding, said: Sequence[Said]) -> list[Kind]:
    """What comes of one gesture, through the rules."""
    return _understood(finding.rules, GestureRecognizer(finding.timing), said)


def _understood(rules: Sequence[Rule], recognizer: GestureRecognizer, said: Sequence[Said]) -> list[Kind]:
    kinds: list[Kind] = []
    for at, source, value in said:
        for action in actions(rules, source, value):
            kinds += [g.kind for g in recognizer.feed(action, at)] if isinstance(action, Edge) else [action.kind]
    return kinds + [g.kind for g in recognizer.tick(said[-1][0] + 5.0 if said else 0.0)]
