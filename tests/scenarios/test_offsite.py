"""The room is recorded, and already elsewhere: with a store that answers, that hangs, that refuses."""

import asyncio
import os
import shutil
import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psutil
import pytest
import trustme

from hub.evidence.background import NICE
from hub.evidence.ballast import COUNT, FOLDER
from hub.evidence.folder import DELETED, events
from hub.evidence.keys import genuine
from hub.evidence.offsite import MARKS, is_offsite
from hub.evidence.verify import flaws
from tests.evidence.store import PATIENCE, Relay, StoredBucket, StoreServer
from tests.gate import CABLE, MOBILE, SEE_ITS_DEVICES, Gate
from tests.mounts import card, fill
from tests.scenarios.world import HOLD, TAKEN, World
from tests.streets import FAR, Street

pytestmark = pytest.mark.timeout(240)
TOM = "+33639980011"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreServer]:
    server = StoreServer(tmp_path_factory.mktemp("store") / "log")
    yield server
    server.stop()


@pytest.fixture
def bucket(server: StoreServer, tmp_path: Path) -> StoredBucket:
    return server.bucket("".join(letter for letter in tmp_path.name.lower() if letter.isalnum()))


def configure(world: World, bucket: StoredBucket, at: str) -> None:
    access, secret = bucket.key
    (world.folder / "offsite.secret").write_text(secret)
    with world.config.open("a") as configuration:
        configuration.write(f"""[evidence]
offsite_url = "{at}/{bucket.name}/home"
offsite_access_key = "{access}"
offsite_secret_file = "{world.folder}/offsite.secret"
""")


@pytest.fixture
async def line(outside: World, server: StoreServer, bucket: StoredBucket) -> AsyncIterator[Relay]:
    line = Relay(server.port)
    line.up()
    configure(outside, bucket, f"http://127.0.0.1:{line.port}")
    yield line
    line.cut()


@pytest.fixture
async def gate(
    outside: World, server: StoreServer, bucket: StoredBucket, street: Street, authority: trustme.CA
) -> AsyncIterator[Gate]:
    """The store is in the internet, with all else that is asked; the hub is in a home with two ways out."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(FAR).configure_cert(tls)
    provider, mail, store = (Gate(port) for port in (outside.network.http_port, outside.network.smtp_port, server.port))
    at = f"https://{FAR}:{await provider.open(street, tls)}"
    outside.configure(api=at, mail=(FAR, await mail.open(street)))
    configure(outside, bucket, f"https://{FAR}:{await store.open(street, tls)}")
    outside.prefix = ("nsenter", f"--net=/proc/{os.getpid()}/fd/{street.home.file}", *SEE_ITS_DEVICES)
    yield store
    await outside.stop()
    for gate in (provider, mail, store):
        await gate.close()


async def begin(world: World, **environment: str) -> None:
    await world.start(**environment)
    await world.settle_in()


async def recorded(world: World, k: int = 1) -> Path:
    """The folder of the running recording, once something of it is off-site."""
    incident = (await world.incident())["id"]
    folder = world.evidence / f"{incident}-{k}"
    await world.until((folder / MARKS).exists, PATIENCE)
    return folder


async def end(world: World) -> None:
    await world.ask("resolve", id=(await world.incident())["id"], kind="test")


async def there(world: World, recording: Path) -> None:
    """Wait until it was closed and all of it is elsewhere."""
    await world.until(lambda: any(event.get("what") == "end" for event in events(recording)), PATIENCE)
    await world.until(lambda: not flaws(recording) and is_offsite(recording), PATIENCE)


async def test_what_is_recorded_is_elsewhere_before_the_incident_ends(
    outside: World, line: Relay, bucket: StoredBucket
):
    await begin(outside)
    await outside.click(HOLD)
    recording = await recorded(outside)
    await outside.until(lambda: ".flac" in (recording / MARKS).read_text(), PATIENCE)
    assert any(".flac." in key for key in await asyncio.to_thread(bucket.versions))
    await end(outside)
    await there(outside, recording)
    assert outside.process is not None
    (courier,) = [one for one in psutil.Process(outside.process.pid).children() if one.cmdline()[-1] == "courier"]
    assert courier.nice() == NICE
    (said,) = [check for check in (await outside.ask("doctor"))["checks"] if check["name"] == "offsite"]
    assert said["ok"], said
    assert not {"courier", "offsite", "offsite_refused"} & await outside.fault_codes()


async def test_a_store_that_never_answers_holds_no_alert_up(outside: World, line: Relay, bucket: StoredBucket):
    line.loses_answers = True
    await begin(outside)
    await outside.click(HOLD)
    await outside.until(lambda: outside.sounding)
    await outside.until(outside.all_told)
    recording = outside.evidence / f"{(await outside.incident())['id']}-1"
    await outside.until(lambda: len(list(recording.glob("*.flac"))) >= 2, PATIENCE)
    assert not (recording / MARKS).exists()
    line.loses_answers = False
    await end(outside)
    await there(outside, recording)


async def test_a_hub_that_is_killed_takes_the_rest_elsewhere_when_it_is_back(
    outside: World, line: Relay, bucket: StoredBucket
):
    await begin(outside)
    await outside.click(HOLD)
    recording = await recorded(outside)
    outside.kill()
    await outside.start()
    await there(outside, recording)  # the recorder outlived the daemon for a moment
    again = await recorded(outside, 2)
    await end(outside)
    await there(outside, again)


async def test_a_store_that_refuses_is_told_to_the_technicians(outside: World, line: Relay):
    (outside.folder / "offsite.secret").write_text("another")
    await outside.start(HUB_HASTE="100")
    await outside.ask("technician add", name="Tom", phone=TOM, email="tom@example.org", language="en")
    await outside.until(lambda: any("access to the remote copy" in text for text in outside.texts(TOM)), PATIENCE)
    (fault,) = [one for one in (await outside.ask("status"))["faults"] if one["code"] == "offsite_refused"]
    assert "refuse" in fault["sentence"]
    assert "another" not in outside.log


@pytest.fixture
async def small(outside: World, line: Relay) -> AsyncIterator[World]:
    """The hub with its state on a card of its own, on which some room is held ready."""
    with card(outside.folder / "state", 700) as disk:
        await begin(outside, HUB_SWEEPS="1")
        await outside.until(lambda: len(list((disk / FOLDER).glob("*"))) == COUNT)
        yield outside
        await outside.stop()


@pytest.mark.skipif(os.getuid() != 0, reason="a disk of its own to fill takes root")
async def test_an_alarm_on_a_card_that_is_full_to_the_last_byte(small: World):
    """What was elsewhere makes room, with its note; everybody is told, and not a second of this alarm is lost."""
    await small.click(HOLD)
    earlier = await recorded(small)
    await end(small)
    await there(small, earlier)
    disk = small.folder / "state"
    fill(disk)
    assert shutil.disk_usage(disk).free == 0
    await small.click(HOLD)
    await small.until(lambda: small.sounding)
    await small.until(lambda: small.all_told(texts=3, calls=2, mails=3))
    await small.until(lambda: not earlier.exists(), PATIENCE)
    note = small.evidence / DELETED / f"{earlier.name}.json"
    await small.until(note.exists)

    async def told() -> bool:
        codes = await small.fault_codes()
        return "disk" in codes and "store" not in codes  # what was in memory found room, too

    await small.until(told)
    (running,) = [path for path in small.evidence.iterdir() if path.name not in (DELETED, earlier.name)]
    await small.until(lambda: len(list(running.glob("*.flac"))) >= 5, PATIENCE)
    await end(small)
    await there(small, running)
    assert genuine((running / "hub.pub").read_bytes(), note.read_bytes(), note.with_suffix(".json.sig").read_bytes())
    assert [event["what"] for event in events(running)] == ["start", "end"]
    assert len(list((disk / FOLDER).iterdir())) < COUNT
    await small.stop()
    await small.start()
    kept = [(await small.ask("incident", id=path.name[:-2]))["incident"] for path in (earlier, running)]
    assert {delivery["outcome"] for incident in kept for delivery in incident["deliveries"]} <= TAKEN


async def test_a_router_that_dies_keeps_nothing_that_is_heard_in_the_home(outside: World, gate: Gate, street: Street):
    certificate = str(outside.environment["SSL_CERT_FILE"])
    await begin(outside, HUB_TRUST=certificate, AWS_CA_BUNDLE=certificate)
    await outside.click(HOLD)
    recording = await recorded(outside)
    assert {*gate.callers} == {CABLE}
    for change, way in ((street.lose, MOBILE), (street.find, CABLE)):
        change("eth0")
        await outside.until(lambda way=way: gate.callers[-1] == way, PATIENCE)
        begun = len(list(recording.glob("*.flac")))
        gate.callers.clear()
        await outside.until(lambda begun=begun: f"{begun:06d}.flac" in (recording / MARKS).read_text(), PATIENCE)
        assert {*gate.callers} == {way}
    await end(outside)
    await there(outside, recording)
