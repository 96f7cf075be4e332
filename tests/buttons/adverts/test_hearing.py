"""Who is called for, and what is only shown."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from hardware.buttons.adverts.hearing import Advert, Hearing
from hub.gesture import Gesture
from hub.model import Button
from hub.ports import Doubt, Heard, Press, Sighting
from hub.profile import Meaning, Rule
from tests.buttons.fakebluez.frames import BEACON, DOUBLE, KEY, LONG, PRESS, UUID, plain, sealed

OURS = "3C:2E:F5:71:D5:2A"
OTHER_KEY = bytes(16)
FFE0 = "0000ffe0-0000-1000-8000-00805f9b34fb"


def stranger(number: int) -> str:
    return f"3C:2E:F5:00:{number >> 8:02X}:{number & 255:02X}"


def pressed(hearing: Hearing, address: str, data: Mapping[str, bytes], at: float = 0.0, rssi: int = -60) -> list[Press]:
    presses: list[Press] = []
    hearing.take(Advert(address, at, "SBBT-002C", rssi, data), presses.append)
    return presses


def says(
    hearing: Hearing, address: str, at: float, name: str = "", rssi: int = -80, services: tuple[str, ...] = ()
) -> None:
    hearing.take(Advert(address, at, name, rssi, services=services), lambda _: None)


def watching(counter: int | None = None, key: bytes | None = None, name: str = "") -> Hearing:
    hearing = Hearing()
    hearing.watch([Button("b1", OURS, name, counter=counter, key=key)])
    return hearing


def shown(hearing: Hearing, now: float, near: bool = False) -> list[tuple[str, str]]:
    return [(one.address, one.protocol) for one in hearing.recent(now, near=near)]


# Presses


def test_a_press_is_told_before_it_is_seen() -> None:
    hearing = watching()
    seen: list[Mapping[str, Sighting]] = []
    hearing.take(Advert(OURS, 0.0, service_data=plain(1, PRESS)), lambda _: seen.append(hearing.seen()))
    assert seen == [{}]


def test_every_key_of_one_frame_is_told() -> None:
    heard = pressed(watching(key=KEY), OURS, sealed(1, 1, PRESS, LONG, DOUBLE))
    assert [press.action for press in heard] == [Gesture(1, held=True), Gesture(2), Gesture(1)]


def test_a_button_that_is_not_watched_any_more_calls_nobody() -> None:
    hearing = watching()
    hearing.watch([])
    assert pressed(hearing, OURS, plain(1, LONG)) == []
    assert hearing.seen() == {}


def test_a_crowd_of_strangers_does_not_make_it_forget_our_button() -> None:
    hearing = watching(counter=41)
    for number in range(1000):
        pressed(hearing, stranger(number), plain(1, PRESS), at=number / 1000)
    assert pressed(hearing, OURS, plain(41, LONG)) == []
    assert len(hearing.recent(1.0)) == 256
    assert hearing.recent(1.0)[-1].address == stranger(744)


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from([b"\x44", b"\x45", b""]), st.binary(max_size=20))))
def test_strangers_never_make_a_press(adverts: list[tuple[int, bytes, bytes]]) -> None:
    hearing = watching()
    assert all(pressed(hearing, stranger(number), {UUID: info + junk}) == [] for number, info, junk in adverts)


@given(st.lists(st.tuples(st.sampled_from([b"\x45", b"\x47"]), st.binary(max_size=40))))
def test_nobody_without_the_key_can_seal_a_press(frames: list[tuple[bytes, bytes]]) -> None:
    hearing = watching(key=KEY)
    assert all(pressed(hearing, OURS, {UUID: info + junk}) == [] for info, junk in frames)


# A change of what is watched


def test_a_button_that_was_pressed_to_be_found_does_not_call_once_it_is_added() -> None:
    hearing = Hearing()
    pressed(hearing, OURS, plain(7, LONG))
    hearing.watch([Button("b1", OURS)])
    assert hearing.seen()[OURS].pressed_at is None
    assert pressed(hearing, OURS, plain(7, LONG), rssi=-50) == []
    assert len(pressed(hearing, OURS, plain(8, LONG))) == 1


def test_a_sealed_button_that_was_pressed_to_be_found_does_not_call_once_it_is_added() -> None:
    hearing = Hearing()
    pressed(hearing, OURS, sealed(7, 7, LONG))
    hearing.watch([Button("b1", OURS, key=KEY)])
    assert pressed(hearing, OURS, sealed(7, 7, LONG), rssi=-50) == []
    assert pressed(hearing, OURS, sealed(8, 7, LONG)) == []
    assert len(pressed(hearing, OURS, sealed(9, 8, LONG))) == 1


def test_a_learned_button_does_not_call_with_what_it_said_before_it_was_added() -> None:
    hearing = Hearing()
    pressed(hearing, OURS, {"feed": b"\x01"})
    hearing.watch([Button("b1", OURS, protocol="learned", rules=(Rule("service:feed", Meaning.HOLD),))])
    assert pressed(hearing, OURS, {"feed": b"\x01"}) == []
    assert len(pressed(hearing, OURS, {"feed": b"\x02"})) == 1


def test_a_button_that_is_taken_away_and_added_again_does_not_repeat_itself() -> None:
    hearing = watching()
    pressed(hearing, OURS, plain(7, LONG))
    hearing.watch([])
    hearing.watch([Button("b1", OURS)])
    assert pressed(hearing, OURS, plain(7, LONG)) == []


def test_a_counter_from_the_store_never_replaces_a_newer_one() -> None:
    hearing = watching(counter=3)
    pressed(hearing, OURS, plain(9, PRESS))
    hearing.watch([Button("b1", OURS, "another name", counter=3)])
    assert pressed(hearing, OURS, plain(9, PRESS)) == []
    assert pressed(hearing, OURS, plain(3, PRESS)) != []


def test_a_change_of_the_name_forgets_no_seal() -> None:
    hearing = watching(key=KEY)
    for n in (1, 2, 3):
        pressed(hearing, OURS, sealed(n, n, PRESS))
    hearing.watch([Button("b1", OURS, "another name", key=KEY)])
    assert pressed(hearing, OURS, sealed(1, 1, PRESS)) == []


def test_rules_that_were_learned_anew_are_followed() -> None:
    hearing = Hearing()
    for meaning, gesture in ((Meaning.SINGLE, Gesture(1)), (Meaning.HOLD, Gesture(1, held=True))):
        hearing.watch([Button("b1", OURS, protocol="learned", rules=(Rule("service:feed", meaning),))])
        assert [press.action for press in pressed(hearing, OURS, {"feed": meaning.encode()})] == [gesture]


def test_a_button_that_turns_out_to_be_of_another_protocol_is_heard() -> None:
    hearing = Hearing()
    hearing.watch([Button("b1", OURS, protocol="itag")])
    assert pressed(hearing, OURS, plain(1, PRESS)) == []
    hearing.watch([Button("b1", OURS)])
    assert len(pressed(hearing, OURS, plain(2, PRESS))) == 1


def test_a_key_that_comes_later_reads_the_next_press_and_not_the_last() -> None:
    hearing = watching(key=OTHER_KEY)
    pressed(hearing, OURS, sealed(7, 7, LONG))
    hearing.watch([Button("b1", OURS, key=KEY)])
    assert hearing.unreadable() == frozenset()
    assert pressed(hearing, OURS, sealed(7, 7, LONG)) == []
    assert [press.doubt for press in pressed(hearing, OURS, sealed(8, 8, LONG))] == [None]


def test_a_change_of_the_key_forgets_no_sighting() -> None:
    hearing = watching()
    pressed(hearing, OURS, plain(1, PRESS, battery=55), at=4.0)
    hearing.watch([Button("b1", OURS, key=KEY)])
    assert hearing.seen() == {OURS: Sighting(4.0, -60, 55, pressed_at=4.0)}
    assert [press.doubt for press in pressed(hearing, OURS, plain(2, PRESS))] == [Doubt.PLAIN]


# Supervision


def test_a_watched_button_is_seen_with_all_that_is_known_of_it() -> None:
    hearing = watching()
    for n in range(4):
        pressed(hearing, OURS, plain(n, BEACON, battery=90 - n), at=8.0 * n, rssi=-70)
    pressed(hearing, OURS, plain(9, PRESS, battery=80), at=30.0)
    assert hearing.seen() == {OURS: Sighting(30.0, -60, 80, pressed_at=30.0, period=8.0)}


def test_a_changed_signal_strength_is_a_sign_of_life_and_no_beacon() -> None:
    hearing = watching()
    for n in range(10):
        pressed(hearing, OURS, plain(1, BEACON), at=8.0 * n, rssi=-70 + n)
    assert hearing.seen() == {OURS: Sighting(72.0, -61, 100)}


def test_a_button_whose_key_is_not_ours_is_named_until_it_is_understood() -> None:
    hearing = watching(key=OTHER_KEY)
    pressed(hearing, OURS, sealed(1, 1, PRESS))
    assert hearing.unreadable() == {OURS}
    pressed(hearing, OURS, sealed(2, 2, PRESS, key=OTHER_KEY))
    assert hearing.unreadable() == frozenset()


def test_a_press_of_a_connected_button_is_seen() -> None:
    hearing = Hearing()
    hearing.watch([Button("b1", OURS, protocol="itag")])
    hearing.pressed(OURS, 3.0)
    assert shown(hearing, 4.0) == [(OURS, "itag")]
    says(hearing, OURS, 5.0, "iTAG", rssi=-66)
    hearing.pressed(OURS, 6.0)
    assert hearing.recent(6.0) == [Heard(OURS, "iTAG", "itag", -66, 6.0)]
    assert hearing.seen() == {OURS: Sighting(5.0, -66, pressed_at=6.0)}


def test_a_press_of_a_button_that_is_not_watched_any_more_is_not_seen() -> None:
    hearing = watching()
    hearing.pressed(stranger(1), 3.0)
    assert hearing.recent(3.0) == []


# The key of a button


def test_a_key_fits_what_was_heard_last() -> None:
    hearing = watching()
    pressed(hearing, OURS, sealed(1, 1, PRESS))
    pressed(hearing, stranger(1), sealed(1, 1, PRESS, address=stranger(1)))
    for address in (OURS, stranger(1)):
        assert hearing.fits(address, KEY) is True
        assert hearing.fits(address, OTHER_KEY) is False
        assert hearing.fits(address, b"short") is False


def test_of_a_button_that_sealed_nothing_nobody_knows_whether_a_key_fits() -> None:
    hearing = watching()
    assert hearing.fits(OURS, KEY) is None
    pressed(hearing, OURS, plain(1, PRESS))
    pressed(hearing, stranger(1), {UUID: b""})
    pressed(hearing, stranger(2), {UUID: b"\x25" + bytes(12)})
    assert [hearing.fits(address, KEY) for address in (OURS, *map(stranger, range(1, 4)))] == [None] * 4
