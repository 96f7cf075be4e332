"""What the figures of the buttons count as lost and as doubled."""

import pytest

from tests.bench.__main__ import FIGURES, GROUPS
from tests.bench.buttons_home import Meant, advertisers, differences, home, presses

MEANT: list[Meant] = [(packet % 256, "single") for packet in range(300)]


def test_what_was_heard_as_it_was_meant_differs_in_nothing() -> None:
    assert differences(MEANT, MEANT) == (0, 0)


def test_a_press_is_missed_even_when_its_packet_id_comes_again() -> None:
    assert differences(MEANT, MEANT[:7] + MEANT[8:]) == (1, 0)


def test_a_press_that_was_heard_twice_is_one_too_many() -> None:
    assert differences(MEANT, [*MEANT[:8], *MEANT[7:]]) == (0, 1)


def test_presses_in_the_wrong_order_are_not_as_they_were_meant() -> None:
    assert differences(MEANT[:2], MEANT[1::-1]) == (1, 1)


@pytest.mark.parametrize(("kind", "clicks"), [("single", 1), ("double", 2), ("many", 3)])
def test_each_click_of_a_gesture_that_the_hub_times_counts(kind: str, clicks: int) -> None:
    assert (presses([(None, kind)]), presses([(7, kind)])) == (clicks, 1)


def test_half_of_the_buttons_that_advertise_have_a_key_of_their_own() -> None:
    keys = {one.button.key for one in advertisers()} - {None}
    assert (len(keys), len(home())) == (16, 37)


def test_a_group_names_figures() -> None:
    assert not {name for names in GROUPS.values() for name in names} - FIGURES.keys()
