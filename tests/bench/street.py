"""The street of the scenario tests for a benchmark: everything but the hub, on a real disk."""

import os
import ssl
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import trustme

from hardware.simulated.network import QUICK, Request, Security, TelephoneNetwork, Timing
from tests.buttons.fakebluez import FakeBluez, PrivateBus
from tests.evidence.virtual_microphone import VirtualMicrophone
from tests.scenarios.world import LOGIN, World

DISK = Path("/var/tmp")  # /tmp may be in memory


SENDS = ("/Messages.json", "/Calls.json", "/Executions")  # the ends of what brings something to somebody


@contextmanager
def workplace() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="bench-", dir=DISK) as folder:
        yield Path(folder)


@contextmanager
def listening_room(folder: Path) -> Iterator[VirtualMicrophone]:
    room = VirtualMicrophone(folder / "room")
    room.start()
    try:
        yield room
    finally:
        room.stop()


@asynccontextmanager
async def outside(timing: Timing = QUICK, rate: float | None = None) -> AsyncIterator[World]:
    """Everything but the hub; one that was started is killed at the end. `rate`: calls, and SMS segments, a second."""
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    security = Security(context, *LOGIN)
    with workplace() as folder, listening_room(folder) as room, PrivateBus() as bus:
        async with (
            TelephoneNetwork(
                timing=timing, security=security, calls_per_second=rate, segments_per_second=rate
            ) as network,
            FakeBluez(bus.address, busy=True) as bluez,
        ):
            certificate = folder / "authority.pem"
            authority.cert_pem.write_to_path(certificate)
            sound = {k: v for k, v in room.environment.items() if k.startswith(("PULSE", "ALSA"))}
            world = World(folder, network, bluez, bus, {**bus.environ, **sound, "SSL_CERT_FILE": str(certificate)})
            world.configure()
            try:
                yield world
            finally:
                if world.process is not None and world.process.poll() is None:
                    world.kill()


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """For this process, as long as it lasts."""
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


async def press(world: World, *events: int) -> float:
    """The button sends; the moment just before the simulated BlueZ tells it (monotonic)."""
    await world.bluez.until_scanning()
    at = time.monotonic()
    await world.click(*events)
    return at


async def calm_down(world: World) -> None:
    """End the incident, let everybody hear of it, and forget all of it outside."""
    await end(world)
    world.network.forget()


async def end(world: World, state: str = "alerting") -> None:
    """Once nothing is to be sent any more; whom it reached hears of it."""
    await world.until(lambda: settled(world, state))
    await world.ask("resolve", id=(await world.incident())["id"], kind="test")
    await world.until(lambda: settled(world, "resolved"))


async def settled(world: World, state: str = "alerting") -> bool:
    """Whether nothing is to be sent any more, and the newest incident is in that state."""
    incident = await world.incident()
    outcomes = {delivery["outcome"] for delivery in incident["deliveries"]}
    return incident["state"] == state and not outcomes & {"queued", "sending"}


async def reached(world: World) -> set[tuple[str, str]]:
    """Name and channel of each delivery of the newest incident that was accepted at some time."""
    deliveries = (await world.incident())["deliveries"]
    return {
        (one["name"], one["channel"])
        for one in deliveries
        if any(attempt["result"] == "accepted" for attempt in one["attempts"])
    }


def sends(world: World) -> list[Request]:
    """The requests that bring something to somebody, in the order of their arrival."""
    return [r for r in world.network.requests if r.method == "SMTP" or (r.method == "POST" and r.path.endswith(SENDS))]


def acceptances(world: World) -> list[float]:
    """When each message, call and mail was accepted (monotonic)."""
    phones = world.network.phones
    texts = [sms.accepted_at for sms in phones.texting.accepted.values()]
    calls = [call.accepted_at for call in phones.calling.accepted.values()]
    return [*texts, *calls, *(mail.accepted_at for mail in world.network.mails)]
