"""What is judged of a button that has to be connected: only its connection counts."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model import Button
from hub.ports import Sighting
from hub.supervision import ABSENT, LATE, MISSING, State, judge, mended
from tests.test_supervision import DAY, ID, TAG, WORN, buttons, codes, kept, moments

WORN_TAG = replace(TAG, worn=True)


@pytest.mark.parametrize(
    ("button", "apart", "after", "state", "grave"),
    [
        (TAG, 100.0, LATE - 1, State.APART, None),
        (TAG, 100.0, LATE, State.LATE, False),
        (TAG, 100.0, MISSING, State.UNLINKED, True),
        (TAG, 100.5, MISSING, State.UNLINKED, True),
        (TAG, None, LATE, State.LATE, False),
        (TAG, None, MISSING, State.MISSING, True),
        (WORN_TAG, 100.0, MISSING - 1, State.APART, None),
        (WORN_TAG, 100.0, MISSING, State.UNLINKED, True),
        (WORN_TAG, None, ABSENT - 1, State.APART, None),
        (WORN_TAG, None, ABSENT, State.ABSENT, True),
        (WORN_TAG, DAY / 2, DAY / 2, State.APART, None),  # she has just come home
        (WORN_TAG, DAY, DAY, State.ABSENT, True),
        (WORN_TAG, DAY, DAY + MISSING, State.UNLINKED, True),
    ],
)
def test_to_be_heard_is_no_sign_of_life_of_a_button_that_has_to_be_connected(
    button: Button, apart: float | None, after: float, state: State, grave: bool | None
) -> None:
    now = 100.0 + after
    judged = judge(button, Sighting(now), now, 100.0, apart)
    assert judged.state is state
    assert codes(judged) == ({} if grave is None else {f"button_{state}:{ID}": grave})


def test_a_button_that_cannot_be_connected_is_told_until_it_is() -> None:
    for sighting, apart in ((None, None), (Sighting(9.0), None), (Sighting(9.0), 0.0)):
        for button in (TAG, WORN_TAG):
            judged = judge(button, sighting, 10.0, 0.0, apart)
            assert not mended("button_unlinked", button, sighting, judged)
    assert not kept("button_unlinked", WORN_TAG, Sighting(9.0, linked=True))
    assert not kept("button_unlinked", WORN, Sighting(9.0))
    assert kept("button_missing", TAG, Sighting(9.0))


@given(buttons, st.floats(0.0, 2e6), moments, moments, st.none() | moments)
def test_a_connected_button_is_well_only_while_it_is_connected(
    button: Button, at: float, now: float, since: float, apart: float | None
) -> None:
    for linked in (True, False):
        judged = judge(replace(button, protocol="itag"), Sighting(at, linked=linked), now, since, apart)
        assert (judged.state is State.OK) == linked
