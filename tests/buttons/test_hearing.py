"""Who is called for, and what is only shown."""

from hypothesis import given
from hypothesis import strategies as st

from hardware.buttons.hearing import Advert, Hearing
from hub.model import Button
from hub.ports import Press

from .fakebluez.frames import BEACON, LONG, PRESS, UUID, objects

OURS = "3C:2E:F5:71:D5:2A"


def stranger(number: int) -> str:
    return f"3C:2E:F5:00:{number >> 8:02X}:{number & 255:02X}"


def pressed(hearing: Hearing, address: str, payload: bytes, at: float = 0.0) -> list[Press]:
    presses: list[Press] = []
    hearing.take(Advert(address, at, service_data={UUID: payload}), presses.append)
    return presses


def watching(counter: int | None = None) -> Hearing:
    hearing = Hearing()
    hearing.watch([Button("b1", OURS, counter=counter)])
    return hearing


def test_what_was_pressed_two_minutes_ago_is_recent_and_no_longer() -> None:
    hearing = watching()
    pressed(hearing, OURS, objects(1, PRESS), at=10.0)
    assert len(hearing.recent(130.0)) == 1
    assert hearing.recent(130.1) == []


def test_a_button_that_only_beacons_is_not_recent() -> None:
    hearing = watching()
    pressed(hearing, OURS, objects(1, BEACON))
    assert hearing.recent(1.0) == []


def test_a_button_that_is_not_watched_any_more_calls_nobody() -> None:
    hearing = watching()
    hearing.watch([])
    assert pressed(hearing, OURS, objects(1, LONG)) == []
    assert hearing.seen() == {}


def test_a_crowd_of_strangers_does_not_make_it_forget_our_button() -> None:
    hearing = watching(counter=41)
    for number in range(1000):
        pressed(hearing, stranger(number), objects(1, PRESS), at=1.0)
    assert pressed(hearing, OURS, objects(41, LONG)) == []
    assert len(hearing.recent(1.0)) <= 256


@given(st.lists(st.tuples(st.integers(0, 5), st.binary(max_size=20))))
def test_strangers_never_make_a_press(adverts: list[tuple[int, bytes]]) -> None:
    hearing = watching()
    assert all(pressed(hearing, stranger(number), b"\x44" + junk) == [] for number, junk in adverts)
