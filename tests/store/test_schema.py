"""Migrations: each whole or not at all, with the data that is there; and what counts as the schema they make."""

import re
import sqlite3
from contextlib import closing

import pytest

from hub.model import Contact
from hub.store import fingerprint, rebuild, schema
from hub.store.file import connect
from hub.store.load import load
from hub.store.opening import open_file
from hub.store.rebuild import copy_of
from hub.store.rows import statements
from tests.moments import at
from tests.store.test_start import change, household
from tests.store.test_store import ANNA, HOME, INCIDENT, TOLD

ADDS = "ALTER TABLE contacts ADD COLUMN nickname TEXT NOT NULL DEFAULT 'none'; UPDATE contacts SET nickname = 'A';"

BEA = Contact("c2", "Bea", "+33639980002")
NEXT = len(list(schema.shipped())) + 1


@pytest.fixture
def one_more(monkeypatch):
    """One more migration, made up."""

    def ship(script: str) -> None:
        steps = [*schema.shipped(), (NEXT, script)]
        monkeypatch.setattr(schema, "shipped", lambda: steps)

    return ship


async def test_a_migration_changes_the_data_that_is_there_and_nothing_is_taken_for_damage(path, one_more):
    await household(path)
    one_more(ADDS)
    for _ in range(2):
        connection, replaced = open_file(path)
        with closing(connection):
            assert not replaced
            assert tuple(connection.execute("SELECT name, nickname FROM contacts").fetchone()) == ("Anna", "A")
            assert connection.execute("PRAGMA user_version").fetchone()[0] == NEXT
            assert fingerprint.holds(connection)


def before(connection: sqlite3.Connection, fact: object, table: str) -> None:
    """A row as it was written when the table had fewer columns."""
    with closing(connect(":memory:")) as whole:
        schema.migrate(whole)
        for statement, values in statements(fact):
            whole.execute(statement, values)
        rebuild._insert(table, whole.execute(f"SELECT * FROM {table}"), connection)


def test_a_contact_from_before_the_page_has_agreed_to_nothing_yet_and_is_in_its_place(path):
    with closing(connect(path.as_uri())) as connection:
        schema.migrate(connection, [step for step in schema.shipped() if step[0] < 7])
        before(connection, BEA, "contacts")
        before(connection, ANNA, "contacts")
        fingerprint.write(connection)
        schema.migrate(connection)
        assert load(connection, at(0)).contacts == [BEA, ANNA]
        assert load(connection, at(0)).page.finished  # it is no hub that waits for its first visit
        assert fingerprint.holds(connection)


def test_a_new_store_is_of_a_hub_that_is_not_set_up(path):
    with closing(connect(path.as_uri())) as connection:
        schema.migrate(connection)
        assert not load(connection, at(0)).page.finished


def test_a_home_from_before_its_details_keeps_what_it_has(path):
    with closing(connect(path.as_uri())) as connection:
        schema.migrate(connection, [step for step in schema.shipped() if step[0] < 4])
        connection.execute(
            "INSERT INTO home (id, name, address, latitude, longitude, language, timezone)"
            " VALUES (1, 'Marie', '12 rue des Lilas', 47.996, -4.1024, 'fr', 'Europe/Paris')"
        )
        schema.migrate(connection)
        assert load(connection, at(0)).home == HOME


def test_an_incident_from_before_it_had_places_gets_some(path):
    with closing(connect(path.as_uri())) as connection:
        schema.migrate(connection, [step for step in schema.shipped() if step[0] < 6])
        before(connection, INCIDENT, "incidents")
        schema.migrate(connection)
        assert (load(connection, at(0)).incidents, load(connection, at(0)).told) == ([INCIDENT], [])
        for statement, values in statements(TOLD):
            connection.execute(statement, values)
        assert load(connection, at(0)).told == [TOLD]


async def test_a_migration_that_fails_changes_nothing(path):
    await household(path)
    with closing(connect(path.as_uri())) as connection:
        with pytest.raises(sqlite3.OperationalError):
            schema.migrate(connection, [(NEXT, ADDS + "INSERT INTO nowhere VALUES (1);")])
        assert not connection.in_transaction
        assert schema.as_shipped(connection)
        assert connection.execute("PRAGMA user_version").fetchone()[0] == NEXT - 1
        assert fingerprint.holds(connection)


async def test_a_copy_made_before_a_migration_still_restores_the_household(path, one_more):
    await household(path)
    one_more(ADDS)
    path.write_bytes(b"This was a database once. " * 500)
    connection, replaced = open_file(path)
    with closing(connection):
        assert replaced
        assert tuple(connection.execute("SELECT name, nickname FROM contacts").fetchone()) == ("Anna", "none")
    assert copy_of(path).exists()


async def test_a_migration_may_be_written_differently(path, monkeypatch):
    await household(path)
    reworded = [
        (number, re.sub(r"--.*", "", script).replace("\n", " ").replace(", ", "  ,  "))
        for number, script in schema.shipped()
    ]
    monkeypatch.setattr(schema, "shipped", lambda: reworded)
    connection, replaced = open_file(path)
    connection.close()
    assert not replaced


@pytest.mark.parametrize(
    ("was", "is_now"),
    [
        ("recipient TEXT", "recipjent TEXT"),
        ("recipient TEXT NOT", "recipient BLOB NOT"),
        ("recipient TEXT NOT NULL", "recipient TEXT"),
        ("ON DELETE CASCADE", ""),
        ("phone TEXT NOT NULL UNIQUE", "phone TEXT NOT NULL"),
        ("events (incident)", "events (detail)"),
    ],
)
def test_anything_else_than_what_was_shipped_is_noticed(was, is_now):
    changed = [(number, script.replace(was, is_now)) for number, script in schema.shipped()]
    with closing(connect(":memory:")) as connection:
        schema.migrate(connection, changed)
        assert not schema.as_shipped(connection)


async def test_a_damaged_name_in_the_schema_is_repaired(path):
    await household(path)
    change(path, "UPDATE sqlite_master SET sql = replace(sql, 'recipient', 'recipjent') WHERE name = 'deliveries'")
    connection, replaced = open_file(path)
    with closing(connection):
        assert replaced
        assert schema.as_shipped(connection)


async def test_an_index_that_does_not_fit_its_table_is_repaired(path):
    await household(path)
    change(
        path,
        "UPDATE sqlite_master SET rootpage = (SELECT sum(rootpage) FROM sqlite_master WHERE name IN"
        " ('deliveries_incident', 'attempts_delivery')) - rootpage"
        " WHERE name IN ('deliveries_incident', 'attempts_delivery')",
    )
    connection, replaced = open_file(path)
    with closing(connection):
        assert replaced
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_an_error_of_the_new_file_is_never_taken_for_one_of_the_old():
    with closing(connect(":memory:")) as old, closing(connect(":memory:")) as new:
        for connection in (old, new):
            schema.migrate(connection)
        old.execute("INSERT INTO responses VALUES ('hold', 'sms')")
        new.execute("PRAGMA query_only=ON")
        with pytest.raises(sqlite3.OperationalError):
            rebuild._insert("responses", old.execute("SELECT * FROM responses"), new)
