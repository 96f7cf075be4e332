"""A person answers: who is in charge, who is told of it, what ends it."""

import asyncio

import pytest

from hub import escalation, pursuit
from hub.answers import WRONG_CODES, Said, Way
from hub.core import clock
from hub.delivery import Outcome, Step
from hub.exercise import Exercise
from hub.gesture import Kind
from hub.incident import End, State
from hub.messages import Purpose
from hub.response import Action
from hub.store import history
from hub.store.load import load
from tests.evening import HOLD, SINGLE, Evening
from tests.hub_fixture import PATIENCE, Ask


async def test_whoever_answers_first_is_in_charge_and_the_others_are_told_who_it_is(evening: Evening):
    incident = evening.press()
    evening.become(Outcome.DELIVERED)
    after = evening.answers(evening.karim)
    assert (after.state, after.by) == (State.ACKNOWLEDGED, evening.karim)
    assert {c for c, _ in evening.made(Purpose.TAKEN)} == {evening.anna, evening.lucie}
    assert evening.made(Purpose.YOURS) == [(evening.karim, Action.SMS), (evening.karim, Action.EMAIL)]
    assert all("Karim" in d.text for d in evening.deliveries(Purpose.TAKEN))
    assert all(after.code in d.text for d in evening.deliveries(Purpose.YOURS))
    assert not any(after.code in d.text for d in evening.deliveries(Purpose.TAKEN))
    assert await evening.events(incident) == ["opened", "acknowledged"]


async def test_once_somebody_is_in_charge_nobody_else_is_called_but_the_texts_still_leave(evening: Evening):
    evening.press()
    waiting = [d for d in evening.hub.book.all() if d.outcome is Outcome.QUEUED]
    calls = [d for d in waiting if d.channel is Action.CALL]
    assert all(evening.hub.alerting.wants(d) for d in waiting)
    evening.answers(evening.anna)
    assert {evening.hub.book.get(d.id).outcome for d in calls} == {Outcome.FAILED}
    assert not any(evening.hub.alerting.wants(d) for d in calls)
    assert all(evening.hub.alerting.wants(d) for d in waiting if d.channel is not Action.CALL)


async def test_the_siren_goes_on_when_somebody_is_in_charge(evening: Evening):
    evening.press(HOLD)
    evening.answers(evening.anna)
    assert evening.hub.devices.siren.sounding


async def test_the_second_one_to_answer_is_told_who_was_first(evening: Evening):
    evening.press()
    evening.become(Outcome.DELIVERED)
    evening.answers(evening.karim)
    after = evening.answers(evening.lucie)
    assert after.by == evening.karim
    assert {c for c, _ in evening.made(Purpose.SECOND)} == {evening.lucie}
    assert all("Karim" in d.text for d in evening.deliveries(Purpose.SECOND))
    assert {c for c, _ in evening.made(Purpose.YOURS)} == {evening.karim}


async def test_a_key_counts_once_however_often_it_is_seen_and_after_a_restart(evening: Evening):
    incident = evening.press()
    evening.become(Outcome.DELIVERED)
    evening.answers(evening.karim, source="FN7")
    evening.later(600)  # asked
    evening.later(60)  # lapsed
    assert evening.hub.alerting.incident.state is State.ALERTING
    assert evening.answers(evening.karim, source="FN7").state is State.ALERTING
    loaded = await evening.hub.store.read_latest(lambda connection: load(connection, clock()), PATIENCE)
    evening.hub.charge.answers = []
    evening.hub.charge.resume(loaded.answers)
    assert evening.answers(evening.karim, source="FN7").state is State.ALERTING
    assert evening.answers(evening.karim, source="FN8").state is State.ACKNOWLEDGED
    assert (await evening.events(incident)).count("acknowledged") == 2


async def test_an_answer_to_another_incident_counts_for_nothing(evening: Evening):
    evening.press()
    evening.hub.charge.hear(Said("FN1", "OLDER", evening.anna, Way.CALL, taken=True))
    assert evening.hub.alerting.incident.state is State.ALERTING


async def test_an_alert_that_waits_is_neither_replaced_nor_overtaken_by_who_took_it(evening: Evening):
    evening.press()
    evening.become(Outcome.DELIVERED)
    again = evening.press(HOLD)
    waiting = [d for d in evening.deliveries(Purpose.ALERT) if d.outcome is Outcome.QUEUED and d.channel is Action.SMS]
    evening.answers(evening.karim)
    assert [evening.hub.book.get(d.id).text for d in waiting] == [d.text for d in waiting]
    assert all(evening.hub.alerting.wants(d) for d in waiting)
    assert again.records


async def test_the_code_ends_it_and_everyone_reached_gets_the_all_clear(evening: Evening):
    incident = evening.press()
    evening.become(Outcome.DELIVERED)
    evening.answers(evening.karim)
    evening.become(Outcome.DELIVERED)
    assert evening.answers(evening.karim, taken=False, over=incident.code) is None
    assert {c for c, _ in evening.made(Purpose.ALL_CLEAR)} == {evening.anna, evening.karim, evening.lucie}
    told = await evening.hub.store.read_latest(lambda connection: history.incident(connection, incident.id), PATIENCE)
    assert (told["state"], told["kind"]) == ("resolved", "real")


async def test_one_and_then_nine_in_the_same_call_do_both(evening: Evening):
    incident = evening.press()
    evening.become(Outcome.DELIVERED)
    assert evening.answers(evening.karim, over=incident.code) is None
    assert await evening.events(incident) == ["opened", "acknowledged", "ended"]


async def test_a_wrong_code_ends_nothing_and_too_many_lock_the_keys(evening: Evening):
    incident = evening.press()
    wrong = [f"{(int(incident.code) + n) % 10_000:04}" for n in range(1, WRONG_CODES + 1)]
    for code in wrong:
        assert evening.answers(evening.karim, taken=False, over=code) is not None
    assert evening.answers(evening.karim, taken=False, over=incident.code) is not None
    assert (await evening.events(incident)).count("wrong_code") == WRONG_CODES + 1
    evening.hub.alerting.resolve(incident.id, End.REAL)


async def test_under_threat_the_code_still_ends_it(evening: Evening):
    incident = evening.press(HOLD)
    evening.become(Outcome.DELIVERED)
    evening.hub.alerting.resolve(incident.id, End.DURESS)
    assert evening.hub.alerting.incident.threatened
    assert evening.answers(evening.anna, over=incident.code) is None


async def test_in_an_exercise_everybody_is_called_so_that_everybody_has_answered_once(evening: Evening):
    evening.hub.alerting.drill(Exercise(Kind.DOUBLE))
    evening.answers(evening.anna)
    waiting = [d for d in evening.hub.book.all() if d.channel is Action.CALL]
    assert {d.outcome for d in waiting} == {Outcome.QUEUED}
    assert all(evening.hub.alerting.wants(d) for d in waiting)
    evening.answers(evening.karim)
    assert {a.contact for a in evening.hub.charge.answers} == {evening.anna, evening.karim}
    evening.become(Outcome.DELIVERED)
    evening.later(pursuit.ROUND_LONGEST)
    assert evening.made(Purpose.STILL) == []


async def test_an_exercise_waits_for_its_receipts_before_it_closes(evening: Evening):
    evening.hub.alerting.drill(Exercise(Kind.DOUBLE))
    evening.become(Outcome.ACCEPTED)
    evening.later(120)
    evening.hub.alerting.tick()
    assert evening.hub.alerting.incident is not None
    for d in evening.hub.book.all():
        if d.outcome is Outcome.ACCEPTED and d.followed:
            evening.hub.book.put(d.step(Step.DELIVER))
    evening.hub.alerting.tick()
    assert evening.hub.alerting.incident is None


async def test_each_contact_s_answer_is_told_with_its_time(evening: Evening, ask: Ask):
    incident = evening.press()
    evening.become(Outcome.DELIVERED)
    evening.answers(evening.karim)
    for _ in range(2):
        told = (await ask("incident", id=incident.id))["incident"]
        answered = {c["name"]: c["acknowledged_at"] for c in told["contacts"]}
        assert answered["Karim"].endswith("Z")
        assert answered["Anna"] is None
        assert (told["by"], told["taken_at"], told["rounds"]) == (evening.karim, answered["Karim"], 1)
        if evening.hub.alerting.incident is not None:
            evening.hub.alerting.resolve(incident.id, End.REAL)  # and from the disk
    assert await evening.hub.store.read(history.unproven) == [evening.anna, evening.lucie]


async def test_a_code_is_no_part_of_any_text_to_print(evening: Evening, caplog):
    incident = evening.press()
    evening.answers(evening.karim, taken=False, over="9999")
    await asyncio.sleep(0)
    assert incident.code not in caplog.text
    assert "key=" not in repr(evening.hub.charge.answers)


async def test_a_telephone_that_rings_for_an_exercise_is_quiet_once_it_is_real(evening: Evening):
    drill = evening.hub.alerting.drill(Exercise(Kind.DOUBLE))
    evening.become(Outcome.ACCEPTED)
    evening.press(SINGLE)
    ringing = [d for d in evening.hub.book.of(drill.id).values() if d.channel is Action.CALL]
    assert len(ringing) == 3, "still followed"
    assert not any(evening.hub.alerting.wants(d) for d in ringing)


async def test_whoever_was_removed_takes_no_charge_and_is_not_told_of_a_threat(evening: Evening, ask: Ask):
    incident = evening.press()
    evening.become(Outcome.DELIVERED)
    await ask("contact remove", id=evening.lucie)
    assert evening.answers(evening.lucie).state is State.ALERTING
    evening.hub.alerting.resolve(incident.id, End.DURESS)
    assert {c for c, _ in evening.made(Purpose.UNDER_THREAT)} == {evening.anna, evening.karim}


async def test_a_text_that_cannot_be_written_does_not_lose_the_answer(evening: Evening, monkeypatch):
    evening.press()
    evening.become(Outcome.DELIVERED)
    monkeypatch.setattr(escalation, "deliveries", lambda *_: 1 / 0)
    after = evening.answers(evening.karim)
    assert (after.state, after.by) == (State.ACKNOWLEDGED, evening.karim)
    assert "service:charge" in evening.hub.faults


async def test_an_answer_that_could_not_be_taken_is_heard_again(evening: Evening, monkeypatch):
    evening.press()
    monkeypatch.setattr(evening.hub.alerting, "commit", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        evening.answers(evening.karim, source="FN7")
    monkeypatch.undo()
    assert evening.answers(evening.karim, source="FN7").by == evening.karim
