"""A microphone that fails is opened again, and what it did not give is said."""

import itertools

import pytest

from hub.errors import DeviceError
from hub.evidence.capture import Capture, Heard, Loss
from hub.evidence.recording import Gap, Sound
from hub.model import Deliver

BLOCK = bytes(range(20))


class Desk:
    """A microphone, a clock and a capture between them, moved by hand."""

    rate = 100

    def __init__(self) -> None:
        self.now, self.lost = 100.0, 0
        self.running = self.works = True
        self.opened_at: list[float] = []
        self.deliver: Deliver | None = None
        self.capture = Capture(self, lambda: self.now)

    def check(self) -> None:
        """It is there."""

    def open(self, deliver: Deliver) -> None:
        self.opened_at.append(round(self.now, 3))
        if not self.works:
            raise DeviceError("unplugged")
        self.lost, self.deliver = 0, deliver

    def active(self) -> bool:
        return self.running

    def close(self) -> None:
        self.deliver = None

    def pass_time(self, seconds: float, sound: bool) -> list[Heard]:
        """Turn by turn, with sound or without."""
        heard = []
        for _ in range(round(seconds * 10)):
            self.now += 0.1
            if sound and self.deliver:
                self.deliver(BLOCK)
            heard += self.capture.tick(self.now)
        return heard


@pytest.fixture
def desk() -> Desk:
    return Desk()


def losses(heard: list[Heard]) -> list[str]:
    return [each.why for each in heard if isinstance(each, Loss)]


def test_what_the_microphone_gives_is_passed_on(desk: Desk) -> None:
    assert desk.capture.open() == []
    heard = desk.pass_time(2, sound=True)
    assert [each.samples for each in heard if isinstance(each, Sound)] == [BLOCK] * 20
    assert (losses(heard), desk.capture.fault) == ([], "")


def test_a_microphone_may_take_its_time_for_the_first_block(desk: Desk) -> None:
    desk.capture.open()
    assert desk.pass_time(2.9, sound=False) == []
    assert desk.capture.fault == ""


@pytest.mark.parametrize("gives_before", [True, False])
def test_a_microphone_that_falls_silent_is_a_fault_until_it_gives_again(desk: Desk, gives_before: bool) -> None:
    desk.capture.open()
    desk.pass_time(1 if gives_before else 0, sound=True)
    assert losses(desk.pass_time(0.7 if gives_before else 3.2, sound=False)) == ["microphone"]
    assert desk.capture.fault == "microphone gives nothing"
    assert losses(desk.pass_time(1, sound=True)) == []
    assert desk.capture.fault == ""
    assert len(desk.opened_at) == 2


def test_a_microphone_that_says_it_stopped_is_not_waited_for(desk: Desk) -> None:
    desk.capture.open()
    desk.pass_time(1, sound=True)
    desk.running = False
    assert losses(desk.pass_time(0.1, sound=False)) == ["microphone"]
    assert desk.capture.fault == "microphone stopped"


def test_it_is_opened_again_sooner_at_first_and_then_each_five_seconds(desk: Desk) -> None:
    desk.works = False
    desk.capture.open()
    desk.pass_time(30, sound=False)
    pauses = [round(b - a, 1) for a, b in itertools.pairwise(desk.opened_at)]
    assert pauses == sorted(pauses)
    assert pauses[0] <= 0.3
    assert all(4.9 < pause < 5.2 for pause in pauses[5:])
    assert desk.capture.fault == "unplugged"


def test_a_turn_that_comes_late_judges_nobody(desk: Desk) -> None:
    desk.capture.open()
    desk.pass_time(1, sound=True)
    desk.now += 5
    assert desk.capture.tick(desk.now) == []
    assert desk.capture.fault == ""


def test_samples_that_the_device_lost_are_named_before_the_block_after(desk: Desk) -> None:
    desk.capture.open()
    desk.pass_time(0.1, sound=True)
    desk.lost += 1
    heard = desk.pass_time(0.2, sound=True)
    assert [type(each) for each in heard] == [Loss, Sound, Sound]
    assert (losses(heard), desk.capture.overruns) == (["overrun"], 1)


def test_what_has_a_gap_of_its_own_is_not_missing_besides(desk: Desk) -> None:
    desk.capture.open()
    heard = desk.pass_time(1, sound=True) + desk.pass_time(0.3, sound=False)
    desk.lost += 1
    heard += desk.pass_time(3, sound=True) + desk.pass_time(0.7, sound=False) + desk.pass_time(3, sound=True)
    assert losses(heard) == ["overrun", "microphone"]
    assert not [each for each in heard if isinstance(each, Gap)]


def test_the_last_blocks_are_kept_when_it_is_closed(desk: Desk) -> None:
    desk.capture.open()
    assert desk.deliver
    desk.deliver(BLOCK)
    [last] = desk.capture.close()
    assert isinstance(last, Sound)


def test_blocks_that_are_missing_without_a_word_are_a_gap_where_they_are_missing(desk: Desk) -> None:
    desk.capture.open()
    desk.pass_time(3, sound=True)
    desk.pass_time(0.2, sound=False)
    [gap] = [each for each in desk.pass_time(3, sound=True) if isinstance(each, Gap)]
    assert (gap.why, gap.got, gap.mono) == ("lost", 0, (pytest.approx(103.0), pytest.approx(103.2)))
    assert (gap.end - gap.start).total_seconds() == pytest.approx(0.2, abs=0.001)


def test_blocks_that_come_late_are_no_gap_when_the_device_says_that_they_were_heard_in_time(desk: Desk) -> None:
    desk.capture.open()
    desk.pass_time(3, sound=True)
    desk.now += 0.4
    for _ in range(50):
        desk.now += 0.1
        assert desk.deliver
        desk.deliver(BLOCK, 0.5)
        assert [type(each) for each in desk.capture.tick(desk.now)] == [Sound]
