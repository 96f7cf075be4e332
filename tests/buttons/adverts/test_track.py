"""What was last heard of a button, and how often it speaks by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.buttons.adverts.advert import Advert
from hardware.buttons.adverts.ear import NOTHING, Reading
from hardware.buttons.adverts.track import Track
from hub.gesture import Gesture
from hub.ports import Press, Sighting

ADDRESS = "C0:00:00:00:00:01"
BEACON = Reading(beacon=True)


def note(track: Track, at: float, reading: Reading = BEACON, rssi: int = -60) -> None:
    track.note(Advert(ADDRESS, at, rssi=rssi), reading)


def press(track: Track, at: float) -> None:
    note(track, at, Reading([Press(ADDRESS, Gesture(1), at)]))


def period(*beacons: float) -> float | None:
    track = Track()
    for at in beacons:
        note(track, at)
    return track.period


def test_what_was_never_heard_was_not_seen() -> None:
    assert Track().sighting() is None


def test_what_proves_nothing_is_no_sign_of_life() -> None:
    track = Track()
    note(track, 1.0, Reading(alive=False))
    assert track.sighting() is None
    note(track, 2.0)
    note(track, 3.0, Reading(alive=False))
    sighting = track.sighting()
    assert sighting is not None
    assert sighting.at == 2.0


def test_any_other_advert_is_a_sign_of_life() -> None:
    track = Track()
    note(track, 5.0, NOTHING, rssi=-71)
    assert track.sighting() == Sighting(5.0, -71)


def test_a_press_is_seen_and_when_it_was() -> None:
    track = Track()
    press(track, 5.0)
    note(track, 9.0)
    assert track.sighting() == Sighting(9.0, -60, pressed_at=5.0)


def test_the_battery_is_what_was_said_last_of_it() -> None:
    track = Track()
    for at, battery in enumerate((80, None, 79, None)):
        note(track, at, Reading(battery=battery))
    assert track.battery == 79


@pytest.mark.parametrize(("said", "unreadable"), [((True,), True), ((True, None), True), ((True, False), False)])
def test_it_is_unreadable_until_it_is_read(said: tuple[bool | None, ...], unreadable: bool) -> None:
    track = Track()
    for at, one in enumerate(said):
        note(track, at, Reading(unreadable=one))
    assert track.unreadable is unreadable


def test_four_beacons_measure_the_period() -> None:
    assert period(0.0, 8.0, 16.0) is None
    assert period(0.0, 8.0, 16.0, 24.1) == 8.0


def test_a_beacon_that_was_missed_does_not_change_the_period() -> None:
    assert period(0.0, 8.0, 24.0, 32.0, 40.0) == 8.0
    assert period(0.0, 8.0, 24.0, 32.0, 48.0) == 8.0


def test_a_beacon_sent_several_times_is_one() -> None:
    assert period(*(turn * 8.0 + n * 0.05 for turn in range(4) for n in range(3))) == 8.0


def test_a_period_is_between_a_second_and_a_minute() -> None:
    assert period(*(n * 61.0 for n in range(20))) is None
    assert period(*(n * 60.0 for n in range(4))) == 60.0
    assert period(*(n * 1.0 for n in range(4))) == 1.0


def test_a_long_silence_begins_the_measure_anew() -> None:
    assert period(0.0, 8.0, 16.0, 90.0, 98.0) is None


def test_a_press_begins_the_measure_anew_and_the_period_stays_known() -> None:
    track = Track()
    for at in (0.0, 8.0, 16.0):
        note(track, at)
    press(track, 20.0)
    note(track, 24.0)
    assert track.period is None
    for at in (32.0, 40.0, 48.0):
        note(track, at)
    press(track, 50.0)
    assert track.period == 8.0


def test_the_period_follows_the_latest_beacons() -> None:
    assert period(*(n * 8.0 for n in range(50)), *(392 + n * 20.0 for n in range(1, 13))) == 20.0


@given(st.lists(st.floats(0.0, 200.0)), st.floats(1.1, 60.0))
def test_a_period_is_never_longer_than_a_minute(gaps: list[float], steady: float) -> None:
    times = [sum(gaps[:n]) for n in range(len(gaps))]
    measured = period(*times)
    assert measured is None or 1.0 <= measured <= 60.0 + 1e-9
    assert period(*(n * steady for n in range(4))) == pytest.approx(steady)
