"""The daemon's side of the deletion of recordings: a child that looks once and ends, each hour, or when wanted."""

import asyncio
import contextlib
import json
from asyncio.subprocess import PIPE
from collections.abc import Sequence

from hub.errors import DeviceError
from hub.evidence.kept import END_SECONDS
from hub.faults import Faults

EVERY = 3600.0  # s; meanwhile less is recorded than what is kept free
FIRST = 120.0  # s; after the start, which has better things to do
APART = 30.0  # s; between two at least, however often it is wanted
PATIENCE = 600.0  # s


async def keep_swept(command: Sequence[str], faults: Faults, wanted: asyncio.Event) -> None:
    """Until cancelled. `wanted`: the disk is full. Raises DeviceError when the child fails; then call again."""
    pause = FIRST
    while True:
        await asyncio.sleep(APART)
        await _pause(wanted, pause)
        wanted.clear()
        short = await _sweep(command)
        faults.set("disk", not short, "nearly full")
        pause = EVERY


async def _pause(wanted: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await wanted.wait()


async def _sweep(command: Sequence[str]) -> bool:
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    try:
        async with asyncio.timeout(PATIENCE):
            said, _ = await process.communicate()
    except TimeoutError:
        raise DeviceError("sweeper does not answer") from None
    finally:
        if process.returncode is None:
            process.kill()
            with contextlib.suppress(TimeoutError):  # it hangs in the kernel
                async with asyncio.timeout(END_SECONDS):
                    await process.communicate()
    try:
        return bool(json.loads(said)["short"])
    except (ValueError, KeyError, TypeError):
        raise DeviceError("sweeper failed") from None
