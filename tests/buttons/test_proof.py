"""What the radio may say of itself."""

from hypothesis import given
from hypothesis import strategies as st

from hardware.buttons.proof import News, Proof

SILENCE, PATIENCE = 60.0, 5.0
SILENT = "no advert for 60 s"

Event = tuple[float, str]  # seconds since the last one, and what happened
events = st.lists(st.tuples(st.floats(0.0, 90.0), st.sampled_from(["started", "heard", "failed"])), max_size=40)


def begun() -> Proof:
    proof = Proof(SILENCE, PATIENCE)
    proof.begin(0.0)
    return proof


def test_nothing_speaks_against_a_radio_that_begins_until_it_should_have_heard_something():
    proof = begun()
    proof.started(1.0)
    assert [proof.trouble(now) for now in (1.0, 59.9, 60.0)] == ["", "", SILENT]
    assert not proof.listening(30.0)


def test_it_asks_the_air_once_before_it_gives_up_and_again_after_each_advert():
    proof = begun()
    proof.started(5.0)
    assert proof.ask_at() == 6.0
    proof.heard(5.5)
    assert proof.ask_at() == 6.0, "what stays as it was is news to a new scan as well"
    proof.asked()
    assert proof.ask_at() == float("inf")
    proof.heard(7.0)
    assert proof.ask_at() == 37.0
    proof.asked()
    proof.started(90.0)
    assert proof.ask_at() < float("inf")


def test_a_radio_that_nobody_listens_to_is_in_no_trouble():
    assert Proof(SILENCE, PATIENCE).trouble(1e6) == ""


def test_a_radio_listens_for_as_long_as_its_last_advert_is_believed():
    proof = begun()
    proof.started(0.0)
    proof.heard(10.0)
    assert [proof.listening(now) for now in (10.0, 69.9, 70.0)] == [True, True, False]
    assert [proof.trouble(now) for now in (69.9, 70.0)] == ["", SILENT]


def test_a_failure_is_told_after_its_patience_and_taken_back_by_an_advert_only():
    proof = begun()
    proof.started(0.0)
    proof.heard(1.0)
    proof.failed(10.0, "gone", began=0.0)
    assert [proof.trouble(now) for now in (14.9, 15.0)] == ["", "gone"]
    proof.started(16.0)
    assert proof.trouble(17.0) == "gone"
    proof.heard(18.0)
    assert proof.trouble(18.0) == ""


def test_a_first_scan_that_cannot_be_started_is_told_counting_from_its_first_try():
    proof = begun()
    proof.failed(6.0, "gone", began=0.0)
    assert proof.trouble(6.0) == "gone"


def test_a_short_failure_is_not_told_however_quiet_it_is_afterwards():
    proof = begun()
    proof.started(0.0)
    proof.heard(1.0)
    proof.failed(10.0, "gone", began=0.0)
    proof.started(10.3)
    assert [proof.trouble(now) for now in (20.0, 60.9, 61.0)] == ["", "", SILENT]


def test_scans_that_start_and_fail_in_turn_are_told():
    proof = begun()
    proof.started(0.0)
    for now in range(1, 7):
        proof.failed(float(now), f"gone {now}", began=now - 0.5)
        proof.started(now + 0.1)
    assert proof.trouble(6.5) == "gone 6"


def test_a_new_scan_is_given_its_own_time_to_hear_something():
    proof = begun()
    proof.started(0.0)
    assert proof.deadline() == 60.0
    proof.failed(60.0, "silent", began=0.0)
    proof.started(60.2)
    assert proof.deadline() == 120.2


@given(events)
def test_listening_and_trouble_exclude_each_other(happened):
    for proof, now in replay(happened):
        assert not (proof.listening(now) and proof.trouble(now))


@given(events)
def test_nothing_but_an_advert_takes_trouble_back(happened):
    troubled = False
    for (_, what), (proof, now) in zip(happened, replay(happened), strict=True):
        assert not troubled or what == "heard" or proof.trouble(now)
        troubled = bool(proof.trouble(now))


@given(events)
def test_sixty_seconds_of_silence_are_always_trouble(happened):
    heard_at = 0.0
    for (_, what), (proof, now) in zip(happened, replay(happened), strict=True):
        heard_at = now if what == "heard" else heard_at
        assert bool(proof.trouble(heard_at + SILENCE))
        assert now < heard_at + SILENCE or proof.trouble(now)


def replay(happened):
    proof, now = begun(), 0.0
    for seconds, what in happened:
        now += seconds
        if what == "started":
            proof.started(now)
        elif what == "heard":
            proof.heard(now)
        else:
            proof.failed(now, "gone", began=now)
        yield proof, now


def test_what_is_said_again_or_has_no_signal_did_not_come_over_the_air():
    news, payload = News(), {"fcd2": b"\x40"}
    assert news.take("A", -60, payload, {})
    assert not news.take("A", -60, dict(payload), {})  # the link of the device ended
    assert not news.take("A", -127, payload, {})  # BlueZ forgot its signal strength
    assert news.take("A", -68, payload, {})
    assert news.take("A", -68, {"fcd2": b"\x41"}, {})
    assert news.take("A", -68, payload, {1: b""})
    assert news.take("B", -68, payload, {1: b""})
    news.forget()
    assert news.take("A", -68, payload, {1: b""})


def test_a_thousand_strangers_do_not_fill_the_memory():
    news = News()
    assert all(news.take(str(number), -60, {}, {}) for number in range(5000))
    assert len(news._last) <= 1024
