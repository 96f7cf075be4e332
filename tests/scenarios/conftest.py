"""The world of the stories, started for each of them."""

import ssl
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import trustme

from hardware.simulated.network import QUICK, Security, TelephoneNetwork
from tests.buttons.fakebluez import FakeBluez, PrivateBus
from tests.evidence.virtual_microphone import VirtualMicrophone
from tests.fakesystemd import FakeSystemd
from tests.network.contract import check
from tests.scenarios.evening import begin
from tests.scenarios.world import LOGIN, World
from tests.streets import FAR


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualMicrophone]:
    microphone = VirtualMicrophone(tmp_path_factory.mktemp("room"))
    microphone.start()
    yield microphone
    microphone.stop()


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
async def network(authority: trustme.CA) -> AsyncIterator[TelephoneNetwork]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1", FAR).configure_cert(context)
    async with TelephoneNetwork(timing=QUICK, security=Security(context, *LOGIN)) as network:
        yield network


@pytest.fixture
async def outside(
    tmp_path: Path, network: TelephoneNetwork, room: VirtualMicrophone, authority: trustme.CA
) -> AsyncIterator[World]:
    """Everything but the hub; whatever it asked of the network was as Twilio's description says."""
    certificate = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(certificate)
    with PrivateBus() as bus:
        async with FakeBluez(bus.address, busy=True) as bluez, FakeSystemd(bus.address):
            sound = {name: value for name, value in room.environment.items() if name.startswith(("PULSE", "ALSA"))}
            environment = {**bus.environ, **sound, "SSL_CERT_FILE": str(certificate)}
            world = World(tmp_path, network, bluez, bus, environment)
            world.configure()
            yield world
            if world.process is not None and world.process.poll() is None:
                await world.stop()
    check(network)


@pytest.fixture
async def world(outside: World) -> World:
    """The hub runs, in a home with five contacts and a button."""
    await outside.start()
    await outside.settle_in()
    return outside


@pytest.fixture(scope="session")
def stalls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that makes each fsync take as long as HUB_FSYNC_SECONDS says."""
    library = tmp_path_factory.mktemp("stalls") / "slow_fsync.so"
    source = Path(__file__).with_name("slow_fsync.c")
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return library


@pytest.fixture
async def evening(outside: World) -> World:
    """The hub runs, hurried, in a home with five contacts and a button; its flow is at the provider."""
    return await begin(outside)
