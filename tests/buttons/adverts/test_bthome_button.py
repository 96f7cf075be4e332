"""No sealed frame acts twice, no press is lost: the table at the top of bthome_button.py, and what follows from it."""

from collections.abc import Sequence

import pytest

from hardware.buttons.adverts.advert import Advert
from hardware.buttons.adverts.bthome_button import BthomeButton
from hub.gesture import Gesture
from hub.model import Button
from hub.ports import Doubt, Press
from tests.buttons.fakebluez.frames import (
    ADDRESS,
    BEACON,
    DOUBLE,
    HOLD,
    HOLD_RELEASE,
    KEY,
    LONG,
    PRESS,
    SHELLY_HOLD,
    UUID,
    objects,
    plain,
    sealed,
)

SINGLE, TWICE, HELD = Gesture(1), Gesture(2), Gesture(1, held=True)
OTHER_KEY = bytes(16)


def keyed(seals: Sequence[bytes] = (), counter: int | None = None) -> BthomeButton:
    return BthomeButton(Button("b1", ADDRESS, key=KEY, seals=tuple(seals), counter=counter))


def presses(button: BthomeButton, data: dict[str, bytes], at: float = 0.0) -> Sequence[Press]:
    return button.take(Advert(ADDRESS, at, service_data=data)).presses


def told(button: BthomeButton, data: dict[str, bytes], at: float = 0.0) -> list[tuple[object, Doubt | None]]:
    return [(press.action, press.doubt) for press in presses(button, data, at)]


def seal_in(data: dict[str, bytes]) -> bytes:
    return data[UUID][-8:]


def test_a_sealed_press_says_everything_there_is_to_say() -> None:
    frame = sealed(500, 7, DOUBLE, battery=88)
    assert presses(keyed(), frame, 3.5) == [Press(ADDRESS, TWICE, 3.5, 7, 88, seal_in(frame))]


def test_each_event_that_is_sealed_means_what_it_means_in_the_open() -> None:
    button = keyed()
    events = (PRESS, DOUBLE, 3, LONG, HOLD, SHELLY_HOLD, 0x77)
    heard = [told(button, sealed(n, n, event)) for n, event in enumerate(events, start=1)]
    assert heard == [[(gesture, None)] for gesture in (SINGLE, TWICE, Gesture(3), HELD, HELD, HELD, Gesture(3))]


def test_several_keys_of_one_frame_are_all_told_with_its_seal_the_gravest_first() -> None:
    frame = sealed(9, 1, PRESS, BEACON, LONG, DOUBLE)
    heard = presses(keyed(), frame)
    assert [press.action for press in heard] == [HELD, TWICE, SINGLE]
    assert {press.seal for press in heard} == {seal_in(frame)}


def test_a_frame_that_acted_is_never_heard_again() -> None:
    button = keyed()
    frame = sealed(500, 7, PRESS)
    told(button, frame)
    told(button, sealed(501, 8, PRESS))
    assert told(button, frame, at=1e6) == []


def test_a_frame_that_acted_before_the_restart_is_not_heard_again() -> None:
    frames = [sealed(n, n, PRESS) for n in range(500, 700)]
    button = keyed([seal_in(frame) for frame in frames], counter=3)
    assert [told(button, frame) for frame in frames] == [[]] * 200


def test_a_frame_is_not_heard_again_even_if_a_changed_battery_made_it_anew() -> None:
    button = keyed()
    told(button, sealed(1, 1, PRESS))
    told(button, sealed(2, 2, PRESS))
    assert told(button, sealed(1, 1, PRESS)) == []
    assert told(button, sealed(2, 3, PRESS)) == [(SINGLE, Doubt.RESTARTED)]


def test_a_fallen_counter_acts_and_is_flagged_and_the_next_is_not() -> None:
    button = keyed()
    told(button, sealed(5000, 200, PRESS))
    assert told(button, sealed(1, 1, LONG)) == [(HELD, Doubt.RESTARTED)]
    assert told(button, sealed(2, 2, PRESS)) == [(SINGLE, None)]


def test_a_counter_below_that_of_the_last_stored_press_is_flagged() -> None:
    button = keyed([seal_in(sealed(9000, 1, PRESS)), seal_in(sealed(500, 7, PRESS))], counter=7)
    assert told(button, sealed(499, 8, PRESS)) == [(SINGLE, Doubt.RESTARTED)]


def test_the_last_counter_is_that_of_the_newest_seal_not_the_highest() -> None:
    button = keyed([seal_in(sealed(9000, 1, PRESS)), seal_in(sealed(500, 7, PRESS))], counter=7)
    assert told(button, sealed(501, 8, PRESS)) == [(SINGLE, None)]


def test_a_fallen_counter_acts_even_with_the_packet_id_of_the_last_press() -> None:
    button = keyed()
    told(button, sealed(5000, 7, PRESS))
    assert told(button, sealed(20, 7, PRESS)) == [(SINGLE, Doubt.RESTARTED)]


def test_the_same_counter_sealed_otherwise_is_a_fallen_one() -> None:
    button = keyed()
    told(button, sealed(5000, 7, PRESS))
    assert told(button, sealed(5000, 7, PRESS, battery=99)) == [(SINGLE, Doubt.RESTARTED)]


def test_a_press_sent_several_times_with_rising_counters_acts_once() -> None:
    button = keyed()
    heard = [told(button, sealed(n, 7, PRESS), at=n / 10) for n in range(1, 20)]
    assert heard == [[(SINGLE, None)], *[[]] * 18]


def test_a_repeat_played_back_later_is_known() -> None:
    button = keyed()
    for n in (1, 2, 3):
        told(button, sealed(n, 7, PRESS))
    told(button, sealed(4, 8, PRESS))
    assert told(button, sealed(2, 7, PRESS)) == []


def test_the_repeat_of_a_press_is_known_after_a_restart_of_the_hub() -> None:
    acted = sealed(500, 7, LONG)
    assert told(keyed([seal_in(acted)], counter=7), sealed(503, 7, LONG)) == []


@pytest.mark.parametrize("seals", [[], [seal_in(sealed(244, 7, PRESS))]])
def test_a_packet_id_that_went_round_while_the_hub_was_off_hides_no_press(seals: list[bytes]) -> None:
    assert told(keyed(seals, counter=7), sealed(500, 7, LONG)) == [(HELD, None)]


def test_a_packet_id_within_one_round_of_the_stored_press_is_its_repeat() -> None:
    assert told(keyed([seal_in(sealed(245, 7, LONG))], counter=7), sealed(500, 7, LONG)) == []


def test_the_same_packet_id_after_a_minute_of_silence_is_another_press() -> None:
    button = keyed()
    told(button, sealed(1, 7, PRESS), at=0.0)
    told(button, sealed(2, 7, PRESS), at=30.0)
    assert told(button, sealed(3, 7, PRESS), at=89.9) == []
    assert told(button, sealed(4, 7, PRESS), at=149.9) == [(SINGLE, None)]


def test_beacons_end_no_silence_of_a_press_with_the_same_packet_id() -> None:
    button = keyed()
    told(button, sealed(1, 7, PRESS), at=0.0)
    told(button, sealed(2, 8, BEACON), at=8.0)
    assert told(button, sealed(3, 7, PRESS), at=9.0) == [(SINGLE, None)]


def test_a_beacon_moves_the_counter_on() -> None:
    button = keyed()
    told(button, sealed(10, 1, PRESS))
    assert told(button, sealed(20, 2, BEACON)) == []
    assert told(button, sealed(15, 3, PRESS)) == [(SINGLE, Doubt.RESTARTED)]


def test_a_beacon_played_back_does_not_bring_the_counter_down() -> None:
    button = keyed()
    told(button, sealed(5000, 1, PRESS))
    told(button, sealed(10, 2, BEACON))
    assert told(button, sealed(11, 3, PRESS)) == [(SINGLE, Doubt.RESTARTED)]


def test_a_beacon_played_back_does_not_make_a_repeat_a_press() -> None:
    button = keyed()
    told(button, sealed(5000, 7, PRESS))
    told(button, sealed(10, 2, BEACON))
    assert told(button, sealed(5001, 7, PRESS)) == []


def test_a_release_after_its_sealed_hold_is_nothing() -> None:
    button = keyed()
    told(button, sealed(1, 1, HOLD))
    assert told(button, sealed(2, 2, HOLD_RELEASE), at=5.0) == []


def test_a_plain_frame_of_a_keyed_button_acts_and_is_flagged() -> None:
    (press,) = presses(keyed(), plain(7, LONG))
    assert (press.action, press.doubt, press.seal) == (HELD, Doubt.PLAIN, b"")


def test_a_plain_frame_hides_no_sealed_press_with_its_packet_id() -> None:
    button = keyed()
    told(button, sealed(1, 6, PRESS))
    told(button, plain(7, PRESS))
    assert told(button, sealed(2, 7, PRESS)) == [(SINGLE, None)]


def test_a_plain_frame_heard_before_the_restart_hides_no_sealed_press_either() -> None:
    (press,) = presses(keyed(), plain(7, PRESS))
    assert press.counter is None
    assert told(keyed(counter=7), plain(7, PRESS)) == [(SINGLE, Doubt.PLAIN)]


def test_a_plain_frame_of_a_button_without_key_is_not_flagged() -> None:
    assert told(BthomeButton(Button("b1", ADDRESS)), plain(7, PRESS)) == [(SINGLE, None)]


def test_a_plain_press_heard_before_the_restart_is_not_heard_again() -> None:
    assert told(BthomeButton(Button("b1", ADDRESS, counter=7)), plain(7, PRESS)) == []


@pytest.mark.parametrize("key", [None, OTHER_KEY])
def test_a_frame_that_does_not_open_is_unreadable_and_calls_nobody(key: bytes | None) -> None:
    reading = BthomeButton(Button("b1", ADDRESS, key=key)).take(Advert(ADDRESS, 0.0, service_data=sealed(1, 1, LONG)))
    assert (list(reading.presses), reading.unreadable) == ([], True)


@pytest.mark.parametrize("data", [sealed(1, 1, PRESS), sealed(1, 1, BEACON)])
def test_a_frame_that_is_understood_is_readable(data: dict[str, bytes]) -> None:
    assert keyed().take(Advert(ADDRESS, 0.0, service_data=data)).unreadable is False


def test_a_frame_that_does_not_open_changes_nothing_for_the_next() -> None:
    button = keyed()
    told(button, sealed(10, 1, PRESS))
    told(button, sealed(99, 2, PRESS, key=OTHER_KEY))
    assert told(button, sealed(11, 2, PRESS)) == [(SINGLE, None)]


def test_another_service_or_version_says_nothing() -> None:
    assert told(keyed(), {"0000180f-0000-1000-8000-00805f9b34fb": objects(1, PRESS)}) == []
    assert told(keyed(), {UUID: b"\x24\x3a\x01"}) == []


def test_only_the_latest_seals_take_up_room() -> None:
    button = keyed()
    frames = [sealed(n, n, PRESS) for n in range(1, 502)]
    for frame in frames:
        told(button, frame)
    assert [len(told(button, frame)) for frame in frames[1:]] == [0] * 500
    assert told(button, frames[0]) == [(SINGLE, Doubt.RESTARTED)]


def test_beacons_take_up_no_room_of_seals() -> None:
    button = keyed()
    told(button, sealed(1, 1, PRESS))
    for n in range(2, 600):
        told(button, sealed(n, n, BEACON))
    assert told(button, sealed(1, 1, PRESS)) == []


@pytest.mark.parametrize("forged", [sealed(3, 3, BEACON), sealed(5000, 1, PRESS), sealed(9, 9, PRESS, key=OTHER_KEY)])
def test_of_a_button_with_a_key_nothing_that_could_be_forged_is_a_sign_of_life(forged: dict[str, bytes]) -> None:
    button = keyed()
    assert button.take(Advert(ADDRESS, 0.0, service_data=sealed(5000, 1, PRESS))).alive
    reading = button.take(Advert(ADDRESS, 8.0, service_data=forged))
    assert (reading.presses, reading.alive, reading.battery, reading.beacon) == ((), False, None, False)


def test_a_plain_press_of_a_button_with_a_key_acts_and_proves_nothing() -> None:
    reading = keyed().take(Advert(ADDRESS, 0.0, service_data=plain(1, PRESS, battery=3)))
    assert len(reading.presses) == 1
    assert (reading.alive, reading.battery, reading.unreadable) == (False, None, None)


def test_of_a_button_without_a_key_every_advert_is_a_sign_of_life() -> None:
    button = BthomeButton(Button("b1", ADDRESS))
    for data in (plain(1, PRESS), plain(1, PRESS), sealed(1, 1, BEACON)):
        assert button.take(Advert(ADDRESS, 0.0, service_data=data)).alive


def test_a_press_that_is_played_back_is_none() -> None:
    button = keyed()
    frames = [sealed(n, n, PRESS) for n in (1, 2)]
    takes = [button.take(Advert(ADDRESS, 0.0, service_data=frame)) for frame in (*frames, frames[0])]
    assert (takes[-1].presses, takes[-1].beacon, takes[-1].unreadable) == ((), False, None)
