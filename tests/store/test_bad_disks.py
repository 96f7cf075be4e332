"""A disk that is full, read-only or damaged: what was put stays in memory, is told, and is written when it can be."""

import asyncio
import contextlib
import shutil
import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hub.store import Store
from hub.store.load import from_disk, load
from hub.store.opening import open_file
from tests.moments import at
from tests.mounts import fill, remount, small_disk
from tests.store.test_store import ANNA, BUTTON, DELIVERY, HOME, INCIDENT


async def loaded(store: Store):
    return await store.read(lambda connection: load(connection, at(0)))


async def until_said(said: list[str | None], wanted) -> None:
    async with asyncio.timeout(15):
        while not any(wanted(reason) for reason in said):
            await asyncio.sleep(0.01)


async def test_a_full_disk_is_told_and_what_was_put_is_written_once_there_is_room(tmp_path, said):
    with small_disk(tmp_path / "disk", "384k") as disk:
        store = Store(disk / "hub.db", said.append)
        await store.open()
        await store.put(INCIDENT)
        filler = fill(disk)
        stuck = store.put(DELIVERY)
        await until_said(said, lambda reason: reason and "full" in reason)
        assert not stuck.done()
        filler.unlink()
        await asyncio.wait_for(stuck, 10)
        assert said[-1] is None
        await store.close()


async def test_a_read_only_disk_still_tells_who_is_to_be_called(tmp_path, said):
    with small_disk(tmp_path / "disk", "4m") as disk:
        first = Store(disk / "hub.db")
        await first.open()
        await first.put(HOME, ANNA)
        await first.close()
        remount(disk, "ro")
        store = Store(disk / "hub.db", said.append)
        await store.open()
        assert (await loaded(store)).contacts == [ANNA]
        stuck = store.put(INCIDENT)
        await until_said(said, bool)
        remount(disk, "rw")
        await asyncio.wait_for(stuck, 10)
        assert (await loaded(store)).incidents == [INCIDENT]
        await store.close()


async def test_a_file_that_is_no_database_is_set_aside_and_the_configuration_comes_back(path, said):
    first = Store(path)
    await first.open()
    await first.put_configuration(HOME, ANNA, BUTTON)
    await first.close()
    path.write_bytes(b"This was a database once. " * 500)
    store = Store(path, said.append)
    await store.open()
    found = await loaded(store)
    assert (found.home, found.contacts, found.buttons) == (HOME, [ANNA], [BUTTON])
    assert path.with_name("hub.db.corrupt-1").read_bytes().startswith(b"This was")
    await store.close()


async def test_a_file_damaged_while_it_is_open_is_set_aside_and_filled_again_from_memory(path, said):
    asked = asyncio.Event()
    store = Store(path, said.append, asked.set)
    await store.open()
    await store.put_configuration(HOME, ANNA)
    await asyncio.to_thread(_checkpoint, path)
    with path.open("r+b") as damaged:
        damaged.seek(4096)
        damaged.write(b"rubbish!" * 12_000)
    store._writer._connection.execute("PRAGMA shrink_memory")  # or it would go on from what it has read before
    await asyncio.wait_for(store.put(INCIDENT, DELIVERY), 10)
    await asyncio.wait_for(asked.wait(), 5)
    assert (await loaded(store)).deliveries == [DELIVERY]
    assert any(path.parent.glob("hub.db.corrupt-1"))
    await store.close()


def _checkpoint(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@pytest.fixture(scope="module")
def sound_file(tmp_path_factory) -> Path:
    """A store with a home, closed cleanly."""
    path = tmp_path_factory.mktemp("sound") / "hub.db"

    async def fill() -> None:
        store = Store(path)
        await store.open()
        await store.put_configuration(HOME, ANNA, BUTTON)
        await store.put(INCIDENT, DELIVERY)
        await store.close()

    asyncio.run(fill())
    return path


@pytest.mark.timeout(180)  # 300 disks
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 60_000), st.binary(min_size=1, max_size=4096))
@example(18, b"\x03")  # the version for writing
def test_whatever_bytes_are_damaged_the_hub_starts_and_knows_its_contacts(sound_file, tmp_path_factory, place, rubbish):
    folder = tmp_path_factory.mktemp("damaged")
    for name in sound_file.parent.iterdir():
        shutil.copy(name, folder)
    path = folder / sound_file.name
    with path.open("r+b") as damaged:
        damaged.seek(min(place, path.stat().st_size - 1))
        damaged.write(rubbish)
    assert from_disk(path, at(0)).contacts == [ANNA]
    opened, _ = open_file(path)
    with contextlib.closing(opened) as connection:
        connection.execute("INSERT INTO faults VALUES ('it', 'writes', NULL, NULL)")
    found = from_disk(path, at(0))
    assert (found.home, found.contacts, found.buttons, found.complete) == (HOME, [ANNA], [BUTTON], True)
