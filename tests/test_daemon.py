"""The daemon as a whole, in this process: what it tells the service manager, mends, closes and takes up."""

import asyncio
import os
import signal
import sqlite3
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from hardware.simulated.siren import SimulatedSiren
from hub import chain, daemon, incident, report, retry
from hub.core import Hub, clock
from hub.delivery import Outcome
from hub.errors import DeliveryError, DeviceError
from hub.faults import Fault
from hub.gesture import Gesture
from hub.model import Contact, Technician
from hub.ports import Message, Press
from hub.response import Action, Level
from tests.running import Running, Start

SINGLE, DOUBLE, HOLD = Gesture(1), Gesture(2), Gesture(1, held=True)
ANNA = Contact("c1", "Anna", "+33639980001")


async def test_it_says_when_it_is_ready_that_it_lives_and_when_it_stops(start: Start):
    running = await start()
    await running.until(lambda: "WATCHDOG=1" in running.told)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(running.task, 10)
    assert (running.told[0], running.told[-1]) == ("READY=1", "STOPPING=1")


NEEDED = ["buttons", "service:devices", "service:pursuit", "service:second", "service:watchdog"]


@pytest.mark.parametrize("name", NEEDED)
async def test_a_loop_that_is_cancelled_ends_it(start: Start, name: str):
    running = await start()
    (loop,) = [task for task in asyncio.all_tasks() if task.get_name() == name]
    loop.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(running.task, 10)


async def starved(running: Running, seconds: float = 1.0) -> None:
    """Until it is not fed for so long."""
    fed = -1
    async with asyncio.timeout(20):
        while len(running.told) > fed:
            fed = len(running.told)
            await asyncio.sleep(seconds)


class Slow:
    """A channel that takes its time."""

    path = "twilio"

    async def send(self, _: Message) -> str:
        await asyncio.sleep(60)
        return "SM1"

    async def check(self) -> None:
        """It is there."""


async def test_it_is_not_fed_where_a_delivery_has_lost_its_task(hub: Hub, start: Start, monkeypatch):
    for name, value in {"LOOK": 0.1, "LATE": 0.1, "YOUNG": 0, "LOOPS": ()}.items():
        monkeypatch.setattr(chain, name, value)
    monkeypatch.setattr(retry, "TIME_OUT", 1.0)
    await hub.store.put_configuration(ANNA)
    running = await start({Action.SMS: Slow()})
    running.press(SINGLE)
    await running.until(lambda: running.hub.book.busy and running.hub.dispatcher._tasks)
    fed = len(running.told)
    await running.until(lambda: len(running.told) > fed + 5)
    for task in [*running.hub.dispatcher._tasks.values()]:
        task.cancel()
    await starved(running)


@pytest.mark.parametrize("name", ["", "_look_at_devices", "_pursue", "_go_the_second_way"])
async def test_it_is_fed_unless_a_loop_waits_for_ever(start: Start, monkeypatch, name: str):
    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(chain, "LOOK", 1.2)  # s; more than the pause of the slowest of them
    monkeypatch.setattr(chain, "YOUNG", 0)
    if name:
        monkeypatch.setattr(daemon, name, never)
    running = await start()
    if name:
        await starved(running, 2.5 * chain.LOOK)
    else:
        await running.until(lambda: running.told.count("WATCHDOG=1") > chain.STUCK + 1, 20)


async def test_it_is_fed_while_the_disk_takes_nothing_whatever_else_is_dead(start: Start, monkeypatch):
    monkeypatch.setattr(chain, "LOOK", 0.1)
    monkeypatch.setattr(chain, "YOUNG", 0)
    monkeypatch.setattr(chain, "LOOPS", ("never",))
    running = await start()
    with closing(sqlite3.connect(running.hub.store.path)) as other:
        other.execute("BEGIN IMMEDIATE")
        fed = running.told.count("WATCHDOG=1")
        await running.until(lambda: running.told.count("WATCHDOG=1") > fed + 10)
        other.execute("ROLLBACK")
    await starved(running)


async def test_the_siren_is_silent_when_it_ends(start: Start):
    running = await start()
    running.press(HOLD)
    assert running.hub.devices.siren.sounding
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(running.task, 10)
    assert not running.hub.devices.siren.sounding


async def test_a_service_that_swallows_what_cancels_it_holds_nothing_up(start: Start, monkeypatch):
    over = asyncio.Event()

    async def stubborn(*_: object) -> None:
        while not over.is_set():
            with suppress(asyncio.CancelledError):
                await over.wait()

    monkeypatch.setattr(daemon, "END_PATIENCE", 0.2)
    monkeypatch.setattr(daemon, "_look_at_devices", stubborn)
    running = await start()
    running.press(HOLD)
    os.kill(os.getpid(), signal.SIGTERM)
    await running.until(lambda: not running.hub.devices.siren.sounding)
    await asyncio.wait_for(running.task, 5)
    over.set()


async def test_an_error_of_ours_ends_it_with_the_siren_off(start: Start):
    running = await start()
    running.press(HOLD)
    running.hub.break_down(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(running.task, 10)
    assert not running.hub.devices.siren.sounding


async def test_a_siren_that_works_again_sounds_for_the_alarm_that_is_open(start: Start, monkeypatch):
    def broken(*_: object) -> None:
        raise DeviceError("no pin")

    running = await start()
    with monkeypatch.context() as breaking:
        breaking.setattr(SimulatedSiren, "sound", broken)
        breaking.setattr(SimulatedSiren, "open", broken)
        running.press(HOLD)
        assert "siren" in running.hub.faults
    await running.until(lambda: running.hub.devices.siren.sounding)
    await running.until(lambda: "siren" not in running.hub.faults)


async def test_a_prevention_closes_by_itself(start: Start, monkeypatch):
    monkeypatch.setattr(incident, "QUIET_BEFORE_CLOSING", 0.0)
    running = await start()
    running.press(SINGLE)
    await running.until(lambda: running.hub.alerting.incident is None)


async def test_what_was_being_sent_is_sent_again_and_the_button_is_watched(hub: Hub, start: Start):
    hub.household.contacts[ANNA.id] = ANNA
    opened = hub.alerting.press(DOUBLE, Press("", DOUBLE, 0.0))
    await hub.store.read_latest(lambda _: None)
    (first, *_) = hub.book.of(opened.id).values()
    await hub.store.put(replace(first, outcome=Outcome.SENDING))
    running = await start()
    assert running.hub.alerting.incident.id == opened.id
    await running.until(lambda: running.hub.book.get(first.id).outcome is Outcome.FAILED)  # there are no channels


async def test_faults_nobody_looks_at_any_more_are_forgotten_at_the_start(hub: Hub, start: Start):
    old = clock()
    codes = (
        "store",
        "smtp",
        "modem",
        "sim",
        "heartbeat",
        "mains",
        "power",
        "internet",
        "refused:sms:c9",
        "refused:sms:c1",
        "siren",
    )
    await hub.store.put(ANNA, *(Fault(code, old) for code in codes))
    running = await start()
    assert {fault.code for fault in running.hub.faults} - {"siren", "microphone"} == {"refused:sms:c1"}


class Mail:
    """A way out that answers or does not; `asked`: how often."""

    path = "smtp"

    def __init__(self) -> None:
        self.dead = True
        self.asked = 0

    async def send(self, _: Message) -> str:
        await self.check()
        return "1"

    async def check(self) -> None:
        self.asked += 1
        if self.dead:
            raise DeliveryError("dead", code="connection")

    async def receipt(self, id: str) -> None:
        await self.check()

    async def withdraw(self, id: str) -> None:
        await self.check()


async def test_a_path_that_does_not_answer_is_a_fault_and_asked_again_soon(start: Start, monkeypatch):
    monkeypatch.setattr(daemon, "CONFIRMED", 0.02)
    mail = Mail()
    running = await start({Action.EMAIL: mail})
    await running.until(lambda: running.hub.faults.why("smtp") == "connection")
    mail.dead = False
    await running.until(lambda: "smtp" not in running.hub.faults)


async def test_no_path_is_asked_while_an_alert_is_being_sent(hub: Hub, start: Start, monkeypatch):
    await hub.store.put_configuration(replace(ANNA, email="anna@example.org"))
    monkeypatch.setattr(daemon, "CONFIRMED", 0.02)
    mail = Mail()
    running = await start({Action.EMAIL: mail})
    await running.until(lambda: mail.asked > 1)
    running.press(DOUBLE)
    await running.until(lambda: any(d.tries for d in running.hub.book.queued()))
    asked = mail.asked
    await asyncio.sleep(0.2)
    assert mail.asked == asked


async def test_technicians_are_told_by_the_way_that_works(hub: Hub, start: Start, monkeypatch):
    monkeypatch.setattr(report, "LASTING", 0.0)
    monkeypatch.setattr(daemon, "LOOK", 0.02)
    await hub.store.put_configuration(Technician("t1", "Tom", "+33639990001", "tom@example.org"))
    mail = Mail()
    mail.dead = False
    running = await start({Action.EMAIL: mail})
    running.hub.faults.put("modem", "no SIM")
    await running.until(lambda: any(fault.told for fault in running.hub.faults))


async def test_a_degraded_or_unreadable_radio_is_a_fault(start: Start, monkeypatch):
    running = await start()
    buttons = type(running.hub.devices.buttons)
    monkeypatch.setattr(buttons, "degraded", property(lambda _: True))
    monkeypatch.setattr(buttons, "unreadable", property(lambda _: frozenset({"AA:BB:CC:DD:EE:FF"})))
    await running.until(lambda: {"buttons_degraded", "buttons_unreadable"} <= {f.code for f in running.hub.faults})


async def test_the_box_has_one_name_for_good(hub: Hub, start: Start):
    first = await start()
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(first.task, 10)
    second = await start()
    assert len(first.hub.household.box) == 4
    assert second.hub.household.box == first.hub.household.box


async def test_a_recording_that_lasted_as_long_as_it_may_begins_again_by_a_press_and_not_by_a_restart(start: Start):
    first = await start()
    first.press(HOLD)
    first.hub.recorder.take({"state": "idle", "why": "limit"})
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(first.task, 10)
    second = await start()
    assert second.hub.alerting.incident
    assert second.hub.recorder._wanted is None
    assert second.press(HOLD).records
    assert second.hub.recorder._wanted == second.hub.alerting.incident.id


async def test_a_recording_that_goes_on_after_a_restart_ends_four_hours_after_the_press(hub: Hub, start: Start):
    now = clock()
    pressed = replace(now, utc=now.utc - timedelta(hours=3))
    await hub.store.put(incident.Incident("K7Q2M", Level.ALARM, pressed, pressed, records=True))
    recorder = (await start()).hub.recorder
    assert recorder._wanted == "K7Q2M"
    assert abs(recorder._until - now.mono - 3600) < 30
