"""The thread that writes, on disks that are slow, full for a while, or gone and back."""

import asyncio
import os
import shutil
import sqlite3
import stat
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

from hub.store import Store, writer
from hub.store.rebuild import copy_of
from tests.moments import at
from tests.mounts import fill, remount, small_disk
from tests.store.test_start import WHOLE, configuration, damage, household, until_well
from tests.store.test_store import ANNA, DELIVERY, HOME, INCIDENT


async def until(fact) -> None:
    async with asyncio.timeout(10):
        while not fact():
            await asyncio.sleep(0.01)


async def test_a_disk_that_does_not_answer_is_told_and_told_again_when_it_does(store, path, said, monkeypatch):
    monkeypatch.setattr("hub.store.SLOW", 0.1)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = store.put(HOME)
        await until(lambda: said == ["slow"])
        other.execute("ROLLBACK")
    await waiting
    await until_well(said)
    assert said == ["slow", None]


async def test_a_disk_that_stays_slow_is_one_fault_until_it_is_quick_again(store, said, monkeypatch):
    monkeypatch.setattr("hub.store.SLOW", 0.05)
    monkeypatch.setattr("hub.store.PAUSE", 0.01)
    commits, quick = [], threading.Event()

    def dawdle(sql: str) -> None:
        if sql == "COMMIT" and not quick.is_set():
            commits.append(sql)
            time.sleep(0.1)

    store._writer._connection.set_trace_callback(dawdle)
    store.put(HOME)
    await until(lambda: len(commits) > 3)
    assert set(said) == {"slow"}
    quick.set()
    await until_well(said)


async def test_who_stops_waiting_does_not_stop_the_watch(store, path, said, monkeypatch):
    monkeypatch.setattr("hub.store.SLOW", 0.1)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        store.put(HOME).cancel()
        await until(lambda: said == ["slow"])
    await until_well(said)


async def test_a_copy_that_cannot_be_made_is_a_trouble_until_it_is(store, path, said, monkeypatch):
    monkeypatch.setattr(writer, "AGAIN", 0.1)
    path.with_name("hub.db.part").mkdir()
    await store.put_configuration(HOME)
    await store.put(INCIDENT)
    await until(lambda: len(said) > 1)
    assert None not in said
    path.with_name("hub.db.part").rmdir()
    await until_well(said)
    assert copy_of(path).exists()


async def test_the_next_change_of_the_configuration_tries_the_copy_at_once(store, path, said):
    path.with_name("hub.db.part").mkdir()
    await store.put_configuration(HOME)
    await until(lambda: said)
    path.with_name("hub.db.part").rmdir()
    await store.put_configuration(ANNA)
    await until_well(said)


async def test_threads_that_all_hang_elsewhere_hold_up_neither_reading_nor_the_end(store):
    release = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        asyncio.get_running_loop().set_default_executor(pool)
        pool.submit(release.wait)
        try:
            await store.put(HOME)
            assert (await asyncio.wait_for(store.load(at(0), 5), 5)).home == HOME
            await asyncio.wait_for(store.close(), 5)
        finally:
            release.set()


async def test_a_disk_that_was_read_only_at_the_start_is_opened_anew(tmp_path, said):
    with small_disk(tmp_path / "disk", "4m") as disk:
        killed = Store(tmp_path / "hub.db")
        await killed.open()
        await killed.put(INCIDENT)
        for file in tmp_path.glob("hub.db*"):
            shutil.copy(file, disk)
        await killed.close()
        remount(disk, "ro")
        store = Store(disk / "hub.db", said.append)
        await store.open()
        stuck = store.put(DELIVERY)
        await until(lambda: said)
        remount(disk, "rw")
        await asyncio.wait_for(stuck, 15)
        found = await store.load(at(0), 5)
        assert (found.incidents, found.deliveries) == ([INCIDENT], [DELIVERY])
        await store.close()


async def test_a_file_that_cannot_be_rebuilt_for_want_of_room_stays_until_there_is_some(tmp_path, said):
    with small_disk(tmp_path / "disk", "1m") as disk:
        path = disk / "hub.db"
        await household(path)
        damage(path, "contacts")
        filler = fill(disk)
        os.truncate(filler, filler.stat().st_size - 64 * 1024)  # enough to open it
        store = Store(path, said.append)
        await store.open()
        assert any("full" in reason for reason in said)
        assert {file.name for file in disk.iterdir()} - {"hub.db-wal", "hub.db-shm"} == {
            "hub.db",
            "hub.db.copy",
            "filler",
        }
        assert configuration(await store.load(at(0), 5)) == WHOLE
        filler.unlink()
        await asyncio.wait_for(store.put(replace(INCIDENT, room="x")), 15)
        found = await store.load(at(0), 5)
        assert (configuration(found), found.deliveries, found.complete) == (WHOLE, [DELIVERY], True)
        await store.close()


async def test_the_copy_is_never_readable_by_others_and_holds_no_incidents(store, path):
    modes = []

    def look(_sql: str) -> None:
        if path.with_name("hub.db.part").exists():
            modes.append(stat.S_IMODE(path.with_name("hub.db.part").stat().st_mode))

    store._writer._connection.set_trace_callback(look)
    await store.put(INCIDENT, replace(DELIVERY, text="she is in danger"))
    await store.put_configuration(HOME, ANNA)
    await store.execute()
    assert set(modes) == {0o600}
    assert b"Anna" in copy_of(path).read_bytes()
    assert b"danger" not in copy_of(path).read_bytes()
