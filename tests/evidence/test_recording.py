"""Every sample goes out once and in order, and what is missing has a name."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.evidence.recording import Gap, Recording, Sound

RATE = 100
START = datetime(2025, 1, 1, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def sound(seconds: float, begins: float) -> Sound:
    return Sound(b"\1\2" * round(seconds * RATE), at(begins), begins)


losses = st.just(None)
blocks = st.binary(max_size=5 * RATE).map(lambda data: data[: len(data) // 2 * 2])
stories = st.lists(blocks | losses, max_size=30)


def replay(story: list[bytes | None], recording: Recording | None = None) -> list[Sound | Gap]:
    recording, out, clock = recording or Recording(RATE), [], 0.0
    for step in story:
        clock += 1 if step is None else len(step) / 2 / RATE
        if step is None:
            out += recording.lose("microphone", at(clock), clock)
        else:
            began = clock - len(step) / 2 / RATE
            out += recording.feed(Sound(step, at(began), began))
    return [*out, *recording.end(at(clock), clock)]


@given(stories)
def test_every_sample_goes_out_once_and_in_order(story: list[bytes | None]) -> None:
    assert b"".join(item.samples for item in replay(story) if isinstance(item, Sound)) == b"".join(filter(None, story))


@given(stories)
def test_a_short_second_comes_before_a_gap_or_at_the_end_only(story: list[bytes | None]) -> None:
    out = replay(story)
    for item, after in itertools.pairwise(out):
        assert isinstance(item, Gap) or len(item.samples) == 2 * RATE or isinstance(after, Gap)


@pytest.mark.parametrize("rate", [16000, 11025, 22050, 44100, 8001])
def test_each_second_is_as_late_as_its_block_at_any_rate(rate: int) -> None:
    """What the device loses without a word is not always found: the next second has its own time all the same."""
    recording, block, out = Recording(rate), rate // 10, list[Sound | Gap]()
    lost = 1.0
    for number in range(300):
        began = number * block / rate + (lost if number >= 100 else 0.0)
        out += recording.feed(Sound(bytes(2 * block), at(began), began))
    sounds = [item for item in out if isinstance(item, Sound)]
    for number, second in enumerate(sounds):
        late = lost if number * rate >= 100 * block else 0.0
        assert second.mono == pytest.approx(number + late, abs=0.001)
        assert (second.at - START).total_seconds() == pytest.approx(second.mono, abs=0.001)


@given(stories)
def test_time_never_runs_backwards(story: list[bytes | None]) -> None:
    moments = [(item.at, item.at) if isinstance(item, Sound) else (item.start, item.end) for item in replay(story)]
    flat = [moment for pair in moments for moment in pair]
    assert flat == sorted(flat)


@given(stories)
def test_a_loss_said_twice_is_one_gap(story: list[bytes | None]) -> None:
    gaps = [item for item in replay(story) if isinstance(item, Gap)]
    runs = sum(1 for now, before in zip(story, [b"", *story], strict=False) if now is None and before is not None)
    assert len(gaps) == runs


@given(stories)
def test_what_is_expected_was_heard_or_is_missing_in_a_gap(story: list[bytes | None]) -> None:
    recording = Recording(RATE)
    out = replay(story, recording)
    heard = sum(len(item.samples) // 2 for item in out if isinstance(item, Sound))
    missing = sum((item.mono[1] - item.mono[0]) * RATE for item in out if isinstance(item, Gap))
    assert recording.expected == round(heard + missing)


def test_a_gap_lasts_from_the_last_sample_to_the_next() -> None:
    recording = Recording(RATE)
    assert list(recording.feed(sound(0.5, begins=0))) == []
    assert list(recording.lose("microphone", at(1.2), 1.2)) == [sound(0.5, begins=0)]
    gap = Gap(at(0.5), at(3), "microphone", (0.5, 3))
    assert list(recording.feed(sound(1, begins=3))) == [gap, sound(1, begins=3)]


def test_a_microphone_that_never_came_is_a_gap_as_long_as_the_recording() -> None:
    recording = Recording(RATE)
    assert list(recording.lose("microphone", at(0), 100)) == []
    assert list(recording.end(at(9), 109)) == [Gap(at(0), at(9), "microphone", (100, 109))]
    assert recording.expected == 9 * RATE


def test_a_clock_that_was_set_back_makes_no_gap_that_ends_before_it_begins() -> None:
    recording = Recording(RATE)
    list(recording.lose("microphone", at(10)))
    assert list(recording.end(at(3))) == [Gap(at(10), at(10), "microphone")]
