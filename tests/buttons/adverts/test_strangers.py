"""What is shown to whoever pairs a button: what was just pressed, and what is held close."""

import pytest

from hardware.buttons.adverts.hearing import Hearing
from hub.ports import Heard
from tests.buttons.fakebluez.frames import BEACON, PRESS, plain, sealed

from .test_hearing import OURS, pressed, says, shown, stranger, watching

FFE0 = "0000ffe0-0000-1000-8000-00805f9b34fb"


def test_what_was_pressed_two_minutes_ago_is_recent_and_no_longer() -> None:
    hearing = watching()
    pressed(hearing, OURS, plain(1, PRESS), at=10.0)
    assert hearing.recent(130.0) == [Heard(OURS, "SBBT-002C", "bthome", -60, 10.0, 100)]
    assert hearing.recent(130.1) == []


def test_a_stranger_that_was_pressed_is_shown_with_its_battery_the_newest_first() -> None:
    hearing = Hearing()
    pressed(hearing, stranger(1), plain(1, PRESS, battery=40), at=1.0)
    pressed(hearing, stranger(2), plain(1, PRESS), at=2.0)
    pressed(hearing, stranger(1), plain(2, PRESS, battery=None), at=3.0)
    assert [(one.address, one.battery) for one in hearing.recent(3.0)] == [(stranger(1), 40), (stranger(2), 100)]


def test_a_button_that_only_beacons_is_not_recent() -> None:
    hearing = watching()
    pressed(hearing, OURS, plain(1, BEACON))
    pressed(hearing, stranger(1), plain(1, BEACON))
    assert hearing.recent(1.0) == []


@pytest.mark.parametrize(("others", "shows"), [(255, 0), (256, 1)])
def test_so_many_strangers_are_known_when_they_repeat_themselves(others: int, shows: int) -> None:
    hearing = Hearing()
    pressed(hearing, OURS, plain(1, PRESS), at=0.0)
    for number in range(others):
        pressed(hearing, stranger(number), plain(1, PRESS), at=1.0)
    pressed(hearing, OURS, plain(1, PRESS), at=200.0)
    assert len(shown(hearing, 200.0)) == shows


def test_a_sealed_stranger_is_shown_when_it_appears() -> None:
    hearing = Hearing()
    pressed(hearing, stranger(1), sealed(1, 1, PRESS), at=1.0)
    assert shown(hearing, 1.0) == [(stranger(1), "bthome")]


def beaconing(turns: int) -> Hearing:
    hearing = Hearing()
    for n in range(turns):
        pressed(hearing, stranger(1), sealed(n, n, BEACON), at=8.0 * n)
    return hearing


def test_the_beacons_of_a_sealed_stranger_are_not_shown_once_they_are_known() -> None:
    assert shown(beaconing(40), 313.0) == []


def test_a_sealed_stranger_that_speaks_between_two_beacons_is_shown() -> None:
    hearing = beaconing(40)
    pressed(hearing, stranger(1), sealed(99, 99, PRESS), at=315.0)
    assert shown(hearing, 315.0) == [(stranger(1), "bthome")]


def test_a_sealed_stranger_is_not_shown_for_saying_its_beacon_twice() -> None:
    hearing = beaconing(40)
    pressed(hearing, stranger(1), sealed(99, 39, BEACON), at=312.2)
    assert shown(hearing, 313.0) == []


def test_a_beacon_that_is_a_little_early_is_a_beacon() -> None:
    hearing = beaconing(40)
    pressed(hearing, stranger(1), sealed(99, 99, BEACON), at=318.1)
    assert shown(hearing, 319.0) == []


def test_a_sealed_stranger_that_comes_back_is_shown() -> None:
    hearing = beaconing(40)
    pressed(hearing, stranger(1), sealed(99, 99, PRESS), at=500.0)
    assert shown(hearing, 500.0) == [(stranger(1), "bthome")]


def test_a_tag_is_shown_when_it_appears_and_not_for_being_there() -> None:
    hearing = Hearing()
    for n in range(100):
        says(hearing, stranger(1), n * 10.0, "iTAG")
        says(hearing, stranger(2), n * 10.0, services=(FFE0,))
    assert shown(hearing, 100.0) == [(stranger(1), "itag"), (stranger(2), "itag")]
    assert shown(hearing, 990.0) == []


def test_a_tag_that_was_away_for_more_than_a_minute_appears_again() -> None:
    hearing = Hearing()
    for at in (0.0, 60.0, 120.1):
        says(hearing, stranger(1), at, "iTAG")
        says(hearing, stranger(2), min(at, 60.0), "iTAG")
    assert [(one.address, one.heard_at) for one in hearing.recent(120.0)] == [(stranger(1), 120.1), (stranger(2), 0.0)]


def test_what_is_held_close_is_shown_to_whoever_asks() -> None:
    hearing = Hearing()
    says(hearing, stranger(1), 1.0, "a toy", rssi=-55)
    says(hearing, stranger(2), 1.0, "a phone", rssi=-56)
    says(hearing, stranger(3), 2.0, "iTAG", rssi=-40)
    assert shown(hearing, 2.0) == [(stranger(3), "itag")]
    says(hearing, stranger(3), 3.0, "iTAG", rssi=-41)
    assert shown(hearing, 3.0, near=True) == [(stranger(3), "itag"), (stranger(1), "unknown")]
    assert [one.rssi for one in hearing.recent(3.0, near=True)] == [-40, -55]  # as it was pressed
    assert shown(hearing, 121.5, near=True) == [(stranger(3), "itag")]


def test_a_strength_that_was_not_measured_is_not_close() -> None:
    hearing = Hearing()
    for number, rssi in enumerate((-127, 0, 127)):
        says(hearing, stranger(number), 1.0, "a toy", rssi=rssi)
    assert shown(hearing, 1.0, near=True) == []


def test_a_crowd_held_close_takes_up_bounded_room() -> None:
    hearing = Hearing()
    for number in range(2000):
        says(hearing, stranger(number), 1.0 + number / 1000, "a toy", rssi=-40)
    heard = hearing.recent(3.0, near=True)
    assert len(heard) == 512
    assert (heard[0].address, heard[-1].address) == (stranger(1999), stranger(1488))


def test_who_was_heard_again_does_not_make_way() -> None:
    hearing = Hearing()
    for number in (0, *range(1, 512), 0, 600):
        says(hearing, stranger(number), 1.0, "a toy", rssi=-40)
    assert stranger(0) in {one.address for one in hearing.recent(1.0, near=True)}


def test_a_button_pressed_again_does_not_make_way() -> None:
    hearing = Hearing()
    for packet, number in enumerate((0, 1, 2, 0, *range(3, 257))):
        pressed(hearing, stranger(number), plain(packet % 255, PRESS))
    assert stranger(0) in {one.address for one in hearing.recent(1.0)}


def test_a_button_heard_again_does_not_make_way() -> None:
    hearing = Hearing()
    for number in (0, *range(1, 256), 0, 600):
        pressed(hearing, stranger(number), plain(1, PRESS))
    pressed(hearing, stranger(0), plain(1, PRESS), at=200.0)
    assert shown(hearing, 200.0) == []


def test_our_own_button_is_not_shown_for_being_close() -> None:
    hearing = watching()
    pressed(hearing, OURS, plain(1, BEACON), rssi=-40)
    assert hearing.recent(1.0, near=True) == []
