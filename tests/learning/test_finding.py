"""Stories of buttons nobody has seen: what a lesson makes of them."""

import pytest

from hub.gesture import Kind
from hub.learning.rehearsal import HEIGHT
from hub.profile import Meaning, Rule
from tests.learning.devices import (
    ADVERT,
    CHAR,
    LONG,
    MAKER,
    OTHER,
    Device,
    by_clicks,
    by_edges,
    by_value,
    counter,
    noise,
    taught,
    understood,
)

S, D, H = Kind.SINGLE, Kind.DOUBLE, Kind.HOLD
ALL = (S, D, H)


def bthome(kind: bytes, count) -> bytes:
    return b"\x44\x00" + count() + b"\x01\x64\x3a" + kind


def shelly(count=None):
    count = count or counter()
    values = {S: b"\x01", D: b"\x02", H: b"\x04"}
    return lambda kind: [(0.4, ADVERT, bthome(values[kind], count))]


def assert_understands(device: Device, finding, kinds=ALL) -> None:
    for kind in kinds:
        assert highest(understood(finding, device.speak(kind))) is kind


def highest(kinds):
    return max(kinds, key=HEIGHT.__getitem__)


def test_an_advert_with_a_packet_id_and_an_event_is_read_at_the_event():
    device = Device(shelly(), linked=False)
    finding = taught(device)
    assert finding.rules == tuple(
        Rule(ADVERT, meaning, 6, value)
        for meaning, value in ((Meaning.HOLD, b"\x04"), (Meaning.DOUBLE, b"\x02"), (Meaning.SINGLE, b"\x01"))
    )
    assert (finding.tells, finding.timed) == (ALL, False)


def test_a_beacon_between_the_presses_does_not_disturb():
    count = counter()
    device = Device(shelly(count), linked=False, idle=lambda: [(0.0, ADVERT, bthome(b"\x00", count))])
    finding = taught(device)
    assert finding.tells == ALL
    assert {rule.position for rule in finding.rules} == {6}


def test_a_battery_that_falls_later_does_not_make_the_button_mute():
    finding = taught(Device(by_value(b"\x01\x64", b"\x02\x64", b"\x03\x64")))
    assert [understood(finding, [(0.0, CHAR, bytes([n, 99]))]) for n in (1, 2, 3)] == [[S], [D], [H]]


def test_a_click_for_each_press_is_timed_by_the_hub():
    """An iTAG: a hold switches it off."""
    finding = taught(Device(by_clicks(lambda: b"\x01")))
    assert finding.rules == (Rule(CHAR, Meaning.CLICK, None, b"\x01"),)
    assert (finding.tells, finding.timed, finding.others) == ((S, D), True, {H: S})


def test_a_hold_that_is_silent_is_learned_to_be_silent():
    finding = taught(Device(by_clicks(lambda: b"\x01", hold=[])))
    assert (finding.tells, finding.others) == ((S, D), {H: None})


def test_clicks_are_counted_and_a_hold_has_a_value_of_its_own():
    device = Device(by_clicks(lambda: b"\x01", hold=[(0.0, CHAR, b"\x01"), (LONG, CHAR, b"\x03")]))
    finding = taught(device)
    assert (finding.tells, finding.timed) == (ALL, True)
    assert_understands(device, finding)


def test_pressed_and_released_are_timed_by_the_hub():
    device = Device(by_edges(lambda: b"\x01", lambda: b"\x00"))
    finding = taught(device)
    assert [(rule.meaning, rule.value) for rule in finding.rules] == [
        (Meaning.PRESSED, b"\x01"),
        (Meaning.RELEASED, b"\x00"),
    ]
    assert finding.tells == ALL
    assert_understands(device, finding)


def test_a_release_that_tells_a_long_press_is_understood():
    """A V.BTTN: 01 pressed, 00 released, 03 released after long."""

    def speak(kind: Kind):
        if kind is H:
            return [(0.0, CHAR, b"\x01"), (LONG, CHAR, b"\x03")]
        return by_edges(lambda: b"\x01", lambda: b"\x00")(kind)

    finding = taught(Device(speak))
    assert finding.tells == ALL
    assert_understands(Device(speak), finding)


def test_a_frame_with_counter_and_checksum_is_read_at_its_one_telling_byte():
    count = counter()

    def frame(kind: bytes) -> bytes:
        body = b"\xa5\x04" + kind + count()
        return body + bytes([sum(body) % 256])

    device = Device(lambda kind: [(0.3, CHAR, frame({S: b"\x11", D: b"\x12", H: b"\x1f"}[kind]))])
    finding = taught(device)
    assert (finding.tells, {rule.position for rule in finding.rules}) == (ALL, {2})


def test_the_byte_before_the_checksum_goes_before_the_checksum():
    device = Device(by_value(b"\xaa\x01\xab", b"\xaa\x02\xac", b"\xaa\x03\xad"))
    assert {rule.position for rule in taught(device).rules} == {1}


def test_which_characteristic_speaks_can_be_all_there_is():
    fresh = noise(8)
    sources = {S: CHAR, D: OTHER, H: CHAR.replace("ffe1", "ffe9")}
    finding = taught(Device(lambda kind: [(0.2, sources[kind], fresh())]))
    assert {rule.source: rule.meaning.value for rule in finding.rules} == {sources[k]: k.value for k in ALL}
    assert finding.tells == ALL


def test_encrypted_adverts_are_counted():
    fresh = noise(14)
    finding = taught(Device(by_clicks(lambda: b"\x45" + fresh(), source=ADVERT), linked=False))
    assert (finding.tells, finding.timed, finding.rolling) == ((S, D), True, True)


def test_encrypted_adverts_that_also_come_at_rest_are_never_taken_for_presses():
    fresh = noise(14)
    device = Device(by_clicks(fresh, source=ADVERT), linked=False, idle=lambda: [(0.0, ADVERT, fresh())], every=3.0)
    assert taught(device).rules == ()


def test_a_beacon_each_minute_is_heard_before_any_new_value_is_a_press():
    fresh = noise(14)
    device = Device(by_clicks(fresh, source=ADVERT), linked=False, idle=lambda: [(30.0, ADVERT, fresh())], every=60.0)
    assert taught(device).rules == ()


def test_a_clock_that_goes_on_is_no_gesture():
    clock, count = {"minute": 7}, counter()

    def tick() -> bytes:
        clock["minute"] += count()[0] % 2
        return bytes([clock["minute"]])

    device = Device(lambda kind: [(0.1, CHAR, tick() + {S: b"\x0a", D: b"\x0b", H: b"\x0c"}[kind])])
    finding = taught(device)
    assert (finding.tells, {rule.position for rule in finding.rules}) == (ALL, {1})


@pytest.mark.parametrize("bits", [1, 2, 3, 4])
@pytest.mark.parametrize("per_click", [True, False])
def test_a_short_counter_is_no_gesture(bits: int, per_click: bool):
    count = counter(start=0)

    def speak(kind: Kind):
        clicks = 2 if kind is D and per_click else 1
        values = [count() for _ in range(clicks)]
        return [(0.1, CHAR, b"\x07" + bytes([values[-1][0] % 2**bits]))]

    assert len(taught(Device(speak)).tells) <= 1


def test_a_chatty_device_is_understood_all_the_same():
    chat = noise(6)
    device = Device(by_value(b"\x01", b"\x02", b"\x03"), idle=lambda: [(0.0, OTHER, chat())], every=0.5)
    finding = taught(device)
    assert finding.tells == ALL
    assert {rule.source for rule in finding.rules} == {CHAR}


def test_a_press_said_several_times_with_rising_counters_is_one_gesture():
    count = counter()
    values = {S: b"\x01", D: b"\x02", H: b"\x03"}
    device = Device(lambda kind: [(0.1 * n, MAKER, values[kind] + count()) for n in range(4)], linked=False)
    assert taught(device).tells == ALL


def test_a_button_that_says_click_first_and_then_what_it_was_acts_upwards():
    own = {S: [], D: [(0.5, CHAR, b"\x22")], H: [(2.0, CHAR, b"\x33")]}
    device = Device(lambda kind: [(0.0, CHAR, b"\x11"), *own[kind]])
    finding = taught(device)
    assert finding.tells == ALL
    assert_understands(device, finding)


def test_slow_presses_get_a_longer_pause():
    slow = {S: (0.0,), D: (0.0, 0.85), H: (0.0,)}
    finding = taught(Device(lambda kind: [(at, CHAR, b"\x01") for at in slow[kind]]))
    assert finding.tells == (S, D)
    assert finding.timing.pause == 1.0


def test_when_nothing_can_be_told_apart_every_press_counts_as_one():
    finding = taught(Device(by_value(b"\x01", b"\x01", b"\x01")))
    assert (finding.tells, finding.others) == ((S,), {D: S, H: S})


def test_a_hold_that_says_what_two_presses_say_acts_as_two_presses():
    finding = taught(Device(by_value(b"\x01", b"\x02", b"\x02")))
    assert (finding.tells, finding.others) == ((S, D), {H: D})


def test_a_gesture_that_has_nothing_of_its_own_is_heard_all_the_same():
    """Rather a press too low than none at all."""
    fresh = counter(start=0)
    device = Device(lambda kind: [(0.1, CHAR, b"\x01\x01" if kind is S else b"\x01" + bytes([9 + fresh()[0]]))])
    finding = taught(device)
    assert S in finding.tells
    assert None not in finding.others.values()


def test_what_each_time_is_said_another_number_of_times_is_never_counted():
    count = counter()
    device = Device(lambda kind: [(0.1 * n, CHAR, b"\x01") for n in range(1 + count()[0] % 3)])
    finding = taught(device)
    assert (finding.tells, finding.timed) == ((S,), False)


def test_a_silent_button_is_said_to_be_silent():
    assert taught(Device(lambda kind: [])).key == "says_nothing"


def test_an_advert_that_never_changes_cannot_tell_a_press_from_a_repeat():
    device = Device(
        by_value(b"\x01", b"\x01", b"\x01", source=ADVERT), linked=False, idle=lambda: [(0, ADVERT, b"\x01")]
    )
    assert taught(device).key == "never_changes"


def test_an_advert_that_stays_as_the_last_press_left_it_is_not_offered():
    device = Device(by_value(b"\x01", b"\x02", b"\x03", source=ADVERT), linked=False)
    assert taught(device).key == "same_again"


def test_an_advert_that_goes_back_to_rest_is_understood():
    values = {S: b"\x01", D: b"\x02", H: b"\x03"}
    device = Device(lambda kind: [(0.1, ADVERT, values[kind]), (1.5, ADVERT, b"\x00")], linked=False)
    device.idle, device.every = (lambda: [(0.0, ADVERT, b"\x00")]), 1000.0
    finding = taught(device)
    assert finding.tells == ALL
    assert [rule.value for rule in finding.rules] == [b"\x03", b"\x02", b"\x01"]
