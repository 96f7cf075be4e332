"""The home's router dies while the room is recorded: real routes, and the store in another network."""

import asyncio
import contextlib
import itertools
import json
import os
import ssl
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme
from pydantic import SecretStr

from hub.config.sections import Evidence
from hub.errors import ErrandError
from hub.evidence.bucket import AT_ONCE, Bucket
from hub.evidence.errands import Offsite
from hub.evidence.offsite import MARKS, is_offsite
from hub.evidence.spool import Begin, End, Spool
from hub.evidence.stamps import unstamped
from hub.evidence.verify import flaws
from hub.way import Way
from tests.gate import CABLE, MOBILE, Gate
from tests.nameserver import WITH_OUR_SERVER, NameServer
from tests.streets import FAR, Street

from .agreeing import agreeing
from .authority import TimeStampAuthority
from .carried import each_once, whole
from .conftest import COURIER, ROOT, RunningChild
from .store import PATIENCE, StoredBucket, StoreServer
from .test_verify import RATE, at, second

pytestmark = pytest.mark.timeout(240)

NAME = "localhost.example"  # moto takes any other first word for the name of a bucket
BY_CABLE = {"do": "way", "device": None, "mobile": False}
BY_MOBILE = {"do": "way", "device": "wwan0", "mobile": True}
AS_THE_SYSTEM_ROUTES_BY_MOBILE = {"do": "way", "device": None, "mobile": True}


async def until(holds: Callable[[], object], seconds: float = PATIENCE) -> None:
    async with asyncio.timeout(seconds):
        while not await asyncio.to_thread(holds):
            await asyncio.sleep(0.02)


@dataclass(slots=True)
class Away:
    """A courier in a home with two ways out; the store has a name, and its name server is outside as well."""

    home: Street
    gate: Gate
    folder: Path
    bucket: StoredBucket
    environment: dict[str, str]
    child: RunningChild | None = None

    @property
    def evidence(self) -> Path:
        return self.folder / "evidence"

    def start(self, port: int, more: str, hurried: bool) -> None:
        """The command that the daemon starts; or, `hurried`, one to whom a minute is a second."""
        access, secret = self.bucket.key
        (self.folder / "offsite.secret").write_text(secret)
        (self.folder / "resolv.conf").write_text(f"nameserver {FAR}\noptions timeout:1\n")
        (self.folder / "hub.toml").write_text(f"""
[state]
dir = "{self.folder}"
[evidence]
offsite_url = "https://{NAME}:{port}/{self.bucket.name}/home"
offsite_access_key = "{access}"
offsite_secret_file = "{self.folder}/offsite.secret"
{more}
""")
        inside = ("nsenter", f"--net=/proc/{os.getpid()}/fd/{self.home.home.file}", *WITH_OUR_SERVER)
        config = str(self.folder / "hub.toml")
        command = [str(COURIER), config, "60"] if hurried else ["-m", "hub", "--config", config, "courier"]
        environment = os.environ | self.environment | {"PYTHONPATH": str(ROOT)}
        self.child = RunningChild([*inside, str(self.folder / "resolv.conf"), sys.executable, *command], environment)

    def say(self, *commands: dict[str, object]) -> None:
        assert self.child
        for command in commands:
            self.child.say(json.dumps(command).encode())

    async def hear(self, wanted: Callable[[dict[str, object]], bool]) -> dict[str, object]:
        assert self.child
        return await asyncio.to_thread(self.child.hear, wanted, PATIENCE)

    def callers(self) -> set[str]:
        """By which way they came since the last question."""
        came = {*self.gate.callers}
        self.gate.callers.clear()
        return came


Start = Callable[..., Awaitable[Away]]


@pytest.fixture
async def away(street: Street, store: StoreServer, bucket: StoredBucket, tmp_path: Path) -> AsyncIterator[Start]:
    authority, tls = trustme.CA(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(NAME).configure_cert(tls)
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    gate = Gate(store.port)
    port = await gate.open(street, tls)
    with street.outside.inside():
        names, _ = await asyncio.get_running_loop().create_datagram_endpoint(NameServer, (FAR, 53))
    away = Away(street, gate, tmp_path, bucket, {"AWS_CA_BUNDLE": str(tmp_path / "authority.pem")})

    async def start(more: str = "", *, hurried: bool = False) -> Away:
        away.start(port, more, hurried)
        await away.hear(lambda report: bool(report["offsite"]["last"]))
        return away

    yield start
    if away.child:
        await asyncio.to_thread(away.child.kill)
    await gate.close()
    names.close()


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Spool]:
    spool = Spool(tmp_path / "evidence", RATE, tmp_path / "keys")
    spool.put(Begin("K7Q2M", at(0)))
    yield spool
    spool.close(10)


async def until_elsewhere(away: Away, number: int, seconds: float = PATIENCE) -> None:
    marks, name = away.evidence / "K7Q2M-1" / MARKS, f"{number:06d}.flac"
    await until(lambda: marks.exists() and name in marks.read_text(), seconds)


async def test_what_is_recorded_goes_on_arriving_by_mobile_data_and_by_the_cable_when_that_is_back(
    away: Start, recorded: Spool, street: Street
) -> None:
    there = await away()
    there.say({"do": "hurry"})
    recorded.put(second(0))
    await until_elsewhere(there, 0)
    assert there.callers() == {CABLE}
    street.lose("eth0")
    recorded.put(second(1))  # goes into the line that is dead, and hangs there
    await there.hear(lambda report: report["offsite"]["waits"] > 0)
    there.say(BY_MOBILE)
    await until_elsewhere(there, 1)
    recorded.put(second(2))
    await until_elsewhere(there, 2)
    assert there.callers() == {MOBILE}
    street.find("eth0")
    there.say(BY_CABLE)
    recorded.put(second(3))
    recorded.put(End(at(4), "stopped"))
    recording = there.evidence / "K7Q2M-1"
    await until(lambda: not flaws(recording) and is_offsite(recording))
    assert there.callers() == {CABLE}
    await asyncio.to_thread(each_once, recording, there.bucket)


@pytest.mark.parametrize("way", [BY_MOBILE, AS_THE_SYSTEM_ROUTES_BY_MOBILE])
async def test_where_mobile_data_are_not_to_be_used_it_waits_for_the_cable(
    away: Start, street: Street, way: dict[str, object]
) -> None:
    there = await away("offsite_mobile = false", hurried=True)
    there.callers()
    there.say(way)
    recording = await asyncio.to_thread(whole, there.evidence)
    there.say({"do": "hurry"})
    said = await there.hear(lambda report: report["faults"] != {})
    assert said["faults"] == {"offsite": "mobile data are not to be used"}
    assert there.callers() == set()
    there.say(BY_CABLE)
    await until(lambda: is_offsite(recording))
    await there.hear(lambda report: report["faults"] == {})
    assert there.callers() == {CABLE}


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[TimeStampAuthority]:
    authority = TimeStampAuthority(tmp_path / "authority")
    yield authority
    authority.close()


async def test_time_stamps_are_asked_for_by_the_same_way(
    away: Start, street: Street, authority: TimeStampAuthority
) -> None:
    service = Gate(int(authority.url.rpartition(":")[2].strip("/")))
    there = await away(f'timestamp_url = "http://{FAR}:{await service.open(street)}"')
    street.lose("eth0")
    there.say(BY_MOBILE)
    recording = await asyncio.to_thread(whole, there.evidence)
    there.say({"do": "hurry"})
    await until(lambda: not unstamped(recording))
    assert {*service.callers} == {MOBILE}
    await service.close()


def bucket_at(url: str, way: Way, *, by_mobile: bool = True) -> Bucket:
    known = {"offsite_url": url, "offsite_access_key": "k", "offsite_secret": SecretStr("secret")}
    return Bucket(Evidence.model_construct(**known, offsite_mobile=by_mobile), way)


def test_a_connection_whose_line_dies_holds_nobody_up_for_longer_than_five_seconds(street: Street) -> None:
    """Whoever waited for an answer on it would wait for ten."""
    with contextlib.ExitStack() as opened:
        with street.outside.inside():
            port = opened.enter_context(agreeing(FAR))
        bucket = bucket_at(f"http://{FAR}:{port}/b", Way())
        with street.home.inside():
            assert bucket.put("one", b"heard") == "1"
            street.lose("eth0")
            began = time.monotonic()
            with pytest.raises(ErrandError):
                bucket.put("two", b"heard")
            assert time.monotonic() - began < 8


@pytest.mark.parametrize("by_mobile", [False, True])
def test_when_the_way_turns_to_mobile_data_what_was_begun_by_the_cable_goes_no_further(
    tmp_path: Path, by_mobile: bool
) -> None:
    """Not at all, or not so many at once."""
    way, turns = Way(), 10
    asked = itertools.count(1)
    recording = whole(tmp_path, 60)

    def turn() -> None:
        if next(asked) == turns:
            way.use("", mobile=True)

    with agreeing(asked=turn) as port:
        offsite = Offsite(tmp_path, bucket_at(f"http://127.0.0.1:{port}/b", way, by_mobile=by_mobile))
        assert offsite.carry([])  # the check
        with pytest.raises(ErrandError, match="another way"):
            offsite.carry(offsite.look())
        assert turns <= next(asked) <= turns + AT_ONCE
        if not by_mobile:
            with pytest.raises(ErrandError, match="not to be used"):
                offsite.carry(offsite.look())
            way.use("")
        while left := offsite.look():
            assert offsite.carry(left)
        assert is_offsite(recording)


class Counting:
    """A store that takes its time; `most`: so many puts were under way at the same moment."""

    def __init__(self, at_once: int) -> None:
        self.at_once, self.most = at_once, 0
        self._now, self._lock = 0, threading.Lock()

    def put(self, name: str, content: bytes) -> str | None:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(0.02)
        with self._lock:
            self._now -= 1
        return "1"


def test_fewer_leave_at_once_by_mobile_data_than_by_the_cable(tmp_path: Path) -> None:
    """What waits in the modem's queue is sent before an alert's requests."""
    secret = tmp_path / "secret"
    secret.write_text("secret")
    there = {"offsite_url": "https://127.0.0.1/b", "offsite_access_key": "key", "offsite_secret_file": str(secret)}
    way = Way()
    bucket = Bucket(Evidence.model_validate(there), way)
    for device, mobile, most in (("", False, 8), ("wwan0", True, 2)):
        way.use(device, mobile=mobile)
        store = Counting(bucket.at_once)
        whole(tmp_path / str(most))
        offsite = Offsite(tmp_path / str(most), store)
        assert offsite.carry([])  # the check
        assert offsite.carry(offsite.look())
        assert store.most == most
