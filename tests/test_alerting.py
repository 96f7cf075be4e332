"""The path of a press inside the daemon: the order of things, drills, ends, and what a restart takes up."""

import asyncio
from dataclasses import replace

import pytest

from hub import escalation
from hub.core import Hub, clock
from hub.delivery import Outcome, Step
from hub.errors import DeviceError, Refusal
from hub.exercise import Exercise
from hub.gesture import Gesture, Kind
from hub.incident import End, Incident
from hub.messages import Purpose
from hub.model import Moment
from hub.ports import Pattern, Press
from hub.response import Action, Level
from hub.store import history
from tests.hub_fixture import PATIENCE, Ask

SINGLE, DOUBLE, HOLD = Gesture(1), Gesture(2), Gesture(1, held=True)


def press(hub: Hub, gesture: Gesture, counter: int | None = None, button: str = "") -> Incident:
    return hub.alerting.press(gesture, Press(button, gesture, 0.0, counter))


@pytest.fixture
async def home(hub: Hub, ask: Ask) -> Hub:
    """A home with one contact and one button."""
    await ask("home set", name="Marie", address="12 rue des Lilas")
    await ask("contact add", name="Anna", phone="0639980001", email="anna@example.org")
    await ask("button add", address="AA:BB:CC:DD:EE:FF")
    return hub


def channels(hub: Hub, incident: Incident) -> list[Action]:
    return [delivery.channel for delivery in hub.book.of(incident.id).values()]


async def test_the_siren_sounds_before_press_returns(home: Hub):
    press(home, HOLD)
    assert home.devices.siren.simulate({}) == {"sounding": True, "pattern": Pattern.STEADY}


async def test_a_siren_that_fails_is_a_fault_and_everybody_is_told_all_the_same(home: Hub, monkeypatch):
    def broken(*_: object) -> None:
        raise DeviceError("no pin")

    monkeypatch.setattr(home.devices.siren, "sound", broken)
    incident = press(home, HOLD)
    assert set(channels(home, incident)) == {Action.SMS, Action.CALL, Action.EMAIL}
    assert "siren" in home.faults


async def test_incident_event_counter_and_deliveries_are_one_transaction(home: Hub):
    incident = press(home, DOUBLE, counter=42, button="AA:BB:CC:DD:EE:FF")
    told = await home.store.read_latest(lambda connection: history.incident(connection, incident.id), PATIENCE)
    assert [event["what"] for event in told["events"]] == ["opened"]
    assert len(told["deliveries"]) == 3
    counter = await home.store.read(lambda c: c.execute("SELECT counter FROM buttons").fetchone()[0])
    assert counter == 42


async def test_without_any_contact_the_siren_still_sounds(hub: Hub):
    incident = press(hub, HOLD)
    assert hub.devices.siren.sounding
    assert channels(hub, incident) == []


async def test_a_drill_is_silent_unless_asked_for_and_then_pulses(home: Hub):
    drill = home.alerting.drill(Exercise(Kind.HOLD))
    assert not home.devices.siren.sounding
    home.alerting.resolve(drill.id, End.TEST)
    home.alerting.drill(Exercise(Kind.HOLD, siren=True))
    assert home.devices.siren.simulate({})["pattern"] == Pattern.PULSED


async def test_a_drill_of_a_silent_gesture_never_sounds(home: Hub):
    home.alerting.drill(Exercise(Kind.SINGLE, siren=True))
    assert not home.devices.siren.sounding


async def test_a_silent_real_press_ends_the_sound_of_an_exercise(home: Hub):
    drill = home.alerting.drill(Exercise(Kind.HOLD, siren=True))
    real = press(home, SINGLE)
    assert not home.devices.siren.sounding
    assert (real.drill, real.after_drill, real.id == drill.id) == (False, True, False)


async def test_a_drill_of_a_hold_does_not_record(home: Hub):
    assert not home.alerting.drill(Exercise(Kind.HOLD)).records
    assert home.recorder._wanted is None


async def test_a_hold_records_until_the_end(home: Hub):
    incident = press(home, HOLD)
    assert home.recorder._wanted == incident.id
    home.alerting.resolve(incident.id, End.REAL)
    assert home.recorder._wanted is None


async def test_under_duress_it_goes_on_recording(home: Hub):
    incident = press(home, HOLD)
    home.alerting.resolve(incident.id, End.DURESS)
    assert home.recorder._wanted == incident.id
    assert not home.devices.siren.sounding
    assert home.alerting.incident.threatened


async def test_an_exercise_ended_under_duress_is_none_any_more(home: Hub):
    drill = home.alerting.drill(Exercise(Kind.DOUBLE))
    home.alerting.resolve(drill.id, End.DURESS)
    assert not home.alerting.incident.drill
    assert not home.alerting.incident.closes_itself


async def test_only_the_open_incident_can_be_ended(home: Hub):
    incident = press(home, DOUBLE)
    with pytest.raises(Refusal, match="incident_ended"):
        home.alerting.resolve("NOONE", End.REAL)
    home.alerting.resolve(incident.id, End.REAL)
    with pytest.raises(Refusal, match="incident_ended"):
        home.alerting.resolve(incident.id, End.REAL)


async def test_a_prevention_closes_by_itself_without_a_word(home: Hub):
    incident = press(home, SINGLE)
    await until_over(home, incident)
    assert home.alerting.tick() == pytest.approx(incident.pressed.mono + 60)
    home.alerting._clock = later(61)
    home.alerting.tick()
    assert home.alerting.incident is None
    assert len(home.book.of(incident.id)) == 1, "no all-clear: nobody knows that all is well"


async def test_a_rescue_does_not(home: Hub):
    press(home, DOUBLE)
    home.alerting._clock = later(48 * 3600)
    assert home.alerting.tick() is None
    assert home.alerting.incident is not None


async def until_over(hub: Hub, incident: Incident) -> None:
    async with asyncio.timeout(5):
        while not hub.book.settled(incident.id):
            await asyncio.sleep(0.005)


def later(seconds: float):
    return lambda: Moment(clock().mono + seconds, clock().utc)


async def test_what_has_ended_is_not_sent_any_more(home: Hub):
    incident = press(home, DOUBLE)
    waiting = next(iter(home.book.of(incident.id).values()))
    assert home.alerting.wants(waiting)
    home.alerting.resolve(incident.id, End.FALSE_ALARM)
    assert not home.alerting.wants(waiting)
    assert home.book.get(waiting.id).outcome is Outcome.FAILED


async def test_an_alarm_taken_up_after_a_restart_sounds_for_what_is_left(home: Hub):
    now = clock()
    alarm = Incident("K7Q2M", Level.ALARM, opened=now, pressed=now, sounded=now, records=True)
    home.alerting.resume([alarm], [])
    assert home.devices.siren.sounding
    assert home.recorder._wanted == "K7Q2M"


@pytest.mark.parametrize("threatened", [True, False])
async def test_an_alarm_whose_time_is_over_or_that_is_under_threat_stays_silent(home: Hub, threatened: bool):
    now = clock()
    long_ago = Moment(now.mono - (0 if threatened else 61), now.utc)
    alarm = Incident("K7Q2M", Level.ALARM, opened=now, pressed=now, sounded=long_ago, threatened=threatened)
    home.alerting.resume([alarm], [])
    assert not home.devices.siren.sounding
    assert home.alerting.incident == alarm


async def test_of_two_open_incidents_in_a_damaged_store_the_newest_goes_on(home: Hub):
    now = clock()
    old = Incident("OLDER", Level.ALARM, opened=now, pressed=now)
    new = replace(old, id="NEWER")
    home.alerting.resume([old, new], [])
    assert home.alerting.incident == new


async def test_an_end_does_not_prove_that_the_siren_works(home: Hub):
    home.faults.put("siren", "no pin")
    home.alerting.resolve(press(home, SINGLE).id, End.REAL)
    assert "siren" in home.faults


async def test_a_recorder_that_breaks_keeps_no_text_back(home: Hub, monkeypatch):
    def broken(_: str) -> None:
        raise RuntimeError("expiring")

    monkeypatch.setattr(home.recorder, "start", broken)
    assert len(channels(home, press(home, HOLD))) == 3
    assert "microphone" in home.faults


async def test_a_contact_removed_meanwhile_is_told_of_the_end(home: Hub, ask: Ask):
    incident = press(home, DOUBLE)
    for delivery in home.book.of(incident.id).values():
        home.book.enter([delivery.step(Step.START).step(Step.ACCEPT)])
    (contact,) = home.household.contacts
    await ask("contact remove", id=contact)
    home.alerting.resolve(incident.id, End.REAL)
    clear = [d for d in home.book.of(incident.id).values() if d.purpose is Purpose.ALL_CLEAR]
    assert [(d.to, d.channel) for d in clear] == [("+33639980001", Action.SMS)]


async def test_the_waiting_messages_of_an_exercise_are_not_sent_after_a_real_press(home: Hub):
    drill = home.alerting.drill(Exercise(Kind.DOUBLE))
    waiting = list(home.book.of(drill.id).values())
    press(home, SINGLE)
    assert not any(home.alerting.wants(delivery) for delivery in waiting)
    stored = await home.store.read_latest(lambda connection: history.incident(connection, drill.id), PATIENCE)
    assert {d["outcome"] for d in stored["deliveries"]} == {"failed"}


async def test_a_damaged_file_is_filled_again_with_what_is_open(home: Hub):
    incident = press(home, DOUBLE)
    assert home.alerting.facts() == [incident, *home.book.of(incident.id).values()]
    assert home.household.home in home.household.facts()


async def test_what_was_pressed_before_the_disk_was_read_and_is_on_it_already_stays_open(home: Hub):
    pressed = press(home, DOUBLE)
    await home.alerting.saved
    home.alerting.resume((await home.store.load(clock(), 3)).incidents, [])
    await home.store.execute()
    assert [one.id for one in (await home.store.load(clock(), 3)).incidents] == [pressed.id]


async def test_messages_of_an_incident_that_cannot_be_read_are_sent(home: Hub):
    incident = press(home, DOUBLE)
    waiting = list(home.book.of(incident.id).values())
    home.alerting.incident = None
    home.alerting.resume([], waiting, frozenset({incident.id}))
    assert all(home.alerting.wants(delivery) for delivery in waiting)


async def test_an_error_of_ours_on_the_path_of_a_press_ends_the_process(home: Hub, monkeypatch):
    monkeypatch.setattr(escalation, "deliveries", lambda *_: 1 / 0)
    home.broken = asyncio.get_running_loop().create_future()
    with pytest.raises(ZeroDivisionError):
        home.hear(Press("", DOUBLE, 0.0))
    with pytest.raises(ZeroDivisionError):
        await home.broken


class DeadStore:
    """A disk that never answers."""

    def put(self, *_: object) -> "asyncio.Future[None]":
        return asyncio.get_running_loop().create_future()


async def test_a_dead_disk_holds_sending_up_for_half_a_second(home: Hub):
    home.alerting._store = DeadStore()
    began = asyncio.get_running_loop().time()
    incident = press(home, SINGLE)
    (delivery,) = home.book.of(incident.id).values()
    async with asyncio.timeout(2):
        while home.book.get(delivery.id).outcome is Outcome.QUEUED:
            await asyncio.sleep(0.005)
    assert 0.45 < asyncio.get_running_loop().time() - began < 1.0


async def test_a_siren_that_is_mended_during_an_alarm_sounds(home: Hub):
    press(home, HOLD)
    home.devices.siren.silence()
    home.alerting.sound_again()
    assert home.devices.siren.sounding


async def test_an_exercise_can_be_for_one_contact_in_one_way(home: Hub, ask: Ask):
    bruno = (await ask("contact add", name="Bruno", phone="0639980002"))["contact"]
    incident = (await ask("drill", gesture="single", contact=bruno["id"], channel="call"))["incident"]
    [delivery] = home.book.of(incident["id"]).values()
    assert (delivery.contact, delivery.channel, incident["drill"]) == (bruno["id"], Action.CALL, True)


async def test_an_exercise_that_would_tell_nobody_is_refused(home: Hub, ask: Ask):
    bruno = (await ask("contact add", name="Bruno", phone="0639980002"))["contact"]
    for who, key in ((bruno["id"], "no_address"), ("nobody", "unknown_contact")):
        with pytest.raises(Refusal, match=key):
            await ask("drill", gesture="double", contact=who, channel="email")
    assert home.alerting.incident is None


async def test_a_press_in_an_exercise_for_one_contact_tells_all(home: Hub, ask: Ask):
    bruno = (await ask("contact add", name="Bruno", phone="0639980002"))["contact"]
    await ask("drill", gesture="single", contact=bruno["id"], channel="call")
    real = press(home, DOUBLE)
    assert {delivery.contact for delivery in home.book.of(real.id).values()} == {*home.household.contacts}
