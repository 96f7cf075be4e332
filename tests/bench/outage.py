"""A provider that is ill for ten minutes, each illness in a home of its own, all at the same time.

Twilio and the mail server meet every request with the same fault, from just before the press on. Before that the same
hub has lived through a short silence. A thread that is left behind does something still; an idle one of a pool sleeps
on a lock.
"""

import asyncio
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from hardware.simulated.network import Fault, Kind, Service
from tests.bench.report import Judged, Progress, Row
from tests.bench.street import end, outside, press, reached
from tests.scenarios.evening import begin
from tests.scenarios.world import DOUBLE, PHONES, World

SECONDS = float(os.environ.get("BENCH_OUTAGE_SECONDS", "600"))
SHORT = 20.0  # s; long enough for a request that hangs to be given up, and for the next
SOON = 75  # s; a minute and a tenth between two tries, and one that still runs
BACK = 120.0  # s; what is not accepted then is lost
QUIET = 60.0  # s; what is open then is left behind
ILL = f"ill for {SECONDS:g} s"
TITLE = f"a provider that is {ILL}"
MESSAGES = 15

ILLNESSES: Mapping[str, tuple[Kind, int]] = {
    "503": (Kind.ERROR, 503),
    "429": (Kind.ERROR, 429),
    "silence": (Kind.HANG, 0),
    "reset": (Kind.RESET, 0),
    "reset once accepted": (Kind.RESET_AFTER, 0),
    "answer lost": (Kind.LOST_REPLY, 0),
    "error once accepted": (Kind.ERROR_AFTER, 0),
    "nonsense": (Kind.GARBAGE, 0),
}


@dataclass(frozen=True, slots=True)
class Story:
    """What became of one press; `back`: seconds from the provider's return to the last acceptance.

    `texts`: SMS the provider has accepted for each contact; `threads`, `connections`: of the daemon, more than before;
    `idle`: threads more in its pools.
    """

    lost: int
    texts: list[int]
    back: float
    threads: int
    idle: int
    connections: int


@dataclass(frozen=True, slots=True)
class Held:
    """What the daemon holds: threads that do something, all threads, TCP connections."""

    busy: int
    threads: int
    connections: int


async def measure(progress: Progress) -> list[Row]:
    progress.step(", ".join(ILLNESSES))
    stories = await asyncio.gather(*(lived_through(name, SECONDS) for name in ILLNESSES))
    told = dict(zip(ILLNESSES, stories, strict=True))
    return [
        _row(f"lost of {MESSAGES}", {name: story.lost for name, story in told.items()}),
        _row("SMS too many or too few", {name: sum(abs(n - 1) for n in story.texts) for name, story in told.items()}),
        _row("threads left behind", {name: story.threads for name, story in told.items()}),
        _row("connections left behind", {name: story.connections for name, story in told.items()}),
        Row(f"{ILL}: threads more in the pools, idle", [story.idle for story in stories], ""),
        Row(f"{ILL}: provider back → all accepted", [story.back for story in stories], "s", SOON, Judged.MAX),
    ]


def _row(what: str, numbers: Mapping[str, int]) -> Row:
    """One number for each illness, none of which may be more than zero; those that are, are named."""
    bad = ", ".join(name for name, number in numbers.items() if number > 0)
    return Row(f"{ILL}: {what}" + (f" ({bad})" if bad else ""), list(numbers.values()), "", 0, Judged.MAX)


async def lived_through(illness: str, seconds: float, short: float = SHORT, haste: str = "1") -> Story:
    async with outside() as world:
        await begin(world, haste)
        await _press(world, "silence", short)
        before = await _afterwards(world)
        lost, texts, back = await _press(world, illness, seconds)
        after = await _afterwards(world)
    busy, connections = after.busy - before.busy, after.connections - before.connections
    return Story(lost, texts, back, busy, after.threads - before.threads - busy, connections)


async def _press(world: World, illness: str, seconds: float) -> tuple[int, list[int], float]:
    kind, status = ILLNESSES[illness]
    world.network.faults.add(Fault(Service.TWILIO, kind, status=status))
    world.network.faults.add(Fault(Service.SMTP, kind))
    sent = await press(world, DOUBLE)
    await asyncio.sleep(seconds)
    world.network.faults.clear()
    back = time.monotonic()

    async def all_accepted() -> bool:
        return len(await reached(world)) == MESSAGES

    with suppress(AssertionError):
        await world.until(all_accepted, BACK)
    span = time.monotonic() - back
    return MESSAGES - len(await reached(world)), _texts(world, sent), span


def _texts(world: World, since: float) -> list[int]:
    accepted = world.network.phones.texting.accepted.values()
    return [sum(sms.to == phone and sms.accepted_at > since for sms in accepted) for phone in PHONES]


async def _afterwards(world: World) -> Held:
    """What is held when the incident is over and everything is known; the least of a second."""
    await end(world)
    with suppress(AssertionError):
        await world.until(lambda: _held(world).connections == 0, QUIET)
    seen = []
    for _ in range(20):
        await asyncio.sleep(0.05)
        seen.append(_held(world))
    return min(seen, key=lambda held: (held.busy, held.connections))


def _held(world: World) -> Held:
    assert world.process is not None
    daemon = psutil.Process(world.process.pid)
    return Held(_busy(daemon.pid), daemon.num_threads(), len(daemon.net_connections("tcp")))


def _busy(pid: int) -> int:
    """Threads that sleep on no lock."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(not (task / "wchan").read_text().startswith("futex") for task in tasks)
