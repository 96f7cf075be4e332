"""What is judged of a button from its signs of life: nothing is told too early, and nothing is left untold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model import Button
from hub.ports import Sighting
from hub.profile import Meaning, Rule
from hub.supervision import ABSENT, LATE, MISSING, UNTESTED, Judgement, Notice, State, Way, judge, mended

ID, ADDRESS = "b1", "AA:BB:CC:00:00:01"
FIXED = Button(ID, ADDRESS, worn=False, period=8.0)
WORN = Button(ID, ADDRESS, worn=True, period=8.0)
SILENT = Button(ID, ADDRESS, worn=False)  # nothing comes of it but presses
TAG = Button(ID, ADDRESS, worn=False, protocol="itag")
DAY = 24 * 3600.0

buttons = st.builds(
    Button,
    st.just(ID),
    st.just(ADDRESS),
    worn=st.booleans(),
    protocol=st.sampled_from(["bthome", "itag"]),
    period=st.none() | st.floats(0.5, 60.0),
)
sightings = st.none() | st.builds(
    Sighting,
    at=st.floats(0.0, 2e6),
    battery=st.none() | st.integers(0, 100),
    pressed_at=st.none() | st.floats(0.0, 2e6),
    period=st.none() | st.floats(0.5, 60.0),
    linked=st.booleans(),
)
moments = st.floats(0.0, 2e6)


def codes(judgement: Judgement) -> dict[str, bool]:
    return {notice.code: notice.grave for notice in judgement.notices}


@pytest.mark.parametrize(
    ("button", "sighting", "way"),
    [
        (SILENT, None, Way.NONE),
        (SILENT, Sighting(0.0), Way.NONE),
        (SILENT, Sighting(0.0, period=8.0), Way.BEACON),
        (FIXED, None, Way.BEACON),
        (TAG, None, Way.LINK),
        (SILENT, Sighting(0.0, linked=True), Way.LINK),
        (Button(ID, ADDRESS, protocol="learned", rules=(Rule("char:a/b", Meaning.CLICK),)), None, Way.LINK),
        (Button(ID, ADDRESS, protocol="learned", rules=(Rule("maker:004c", Meaning.CLICK),)), None, Way.NONE),
    ],
)
def test_it_is_said_how_a_button_is_supervised(button: Button, sighting: Sighting | None, way: Way) -> None:
    assert judge(button, sighting, 1.0, 0.0).way is way


@pytest.mark.parametrize(
    ("silence", "state", "expected"),
    [
        (0.0, State.OK, {}),
        (LATE - 1, State.OK, {}),
        (LATE, State.LATE, {"button_late:b1": False}),
        (MISSING - 1, State.LATE, {"button_late:b1": False}),
        (MISSING, State.MISSING, {"button_missing:b1": True}),
        (9 * DAY, State.MISSING, {"button_missing:b1": True}),
    ],
)
def test_a_button_in_its_place_is_late_after_a_minute_and_missing_after_five(
    silence: float, state: State, expected: dict[str, bool]
) -> None:
    judged = judge(FIXED, Sighting(1000.0), 1000.0 + silence, 0.0)
    assert (judged.state, codes(judged)) == (state, expected)


def test_the_limits_are_those_that_were_asked_for() -> None:
    assert (LATE, MISSING, ABSENT, UNTESTED) == (60, 5 * 60, 24 * 3600, 7 * 24 * 3600)


@pytest.mark.parametrize(
    ("silence", "state", "expected"),
    [(ABSENT - 1, State.OK, {}), (ABSENT, State.ABSENT, {"button_absent:b1": True})],
)
def test_a_button_that_goes_out_with_her_is_told_after_a_day(
    silence: float, state: State, expected: dict[str, bool]
) -> None:
    judged = judge(WORN, Sighting(0.0), silence, 0.0)
    assert (judged.state, codes(judged)) == (state, expected)


@pytest.mark.parametrize(
    ("button", "silence", "expected"),
    [(FIXED, MISSING, {"button_missing:b1": True}), (WORN, ABSENT, {"button_absent:b1": True})],
)
def test_a_button_that_was_dead_at_the_start_is_missed_as_any_other(
    button: Button, silence: float, expected: dict[str, bool]
) -> None:
    assert judge(button, None, 50.0, 0.0).state is State.UNHEARD
    assert codes(judge(button, None, 100.0 + silence, 100.0)) == expected


def test_a_slow_beacon_is_late_only_when_three_were_missed() -> None:
    slow = Sighting(0.0, period=50.0)
    assert judge(FIXED, slow, 149.0, 0.0).state is State.OK
    assert judge(FIXED, slow, 150.0, 0.0).state is State.LATE


def test_what_is_measured_now_goes_before_what_was_measured_once() -> None:
    assert judge(FIXED, Sighting(0.0, period=30.0), 0.0, 0.0).period == 30.0
    assert judge(FIXED, Sighting(0.0), 0.0, 0.0).period == 8.0


def test_a_very_slow_beacon_is_not_missed_before_it_is_late() -> None:
    assert judge(FIXED, Sighting(0.0, period=200.0), 599.0, 0.0).state is State.OK
    assert judge(FIXED, Sighting(0.0, period=200.0), 600.0, 0.0).state is State.MISSING


def test_a_connected_button_has_no_period_of_its_own() -> None:
    assert judge(TAG, Sighting(0.0, period=1.0), 0.0, 0.0).period is None


def test_a_connection_is_a_sign_of_life_however_old_the_last_word() -> None:
    assert judge(TAG, Sighting(0.0, linked=True), 9 * DAY, 0.0).state is State.OK


@pytest.mark.parametrize(
    ("battery", "expected"),
    [
        (None, {}),
        (100, {}),
        (25, {}),
        (24, {"button_battery_low:b1": False}),
        (10, {"button_battery_low:b1": False}),
        (9, {"button_battery:b1": True}),
        (0, {"button_battery:b1": True}),
    ],
)
def test_a_battery_warns_below_a_quarter_and_is_a_fault_below_a_tenth(
    battery: int | None, expected: dict[str, bool]
) -> None:
    assert codes(judge(WORN, Sighting(0.0, battery=battery), 0.0, 0.0)) == expected


@pytest.mark.parametrize(
    ("pressed_at", "now", "untested"),
    [
        (None, UNTESTED - 1, False),
        (None, UNTESTED, True),
        (DAY, UNTESTED, False),
        (DAY, UNTESTED + DAY, True),
    ],
)
def test_a_button_that_only_a_press_proves_is_to_be_tested_each_week(
    pressed_at: float | None, now: float, untested: bool
) -> None:
    sighting = None if pressed_at is None else Sighting(pressed_at, pressed_at=pressed_at)
    assert codes(judge(SILENT, sighting, now, 0.0)) == ({"button_untested:b1": False} if untested else {})


def test_a_week_is_counted_from_the_day_the_button_was_added() -> None:
    assert codes(judge(SILENT, None, UNTESTED + 99.0, 100.0)) == {}


@given(buttons, sightings, moments, moments)
def test_a_state_and_its_notice_never_come_apart(
    button: Button, sighting: Sighting | None, now: float, since: float
) -> None:
    judged = judge(button, sighting, now, since)
    silence = {code: grave for code, grave in codes(judged).items() if code.split(":")[0] in SILENCE}
    expected = {f"button_{judged.state}:{ID}": judged.state is not State.LATE} if judged.state in TOLD else {}
    assert silence == expected
    assert all(code.endswith(f":{ID}") for code in codes(judged))


TOLD = (State.LATE, State.MISSING, State.ABSENT, State.UNLINKED)
SILENCE = {f"button_{state}" for state in TOLD}


@given(buttons, sightings, moments, moments)
def test_what_cannot_be_supervised_is_never_missed(
    button: Button, sighting: Sighting | None, now: float, since: float
) -> None:
    judged = judge(button, sighting, now, since)
    if judged.way is Way.NONE:
        assert judged.state in (State.OK, State.UNHEARD)
    if button.worn:
        assert judged.state not in (State.LATE, State.MISSING)
    else:
        assert judged.state is not State.ABSENT


@given(buttons, sightings, moments, moments, st.floats(0.0, 1e6))
def test_more_silence_never_makes_it_better(
    button: Button, sighting: Sighting | None, now: float, since: float, later: float
) -> None:
    order = [State.UNHEARD, State.OK, State.APART, State.LATE, State.MISSING, State.ABSENT]
    first, second = judge(button, sighting, now, since), judge(button, sighting, now + later, since)
    assert order.index(first.state) <= order.index(second.state)
    assert {n.code for n in first.notices if n.grave} <= {n.code for n in second.notices if n.grave}


@given(buttons, sightings, moments, moments)
def test_a_sign_of_life_now_mends_whatever_silence_did(
    button: Button, sighting: Sighting | None, now: float, since: float
) -> None:
    alive = Sighting(now, battery=100, linked=True)
    judged = judge(button, alive, now, since)
    assert judged.state is State.OK
    for kind in ("button_missing", "button_absent", "button_unlinked", "button_battery"):
        assert mended(kind, button, alive, judged)


@given(buttons, sightings, moments, moments)
def test_what_is_told_is_never_taken_back_in_the_same_breath(
    button: Button, sighting: Sighting | None, now: float, since: float
) -> None:
    judged = judge(button, sighting, now, since)
    for notice in judged.notices:
        if notice.grave:
            assert not mended(notice.code.partition(":")[0], button, sighting, judged)


def kept(kind: str, button: Button, sighting: Sighting | None) -> bool:
    return not mended(kind, button, sighting, judge(button, sighting, 10.0, 0.0))


def test_after_a_restart_a_fault_stays_until_the_button_is_heard() -> None:
    assert kept("button_missing", FIXED, None)
    assert kept("button_absent", WORN, None)
    assert kept("button_battery", WORN, None)
    assert kept("button_battery", WORN, Sighting(9.0))
    assert not kept("button_missing", FIXED, Sighting(9.0))


def test_a_fault_goes_with_the_question_it_answered() -> None:
    assert not kept("button_missing", WORN, None)  # it is carried from now on
    assert not kept("button_absent", FIXED, None)
    assert not kept("button_missing", SILENT, None)


def test_a_battery_that_wavers_is_told_once() -> None:
    for battery in (9, 10, 24):
        assert kept("button_battery", WORN, Sighting(9.0, battery=battery))
    assert not kept("button_battery", WORN, Sighting(9.0, battery=25))


def test_what_supervision_did_not_find_it_does_not_mend() -> None:
    assert kept("button_restarted", FIXED, Sighting(9.0, battery=100))


def test_a_notice_is_a_warning_unless_it_is_told() -> None:
    assert not Notice("button_late:b1").grave
