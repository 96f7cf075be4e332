"""What the hub starts with when its disk is bad: everything that can still be read, from wherever."""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from hub.gesture import Kind
from hub.model import Technician
from hub.response import Action
from hub.store import Actions, Store
from hub.store.load import Loaded, from_disk
from hub.store.rebuild import copy_of
from tests.moments import at
from tests.mounts import remount, small_disk
from tests.store.test_store import ANNA, BUTTON, DELIVERY, HOME, INCIDENT

PAUL = Technician("t1", "Paul", "+33639980009")
ACTIONS = Actions(Kind.HOLD, frozenset({Action.SMS, Action.RECORD}))
CONFIGURATION = ("home", "contacts", "technicians", "buttons", "responses")


async def household(path: Path) -> None:
    store = Store(path)
    await store.open()
    await store.put_configuration(HOME, ANNA, PAUL, BUTTON, ACTIONS)
    await store.put(INCIDENT, DELIVERY)
    await store.close()


def damage(path: Path, table: str) -> None:
    """As a worn card does it: one page is rubbish."""
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"rubbish!" * (size // 8))


def change(path: Path, sql: str, *values: object) -> None:
    """Behind the store's back."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute(sql, values)


def configuration(found: Loaded) -> tuple[object, ...]:
    return found.home, found.contacts, found.technicians, found.buttons, found.actions


WHOLE = (HOME, [ANNA], [PAUL], [BUTTON], {Kind.HOLD: set(ACTIONS.actions)})


@contextmanager
def hanging(path: Path) -> Iterator[None]:
    """Whoever opens this file waits until this ends."""
    os.mkfifo(path)
    try:
        yield
    finally:
        handle = os.open(path, os.O_RDWR)  # lets all go on who wait
        path.unlink()
        os.close(handle)


async def until_well(said: list[str | None]) -> None:
    async with asyncio.timeout(10):
        while not said or said[-1] is not None:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("table", [*CONFIGURATION, "meta", "sqlite_autoindex_contacts_1"])
async def test_a_table_of_the_configuration_that_cannot_be_read_comes_from_the_copy(path, table):
    await household(path)
    damage(path, table)
    found = from_disk(path, at(0))
    assert configuration(found) == WHOLE
    assert (found.incidents, found.deliveries, found.complete) == ([INCIDENT], [DELIVERY], True)


@pytest.mark.parametrize("table", ["incidents", "deliveries", "faults"])
async def test_a_table_of_the_history_that_cannot_be_read_keeps_no_other_back(path, table):
    await household(path)
    damage(path, table)
    found = from_disk(path, at(0))
    assert configuration(found) == WHOLE
    assert found.incidents == ([] if table == "incidents" else [INCIDENT])
    assert found.deliveries == ([] if table == "deliveries" else [DELIVERY])
    assert not found.complete


async def test_a_file_that_is_no_database_any_more_leaves_the_configuration_on_a_read_only_disk(tmp_path, said):
    with small_disk(tmp_path / "disk", "4m") as disk:
        path = disk / "hub.db"
        await household(path)
        path.write_bytes(b"This was a database once. " * 500)
        remount(disk, "ro")
        store = Store(path, said.append)
        await store.open()
        found = await store.load(at(0), 5)
        assert configuration(found) == WHOLE
        assert not found.complete
        assert said
        stuck = store.put(INCIDENT)
        remount(disk, "rw")
        await asyncio.wait_for(stuck, 10)
        assert configuration(await store.load(at(0), 5)) == WHOLE
        await store.close()


async def test_a_file_that_is_lost_comes_back_from_the_copy(path):
    await household(path)
    path.unlink()
    store = Store(path)
    await store.open()
    copy_of(path).unlink()
    found = await store.load(at(0), 5)
    assert (configuration(found), found.complete) == (WHOLE, True)
    await store.close()


async def test_a_disk_that_hangs_while_it_is_opened_is_not_waited_for_and_told(path, said):
    store = Store(path, said.append)
    with hanging(copy_of(path)):
        await store.open(patience=0.1)
        assert said == ["slow"]
        assert await store.load(at(0), 0.1) == Loaded(complete=False)
        waiting = store.put(HOME)
    await until_well(said)
    await waiting
    assert (await store.load(at(0), 5)) == Loaded(home=HOME)
    await store.close()


async def test_nothing_is_complete_before_the_file_was_opened(path):
    await household(path)
    store = Store(path)
    found = await store.load(at(0), 5)
    assert (configuration(found), found.complete) == (WHOLE, False)


async def test_a_changed_digit_in_a_number_is_noticed_and_taken_from_the_copy(path):
    await household(path)
    change(path, "UPDATE contacts SET phone = '+33639980007'")
    assert from_disk(path, at(0)).contacts == [ANNA]
    store = Store(path)
    await store.open()
    await store.put_configuration(replace(ANNA, name="Anne"))
    assert (await store.load(at(0), 5)).contacts == [replace(ANNA, name="Anne")]
    await store.close()


async def test_what_was_changed_last_wins_over_a_copy_that_could_not_be_made(path):
    await household(path)
    old = path.with_name("old")
    shutil.copy(copy_of(path), old)
    store = Store(path)
    await store.open()
    await store.put_configuration(replace(ANNA, phone="+33639980005"))
    await store.close()
    old.replace(copy_of(path))
    assert from_disk(path, at(0)).contacts == [replace(ANNA, phone="+33639980005")]


async def test_a_value_changed_while_the_hub_runs_is_not_taken_over_by_the_next_change(path):
    await household(path)
    store = Store(path)
    await store.open()
    await asyncio.to_thread(change, path, "UPDATE contacts SET phone = '+33639980007'")
    await asyncio.wait_for(store.put_configuration(replace(PAUL, name="Paula")), 5)
    found = await store.load(at(0), 5)
    assert (found.contacts, found.technicians) == ([ANNA], [replace(PAUL, name="Paula")])
    await store.close()


def test_reading_what_is_not_there_makes_no_file(path):
    assert not from_disk(path, at(0)).complete
    assert list(path.parent.iterdir()) == []
