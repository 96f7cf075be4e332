"""Rows with damage inside: what can be mended is, what cannot keeps nobody from being told."""

import contextlib
import re
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.buttons.adverts.hearing import Hearing
from hub.gesture import Kind, Timing
from hub.response import Action
from hub.store import Store, schema
from hub.store.file import connect
from hub.store.load import load
from hub.store.reader import Reader
from hub.store.rows import statements
from tests.moments import at
from tests.store.test_start import ACTIONS, PAUL
from tests.store.test_store import ANNA, BUTTON, DELIVERY, HOME, INCIDENT


@pytest.fixture
async def after(store: Store):
    """What is loaded after this damage, when the copy cannot help."""
    await store.put(HOME, ANNA, PAUL, BUTTON, ACTIONS, INCIDENT, DELIVERY)

    async def damaged(*sql: str):
        await store.execute(("PRAGMA ignore_check_constraints=ON", ()), *((line, ()) for line in sql))
        return await store.read(lambda connection: load(connection, at(0)))

    return damaged


async def test_an_unknown_language_or_time_zone_becomes_the_usual_one(after):
    found = await after(
        "UPDATE home SET language = 'xx', timezone = 'Europe/Paradise'",
        "UPDATE contacts SET language = 'xx'",
        "UPDATE technicians SET language = ''",
        "UPDATE deliveries SET language = 'yy'",
    )
    assert (found.home, found.contacts, found.technicians) == (HOME, [ANNA], [PAUL])
    assert found.deliveries == [DELIVERY]
    assert found.unreadable == 4
    assert found.complete


def test_a_home_with_a_damaged_detail_is_still_a_home():
    with closing(connect(":memory:")) as connection:
        schema.migrate(connection)
        for sql, values in statements(replace(HOME, floor="2")):
            connection.execute(sql, values)
        row = connection.execute(
            "SELECT *, x'00' AS door_code FROM (SELECT id, name, address, latitude, longitude,"
            " language, timezone, floor, residents, notes FROM home)"
        ).fetchone()
    reader = Reader(at(0))
    assert (reader.home(row), reader.mended) == (replace(HOME, floor="2"), 1)


async def test_a_gesture_that_would_tell_nobody_does_what_it_does_in_every_home(after):
    found = await after("UPDATE responses SET action = 'smz' WHERE action = 'sms'")
    assert found.actions == {}
    assert found.unreadable == 2


async def test_a_gesture_that_still_tells_somebody_keeps_its_actions(after):
    found = await after("UPDATE responses SET action = 'recrd' WHERE action = 'record'")
    assert found.actions == {Kind.HOLD: {Action.SMS}}


@pytest.mark.parametrize(
    "sql", ["UPDATE incidents SET state = 'sideways'", "UPDATE incidents SET level = 9", "DELETE FROM incidents"]
)
async def test_what_is_still_to_send_of_an_incident_that_cannot_be_read_is_sent(store, after, sql):
    await store.execute(("PRAGMA foreign_keys=OFF", ()))
    store._writer._connection.execute("PRAGMA foreign_keys=OFF")
    found = await after(sql)
    assert found.incidents == []
    assert found.deliveries == [DELIVERY]
    assert found.orphans == {INCIDENT.id}


async def test_an_all_clear_still_to_send_is_no_orphan(after):
    found = await after("UPDATE incidents SET state = 'resolved', kind = 'real'")
    assert (found.incidents, found.deliveries, found.orphans) == ([], [DELIVERY], set())


@pytest.mark.parametrize("phone", [None, 33639980001, b"+33639980001"])
def test_a_contact_without_a_proper_number_is_left_out_and_keeps_no_other_back(phone):
    lax = re.compile("STRICT|TEXT|NOT NULL(?! DEFAULT)")
    with closing(connect(":memory:")) as connection:
        schema.migrate(connection, [(number, lax.sub("", script)) for number, script in schema.shipped()])
        for fact in (ANNA, replace(ANNA, id="c2", phone=phone)):
            for sql, values in statements(fact):
                connection.execute(sql, values)
        found = load(connection, at(0))
    assert (found.contacts, found.unreadable) == ([ANNA], 1)


@pytest.mark.parametrize("key", ["x'3132333435'", "x''", "zeroblob(17)"])
async def test_a_button_with_a_damaged_key_is_heard_without_it(after, key):
    found = await after(f"UPDATE buttons SET key = {key}")
    assert found.buttons == [replace(BUTTON, key=None)]
    assert found.unreadable == 1
    Hearing().watch(found.buttons)  # and the radio takes it


@pytest.mark.parametrize(
    "damage", ["hold_after = 9e999", "pause = 9e999", "hold_after = 0", "pause = -1", "pause = 60"]
)
async def test_a_button_with_times_nobody_can_press_gets_the_usual_ones(after, damage):
    found = await after(f"UPDATE buttons SET {damage}")
    assert found.buttons == [replace(BUTTON, timing=Timing())]
    assert found.unreadable == 1


@pytest.mark.parametrize("period", ["9e999", "0", "-8"])
async def test_a_button_with_a_period_that_is_none_is_not_missed_for_it(after, period):
    found = await after(f"UPDATE buttons SET period = {period}")
    assert found.buttons == [replace(BUTTON, period=None)]
    assert found.unreadable == 1


@pytest.mark.parametrize("address", ["''", "'nonsense'", "'AA:BB:CC:DD:EE'", "'AA:BB:CC:DD:EE:GG'"])
async def test_a_button_without_a_proper_address_is_left_out_and_keeps_no_other_back(store, after, address):
    other = replace(BUTTON, id="b2", address="AA:BB:CC:DD:EE:02")
    await store.put(other)
    found = await after(f"UPDATE buttons SET address = {address} WHERE id = 'b1'")
    assert found.buttons == [other]
    assert found.unreadable == 1


@given(st.binary() | st.none(), st.text(), st.floats(), st.floats(), st.floats() | st.none())
def test_no_row_of_a_button_keeps_the_radio_from_listening(key, address, hold_after, pause, period):
    timing = Timing(hold_after, pause)
    with closing(connect(":memory:")) as connection:
        schema.migrate(connection, list(schema.shipped()))
        odd = replace(BUTTON, id="b2", address=address, key=key, timing=timing, period=period)
        with contextlib.suppress(sqlite3.IntegrityError):  # what SQLite itself refuses
            for sql, values in (*statements(BUTTON), *statements(odd)):
                connection.execute(sql, values)
        found = load(connection, at(0))
    assert BUTTON in found.buttons
    Hearing().watch(found.buttons)
