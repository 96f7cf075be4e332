"""The disk is slow, full, read-only or damaged: the siren sounds, everybody is told, and a fault says so."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.mounts import fill, remount, small_disk
from tests.scenarios.world import DOUBLE, HOLD, TAKEN, World


@pytest.fixture
async def small(outside: World) -> AsyncIterator[World]:
    """The hub with its state on a file system of its own, of two megabytes."""
    with small_disk(outside.folder / "state", "2m"):
        await outside.start()
        await outside.settle_in()
        yield outside
        await outside.stop()


async def faulty(world: World) -> bool:
    return bool({"store", "store_replaced"} & await world.fault_codes())


async def sound(world: World) -> bool:
    return "store" not in await world.fault_codes()


async def test_an_fsync_of_five_seconds_holds_nothing_up(outside: World, stalls: Path):
    await outside.start()
    await outside.settle_in()
    await outside.stop()
    await outside.start(LD_PRELOAD=str(stalls), HUB_FSYNC_SECONDS="5")
    await outside.click(HOLD)
    await outside.until(lambda: outside.sounding, 1)
    await outside.until(outside.all_told, 4.5)
    incident = await outside.incident()
    assert {d["outcome"] for d in incident["deliveries"]} <= {"sending", *TAKEN}, "as memory has it"


async def test_a_full_disk_holds_nothing_up_and_is_told(small: World):
    filler = fill(small.folder / "state")
    await small.click(HOLD)
    await small.until(lambda: small.sounding)
    await small.until(small.all_told)
    await small.until(lambda: faulty(small))
    filler.unlink()
    await small.until(lambda: sound(small))
    assert {d["outcome"] for d in (await small.incident())["deliveries"]} <= TAKEN


async def test_a_disk_that_came_back_read_only_still_tells_who_is_to_be_called(small: World):
    disk = small.folder / "state"
    await small.stop()
    remount(disk, "ro")
    await small.start()
    await small.click(DOUBLE)
    await small.until(small.all_told)
    await small.until(lambda: faulty(small))
    remount(disk, "rw")
    await small.until(lambda: sound(small))
    assert (await small.incident())["level"] == "rescue"


async def test_a_damaged_file_is_set_aside_at_the_start_and_everybody_is_told(world: World):
    await world.stop()
    (world.folder / "state" / "hub.db").write_bytes(b"rubbish!" * 4000)
    await world.start()
    await world.click(DOUBLE)
    await world.until(world.all_told)
    assert list((world.folder / "state").glob("hub.db.corrupt-1"))
    assert "store_replaced" in await world.fault_codes()
    assert (await world.incident())["level"] == "rescue"
