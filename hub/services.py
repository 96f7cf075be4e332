"""Background work that must never take the daemon or an alert with it: it fails, is told, and is started again."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager

from hub.faults import Faults

log = logging.getLogger(__name__)
BACKOFF = (0.2, 30.0)  # s; first and longest wait before another start
SOUND_AFTER = 60.0  # s; a run of this length makes the next failure a first one again


async def keep(
    name: str,
    work: Callable[[], Awaitable[None]],
    faults: Faults,
    backoff: tuple[float, float] = BACKOFF,
    proven_after: float | None = None,
) -> None:
    """Run `work` until cancelled; `name` is the fault it becomes while it fails.

    `proven_after`: seconds of running that restore it; None when a device says so itself.
    """
    loop, wait, task = asyncio.get_running_loop(), backoff[0], asyncio.current_task()
    assert task is not None
    task.set_name(name)
    while True:
        began = loop.time()
        try:
            async with _restored(name, faults, proven_after):
                await work()
        except asyncio.CancelledError:
            if task.cancelling():
                raise
            faults.put(name, "it was cancelled from within")
        except Exception as problem:  # noqa: BLE001 - one background service or one device's task
            faults.put(name, f"{type(problem).__name__}: {problem}")
        else:
            faults.put(name, "it ended")
        wait = backoff[0] if loop.time() - began > SOUND_AFTER else wait
        await asyncio.sleep(wait)
        wait = min(2 * wait, backoff[1])


@asynccontextmanager
async def _restored(name: str, faults: Faults, proven_after: float | None) -> AsyncIterator[None]:
    if proven_after is None:
        yield
        return
    proof = asyncio.get_running_loop().call_later(proven_after, faults.restore, name)
    try:
        yield
    finally:
        proof.cancel()


async def repeat(
    seconds: float, work: Callable[[], Awaitable[None]], turned: Callable[[], None] = lambda: None
) -> None:
    """Do it now, and again after each pause. `turned` is called each time it is done."""
    while True:
        await work()
        turned()
        await asyncio.sleep(seconds)


async def let_go(tasks: "Collection[asyncio.Task[None]]", seconds: float) -> None:
    """Cancel them, and wait so long at most: a library may swallow what cancels it, and the process ends anyway."""
    for task in tasks:
        task.cancel()
    if tasks:
        _, stubborn = await asyncio.wait(tasks, timeout=seconds)
        for task in stubborn:
            log.warning("it does not end: %s", task.get_name())
