"""Rows with damage inside: what can be mended is, what cannot keeps nobody from being told."""

import re
from contextlib import closing
from dataclasses import replace

import pytest

from hub.gesture import Kind
from hub.response import Action
from hub.store import Store, schema
from hub.store.file import connect
from hub.store.load import load
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
