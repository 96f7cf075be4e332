"""Whatever a button is like inside its family, what was learned of it understands presses that come later."""

import random
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.gesture import Kind
from hub.learning.finding import find
from hub.learning.lesson import ORDER
from hub.learning.rehearsal import GESTURES, HEIGHT, rehearse
from hub.learning.traits import Span
from hub.profile import LINK, Signal
from tests.learning.devices import (
    CHAR,
    CLICKS,
    LONG,
    OTHER,
    SHORT,
    Device,
    Said,
    counter,
    noise,
    taught,
    understood,
)

S, D, H = GESTURES
Filler = Callable[[], bytes]

seeds = st.integers(0, 2**32)
sources = st.uuids().map(str)
chars = st.tuples(sources, sources).map(lambda pair: f"char:{pair[0]}/{pair[1]}")
adverts = sources.map(lambda uuid: f"service:{uuid}") | st.integers(0, 0xFFFF).map(lambda maker: f"maker:{maker:04x}")
constants = st.integers(0, 255).map(lambda byte: lambda: bytes([byte]))
counters = st.tuples(st.integers(0, 255), st.sampled_from([1, 2, 3, 5])).map(lambda one: counter(*one))
noises = seeds.map(lambda seed: noise(1, seed))
fillers = constants | counters | noises
changing = counters | seeds.map(lambda seed: noise(4, seed))  # one byte of noise may say the same twice


@st.composite
def framed(draw: st.DrawFn, *, advert: bool) -> Callable[[bytes], bytes]:
    """A frame around one byte that says something; an advert has something in it that changes each time."""
    before = draw(st.lists(fillers, max_size=5))
    after = draw(st.lists(fillers, max_size=5))
    if advert:
        after.append(draw(changing))
    summed = draw(st.booleans())

    def frame(byte: bytes) -> bytes:
        body = b"".join(part() for part in before) + byte + b"".join(part() for part in after)
        return body + bytes([sum(body) % 256]) if summed else body

    return frame


bytes_ = st.lists(st.integers(0, 255), min_size=3, max_size=3, unique=True).map(
    lambda values: dict(zip(GESTURES, (bytes([v]) for v in values), strict=True))
)


def later(device: Device, finding, kind: Kind) -> Kind | None:
    return max(understood(finding, device.speak(kind)), key=HEIGHT.__getitem__, default=None)


@settings(max_examples=150)
@given(st.data(), bytes_, st.integers(1, 3))
def test_a_button_that_tells_its_gestures_by_one_byte(data: st.DataObject, values: dict[Kind, bytes], times: int):
    advert = data.draw(st.booleans())
    source, frame = data.draw(adverts if advert else chars), data.draw(framed(advert=advert))
    device = Device(
        lambda kind: [(0.3 + 0.1 * n, source, frame(values[kind])) for n in range(times)], linked=not advert
    )
    if data.draw(st.booleans()):
        rest = bytes([next(v for v in range(256) if bytes([v]) not in values.values())])
        device.idle, device.every = (lambda: [(0.0, source, frame(rest))]), data.draw(st.floats(1.0, 8.0))
    finding = taught(device)
    if finding.key in ("says_nothing", "never_changes"):  # all of it moves at rest: nothing stands out
        return
    assert set(finding.tells) == set(GESTURES)
    for kind in [*GESTURES] * 5:
        assert later(device, finding, kind) is kind


@settings(max_examples=100)
@given(st.data(), st.sampled_from(["none", "silent", "own"]))
def test_a_button_that_says_each_press(data: st.DataObject, hold: str):
    advert = data.draw(st.booleans())
    source, frame = data.draw(adverts if advert else chars), data.draw(framed(advert=advert))
    click, held = (bytes([v]) for v in data.draw(st.lists(st.integers(0, 255), min_size=2, max_size=2, unique=True)))

    def speak(kind: Kind) -> list[Said]:
        if kind is H and hold != "none":
            return [(2.0, source, frame(held))] if hold == "own" else []
        return [(at, source, frame(click)) for at in CLICKS[kind]]

    device = Device(speak, linked=not advert)
    finding = taught(device)
    assert {S, D} <= set(finding.tells)
    assert (H in finding.tells) is (hold == "own")
    for kind in [*finding.tells] * 5:
        assert later(device, finding, kind) is kind


@settings(max_examples=100)
@given(st.data())
def test_a_button_that_says_pressed_and_released(data: st.DataObject):
    advert = data.draw(st.booleans())
    source, frame = data.draw(adverts if advert else chars), data.draw(framed(advert=advert))
    down, up = (bytes([v]) for v in data.draw(st.lists(st.integers(0, 255), min_size=2, max_size=2, unique=True)))

    def speak(kind: Kind) -> list[Said]:
        length = LONG if kind is H else SHORT
        return [said for at in CLICKS[kind] for said in ((at, source, frame(down)), (at + length, source, frame(up)))]

    device = Device(speak, linked=not advert)
    finding = taught(device)
    assert set(finding.tells) == set(GESTURES)
    for kind in [*GESTURES] * 5:
        assert later(device, finding, kind) is kind


@settings(max_examples=60)
@given(seeds, st.integers(0, 4), st.integers(1, 20))
def test_encrypted_bytes_are_never_taken_for_gestures(seed: int, header: int, length: int):
    fresh = noise(length, seed)
    device = Device(lambda kind: [(0.1, CHAR, bytes(header) + fresh() + fresh())])
    finding = taught(device)
    assert finding.tells == (S,)
    assert not any(rule.value for rule in finding.rules if rule.position is not None and rule.position >= header)


signals = st.tuples(st.sampled_from([CHAR, OTHER, LINK, "maker:0001", "service:x"]), st.binary(max_size=3))


@st.composite
def lessons(draw: st.DrawFn) -> list[Span]:
    """Whatever may be heard; few enough values that something is found in many of them."""
    pool = draw(st.lists(signals, min_size=1, max_size=4))
    generator = random.Random(draw(seeds))
    spans, now = [], 0.0
    for asked in (None, *ORDER, None):
        times = sorted(now + generator.random() * 4 for _ in range(generator.randrange(0, 4 if asked else 2)))
        said = tuple(Signal(*generator.choice(pool), at) for at in times)
        now += 8.0
        spans.append(Span(asked, said, now))
    return spans


@settings(max_examples=300)
@given(lessons())
def test_whatever_is_heard_nothing_is_offered_that_fails_the_rehearsal(spans: list[Span]):
    finding = find(spans)
    assert bool(finding.rules) is bool(finding.tells)
    if finding.rules:
        outcome = rehearse(finding.rules, finding.timing, spans)
        assert outcome is not None
        assert outcome.tells == finding.tells
    else:
        assert finding.key != "told"
