"""What is put is on the disk when the future is done, in order, and comes back the same."""

import asyncio
import contextlib
import os
import sqlite3
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hub.answers import Answer, Way
from hub.delivery import Attempt, Delivery, Step
from hub.errors import StoreError
from hub.faults import Fault
from hub.gesture import Kind, Timing
from hub.incident import End, Incident, State, end
from hub.messages import Purpose
from hub.model import KEPT_SEALS, Button, Contact, Home, Position, Source, Technician
from hub.position import Told
from hub.profile import Meaning, Rule
from hub.response import Action, Level
from hub.store import Actions, Gone, Happening, Menu, Seal, Store, history, writer
from hub.store.load import load
from tests.moments import at

HOME = Home("Marie", "12 rue des Lilas", (47.996, -4.1024))
ANNA = Contact("c1", "Anna", "+33639980001", "anna@example.org")
RULES = (Rule("char:a/b", Meaning.CLICK, 0, b"\x01"), Rule("maker:004c", Meaning.HOLD))
OWN = {Kind.HOLD: frozenset({Action.SMS, Action.RECORD}), Kind.MANY: frozenset({Action.CALL})}
BUTTON = Button(
    "b1", "AA:BB:CC:DD:EE:FF", "bag", key=bytes(range(16)), counter=7, period=8.0, timing=Timing(2.0, 0.4),
    feedback=True, rules=RULES, actions=OWN,
)  # fmt: skip
INCIDENT = Incident(
    "K7Q2M", Level.ALARM, opened=at(0), pressed=at(0), sounded=at(0), records=True, room="r", code="0417", rounds=3,
    told=at(0), called=at(0), by="c1", taken=at(0), checked=at(0),
)  # fmt: skip
DELIVERY = Delivery("K7Q2M-1", "K7Q2M", "c1", Action.SMS, Purpose.ALERT, ANNA.phone, "fr", "", "text", at(0), 1000.0)
CALL = replace(DELIVERY, id="K7Q2M-2", channel=Action.CALL, machine="see the SMS", brief="third floor", path="modem")
TRIES = (("twilio", "failed"), ("modem", "failed"), ("smtp", "refused"), ("twilio", "accepted"))
TOLD = Told("K7Q2M", Position(47.9712, -4.1635, 20.0, at(0), Source.GNSS), at(0))
ANSWER = Answer("FN1", "1", "K7Q2M", "c1", at(0), Way.CALL, 31.5, drill=False)


async def loaded(store: Store, seconds: float = 0.0):
    return await store.read(lambda connection: load(connection, at(seconds)))


async def test_everything_comes_back_as_it_was_put(store):
    technician = Technician("t1", "Paul", "+33639980009")
    actions = Actions(Kind.HOLD, frozenset({Action.SMS, Action.RECORD}))
    await store.put(HOME, ANNA, technician, BUTTON, actions, INCIDENT, DELIVERY, Fault("siren", at(0)))
    found = await loaded(store)
    assert (found.home, found.contacts, found.technicians, found.buttons) == (HOME, [ANNA], [technician], [BUTTON])
    assert found.actions == {Kind.HOLD: {Action.SMS, Action.RECORD}}
    assert (found.incidents, found.deliveries) == ([INCIDENT], [DELIVERY])
    assert found.faults == [Fault("siren", at(0))]


async def test_answers_and_the_menu_come_back_and_the_same_key_counts_once(store):
    await store.put(INCIDENT, CALL, ANSWER, Menu("FW1", "aa"), replace(ANSWER, contact="c2"), Menu("FW2", "bb"))
    found = await loaded(store)
    assert (found.deliveries, found.answers, found.menu) == ([CALL], [ANSWER], Menu("FW2", "bb"))
    await store.put(replace(INCIDENT, state=State.RESOLVED, ended=at(9)))
    assert (await loaded(store)).answers == []


async def test_where_the_hub_was_comes_back_in_order_and_goes_with_its_incident(store):
    later = replace(TOLD, at=at(60))
    await store.put(INCIDENT, TOLD, later, TOLD)
    assert (await loaded(store, 60)).told == [TOLD, later]
    over, _ = end(INCIDENT, End.REAL, at(99))
    await store.put(over)
    assert (await loaded(store)).told == []
    shown = await store.read(lambda connection: history.incident(connection, "K7Q2M"))
    assert [one["latitude"] for one in shown["positions"]] == [47.9712, 47.9712]
    await store.forget(at(100).utc)
    assert await store.read(lambda c: c.execute("SELECT count(*) FROM positions").fetchone()[0]) == 0


@pytest.mark.parametrize("wrong", ["latitude = 91", "radius = -1", "source = 'guess'", "longitude = 1e999"])
async def test_a_place_that_makes_no_sense_keeps_no_other_back(store, wrong):
    await store.put(INCIDENT, TOLD, replace(TOLD, at=at(60)))
    await store.execute((f"UPDATE positions SET {wrong} WHERE rowid = 1", ()))
    found = await loaded(store, 60)
    assert (found.told, found.unreadable, found.incidents) == ([replace(TOLD, at=at(60))], 1, [INCIDENT])


async def test_it_survives_being_opened_again(store, path):
    await store.put(INCIDENT, DELIVERY)
    await store.close()
    again = Store(path)
    await again.open()
    assert (await loaded(again)).deliveries == [DELIVERY]
    await again.close()


async def test_only_what_is_open_or_still_to_send_is_loaded(store):
    over, _ = end(INCIDENT, End.REAL, at(9))
    clear = replace(DELIVERY, id="K7Q2M-2", purpose=Purpose.ALL_CLEAR)
    await store.put(over, DELIVERY.step(Step.START).step(Step.ACCEPT), clear)
    found = await loaded(store)
    assert found.incidents == []
    assert found.deliveries == [clear]


async def test_a_moment_comes_back_as_old_as_the_wall_clock_says_and_never_in_the_future(store):
    await store.put(INCIDENT)
    (later,) = (await loaded(store, 3600)).incidents
    assert later.pressed == at(0)
    behind = replace(at(0), utc=at(0).utc - timedelta(days=365))
    (found,) = (await store.read(lambda connection: load(connection, behind))).incidents
    assert found.pressed.mono == behind.mono


async def test_a_row_that_makes_no_sense_keeps_nothing_else_back(store):
    await store.put(ANNA, INCIDENT, replace(INCIDENT, id="BROKN"))
    await store.execute(("UPDATE incidents SET state = 'sideways' WHERE id = 'BROKN'", ()))
    found = await loaded(store)
    assert found.incidents == [INCIDENT]
    assert found.unreadable == 1


async def test_a_wrong_transaction_takes_none_of_its_neighbours_with_it(store):
    before = store.put(ANNA)
    wrong = store.put(replace(ANNA, id="c2"))  # the same number twice
    after = store.put(BUTTON)
    await asyncio.gather(before, after)
    with pytest.raises(StoreError):
        await wrong
    assert (await loaded(store)).contacts == [ANNA]


WRONG = {
    "UnicodeEncodeError": replace(DELIVERY, accepted_id="SM\ud800"),  # from a provider's answer
    "OverflowError": replace(DELIVERY, tries=2**63),
    "IntegrityError": replace(DELIVERY, incident="NONE"),
    "ProgrammingError": replace(DELIVERY, subject=[]),
}


@pytest.mark.parametrize("mistake", WRONG)
async def test_a_transaction_that_can_never_be_written_is_told_and_the_next_ones_go_on(store, dropped, mistake):
    await store.put(INCIDENT)
    with pytest.raises(StoreError):
        await asyncio.wait_for(store.put(WRONG[mistake]), 5)
    await asyncio.wait_for(store.put(DELIVERY), 5)
    assert dropped == [mistake]


async def test_what_is_told_of_a_wrong_transaction_names_nobody(store, dropped, caplog):
    store.put(replace(ANNA, name="Anna\ud800"))
    await store.execute()
    assert dropped == ["UnicodeEncodeError"]
    assert "UnicodeEncodeError" in caplog.text
    assert "Anna" not in caplog.text


async def test_a_contact_can_go_while_its_delivery_stays(store):
    await store.put(ANNA, INCIDENT, DELIVERY)
    await store.put(Gone("contacts", "c1"))
    found = await loaded(store)
    assert (found.contacts, found.deliveries) == ([], [DELIVERY])


async def test_it_is_written_the_way_that_survives_a_power_cut(store, path):
    await store.put(HOME)
    with contextlib.closing(sqlite3.connect(path)) as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert store._writer._connection.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL


async def test_nobody_else_can_read_the_file(store, path):
    await store.put_configuration(ANNA)
    await store.execute()  # by now the copy is made
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, file.name


async def test_the_history_of_an_incident_is_told_with_its_attempts(store):
    await store.put(INCIDENT, Happening("K7Q2M", at(0), "opened", "hold b1"), DELIVERY)
    await store.put(DELIVERY.step(Step.START), Attempt(DELIVERY.id, at(1), "twilio", "failed", "503"))
    told = await store.read(lambda connection: history.incident(connection, "K7Q2M"))
    assert told["events"] == [{"at": "2026-11-23T19:14:00.000Z", "what": "opened", "detail": "hold b1"}]
    (delivery,) = told["deliveries"]
    (attempt,) = delivery["attempts"]
    assert attempt == {"at": "2026-11-23T19:14:01.000Z", "path": "twilio", "result": "failed", "code": "503"}


async def test_a_path_is_proven_by_what_it_took_and_not_by_tries(store):
    tries = [Attempt(DELIVERY.id, at(n), path, result) for n, (path, result) in enumerate(TRIES)]
    await store.put(INCIDENT, DELIVERY, *tries)
    assert await store.read(history.proven) == {"twilio"}


async def test_after_ninety_days_only_anonymous_counts_stay(store):
    over, _ = end(INCIDENT, End.FALSE_ALARM, at(9))
    young, _ = end(replace(INCIDENT, id="YNGER"), End.REAL, at(9 + 86400))
    await store.put(over, young, DELIVERY, Happening("K7Q2M", at(0), "opened"))
    await store.execute(*history.forget_before(datetime(2026, 11, 24, tzinfo=UTC)))

    def left(connection):
        tables = ("incidents", "deliveries", "events")
        return {t: connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in tables} | {
            "counts": [tuple(row) for row in connection.execute("SELECT * FROM counts")]
        }

    expected = {"incidents": 1, "deliveries": 0, "events": 0, "counts": [("2026-11", 3, "false_alarm", 0, 1)]}
    assert await store.read(left) == expected


async def test_what_is_forgotten_is_in_no_file_any_more(store, path):
    over, _ = end(INCIDENT, End.FALSE_ALARM, at(9))
    await store.put_configuration(HOME, ANNA)
    await store.put(over, replace(DELIVERY, text="she is in danger"))
    await asyncio.wait_for(store.forget(datetime(2027, 3, 1, tzinfo=UTC)), 5)
    assert path.stat().st_size > 0
    assert [file.name for file in path.parent.iterdir() if b"danger" in file.read_bytes()] == []


async def test_damaged_files_are_forgotten_after_the_same_time(store, path):
    for name, age in (("corrupt-1", 91), ("corrupt-1-wal", 91), ("corrupt-2", 89)):
        file = path.with_name(f"hub.db.{name}")
        file.write_bytes(b"she is in danger")
        os.utime(file, ((datetime.now(UTC) - timedelta(days=age)).timestamp(),) * 2)
    await asyncio.wait_for(store.forget(datetime.now(UTC) - timedelta(days=90)), 5)
    assert [file.name for file in path.parent.glob("*corrupt*")] == ["hub.db.corrupt-2"]


async def test_a_log_that_is_being_read_is_emptied_later(store, path, said, monkeypatch):
    monkeypatch.setattr(writer, "AGAIN", 0.1)
    await store.put(end(INCIDENT, End.REAL, at(9))[0], replace(DELIVERY, text="she is in danger"))
    store._writer._connection.execute("PRAGMA busy_timeout=10")
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM deliveries").fetchall()
        await store.forget(datetime(2027, 3, 1, tzinfo=UTC))
        assert said == ["the log is being read"]
    async with asyncio.timeout(10):
        while said[-1] is not None:
            await asyncio.sleep(0.01)
    assert b"danger" not in path.with_name("hub.db-wal").read_bytes()


async def test_the_presses_a_button_has_sealed_are_kept_in_their_order(store):
    await store.put(BUTTON, Seal("b1", b"second"), Seal("b1", b"first"), Seal("b1", b"second"))
    (button,) = (await store.load(at(0), 5)).buttons
    assert button.seals == (b"second", b"first")


async def test_only_the_last_presses_are_kept(store):
    await store.put(BUTTON, *(Seal("b1", bytes([n, n >> 8])) for n in range(KEPT_SEALS + 5)))
    (button,) = (await store.load(at(0), 5)).buttons
    assert (len(button.seals), button.seals[0]) == (KEPT_SEALS, bytes([5, 0]))


async def test_what_a_button_was_taught_goes_with_it(store):
    await store.put(BUTTON, Seal("b1", b"one"))
    await store.put(replace(BUTTON, rules=(), actions={}))
    assert (await store.load(at(0), 5)).buttons == [replace(BUTTON, rules=(), actions={}, seals=(b"one",))]
    await store.put(BUTTON)
    await store.put(Gone("buttons", "b1"))
    tables = ("buttons", "rules", "button_responses", "seals")
    assert [await store.read(lambda c, t=t: c.execute(f"SELECT count(*) FROM {t}").fetchone()[0]) for t in tables] == [
        0
    ] * 4
