"""A store that could not be read when the hub was ready: what memory lacks goes over nothing, and is read later."""

import threading
from dataclasses import replace
from pathlib import Path

import pyrage

from hub.core import Hub, clock
from hub.evidence.recipients import keep, kept
from hub.gesture import Gesture
from hub.model import Contact, Home, Moment
from hub.page.codes import Code, Holder, Recipe
from hub.store import Box, Recipients, Store
from hub.store.load import Loaded
from hub.store.opening import open_file
from tests.running import Start

SINGLE = Gesture(1)
KEYS = tuple(str(pyrage.x25519.Identity.generate().to_public()) for _ in range(2))
ANNA = Contact("c1", "Anna", "+33639980001")


async def test_a_disk_that_could_not_be_read_at_the_start_is_read_once_it_can_be(hub: Hub, start: Start, monkeypatch):
    await hub.store.put_configuration(ANNA)
    answers = iter([Loaded(complete=False)])
    read = Store.load

    async def load(store: Store, now: Moment, patience: float) -> Loaded:
        return next(answers, None) or await read(store, now, patience)

    monkeypatch.setattr(Store, "load", load)
    running = await start()
    await running.until(lambda: running.hub.household.contacts)
    await running.until(lambda: "store_unread" not in running.hub.faults)


async def test_a_damaged_file_is_restored_from_its_copy_however_long_the_disk_hangs_at_the_start(
    hub: Hub, start: Start, monkeypatch
):
    """The file is set aside when the hub is ready and has nothing in memory: that goes over nothing."""
    home, recipe = replace(Home(), address="12 rue des Lilas"), Recipe(bytes(16))
    await hub.store.put_configuration(home, ANNA, Recipients(KEYS), Box("ABCD"), recipe, Code(Holder.WEARER, bytes(32)))
    await hub.store.close()
    path, free = hub.config.state.dir / "hub.db", threading.Event()
    path.write_bytes(b"rubbish!" * 4000)

    def hung(path: Path) -> object:
        assert free.wait(20)
        return open_file(path)

    monkeypatch.setattr("hub.store.writer.open_file", hung)
    unread, read = iter([Loaded(complete=False)]), Store.load

    async def load(store: Store, now: Moment, patience: float) -> Loaded:
        return next(unread, None) or await read(store, now, patience)

    monkeypatch.setattr(Store.open, "__defaults__", (0.1,))
    monkeypatch.setattr(Store, "load", load)
    running = await start()
    fresh = running.hub
    await running.until(fresh.ready.is_set)
    assert fresh.household.home == Home()
    running.press(SINGLE)
    free.set()
    await running.until(lambda: "store_replaced" in fresh.faults and "store_unread" not in fresh.faults)
    await fresh.store.execute()
    now = await fresh.store.load(clock(), 3)
    assert (now.home, now.contacts, now.recipients, now.box) == (home, [ANNA], KEYS, "ABCD")
    assert (now.page.recipe, now.page.codes) == (recipe, [Code(Holder.WEARER, bytes(32))])
    assert fresh.household.home == home
    assert [one.id for one in now.incidents] == [fresh.alerting.incident.id]


async def test_whom_recordings_are_sealed_to_is_kept_beside_the_store_as_well(hub: Hub, start: Start):
    await hub.store.put_configuration(Recipients(KEYS[:1]))
    running = await start()
    folder = hub.config.state.dir / "keys"
    await running.until(lambda: kept(folder) == KEYS[:1])
    running.hub.household.add_recipient(KEYS[1])
    await running.until(lambda: kept(folder) == KEYS)


async def test_a_store_that_cannot_be_read_leaves_the_keys_as_they_were(hub: Hub, start: Start, monkeypatch):
    async def load(store: Store, now: Moment, patience: float) -> Loaded:
        return Loaded(complete=False)

    keep(hub.config.state.dir / "keys", KEYS)
    monkeypatch.setattr(Store, "load", load)
    running = await start()
    household = running.hub.household
    assert (household.recipients, household.sealed_to) == (KEYS, None)
    household.remove_recipient(KEYS[0])
    assert household.sealed_to == KEYS[1:]
    await running.until(lambda: kept(hub.config.state.dir / "keys") == KEYS[1:])
