"""How soon each second of a recording is off-site, and how fast what waited for the line leaves.

The store is moto's server on loopback: a process of its own, one machine for both, no network between them.
"""

import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psutil

from hub.evidence.offsite import MARKS, is_offsite
from hub.evidence.recording import Sound
from hub.evidence.spool import Begin, End, Spool
from tests.bench.report import Judged, Progress, Row
from tests.evidence.store import StoredBucket, StoreServer, until

TITLE = "off-site: a minute of a recording as it is made, then ten minutes that waited, under two minutes"
RATE = 16000
LIVE, BACKLOG = 60, 600  # s
LOUDNESS = 180  # of 32768: so that a second takes 18 kB, as speech in a room with its noise does
MB = 1_000_000


async def measure(_progress: Progress) -> list[Row]:
    return await asyncio.to_thread(_measure)


def _measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = StoreServer(folder / "log")
        try:
            bucket = server.bucket("bench")
            return [*_live(folder / "live", bucket), *_backlog(folder / "backlog", bucket)]
        finally:
            server.stop()


def _live(state: Path, bucket: StoredBucket) -> list[Row]:
    with _courier(state, bucket) as courier:
        until(lambda: _used(courier) > 0.3)  # it has loaded
        time.sleep(3)
        _say(courier, "hurry")
        used, began = _used(courier), time.monotonic()
        spool = _record(state, LIVE, pace=1.0)
        spool.close(10)
        recording = state / "evidence" / "BENCH-1"
        until(lambda: _complete(recording))
        load = 100 * (_used(courier) - used) / (time.monotonic() - began)
        size = psutil.Process(courier.pid).memory_info().rss / MB
    delays = [at - (recording / name).stat().st_mtime for name, at in _marks(recording) if name.endswith(".flac")]
    return [
        Row("on the disk → off-site", delays, "s", 2),
        Row("while it is recorded: of one core, courier", [load], "%"),
        Row("resident, courier", [size], "MB"),
    ]


def _backlog(state: Path, bucket: StoredBucket) -> list[Row]:
    state.mkdir()
    _record(state, BACKLOG).close(120)
    recording = state / "evidence" / "BENCH-1"
    sizes = [path.stat().st_size / 1000 for path in recording.glob("*.flac")]
    began = time.time()
    with _courier(state, bucket) as courier:
        until(lambda: _complete(recording), 300)
        used = _used(courier)
    marks = _marks(recording)
    took = marks[-1][1] - began
    return [
        Row("one second of it", sizes, "kB"),
        Row(f"{BACKLOG} s that waited: courier started → all off-site", [took], "s", BACKLOG / 20, Judged.MAX),
        Row("files a second", [len(marks) / took], "/s"),
        Row("processor time for all that", [used], "s"),
    ]


@contextmanager
def _courier(state: Path, bucket: StoredBucket) -> "Iterator[subprocess.Popen[bytes]]":
    """As the daemon starts it, its low priority included."""
    state.mkdir(exist_ok=True)
    access, secret = bucket.key
    (state / "secret").write_text(secret)
    (state / "hub.toml").write_text(f"""
[state]
dir = "{state}"
[evidence]
offsite_url = "http://127.0.0.1:{bucket.server.port}/{bucket.name}/home/{state.name}"
offsite_access_key = "{access}"
offsite_secret_file = "{state}/secret"
""")
    command = [sys.executable, "-m", "hub", "--config", str(state / "hub.toml"), "courier"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as courier:
        yield courier


def _say(courier: "subprocess.Popen[bytes]", do: str) -> None:
    assert courier.stdin
    courier.stdin.write(json.dumps({"do": do}).encode() + b"\n")
    courier.stdin.flush()


def _used(courier: "subprocess.Popen[bytes]") -> float:
    times = psutil.Process(courier.pid).cpu_times()
    return times.user + times.system


def _record(state: Path, seconds: int, pace: float = 0.0) -> Spool:
    chance, now = random.Random(1), datetime.now(UTC)
    spool = Spool(state / "evidence", RATE, state / "keys", holds=2.0 * seconds)
    spool.put(Begin("BENCH", now))
    for number in range(seconds):
        noise = (chance.randint(-LOUDNESS, LOUDNESS).to_bytes(2, "little", signed=True) for _ in range(RATE))
        spool.put(Sound(b"".join(noise), now, float(number)))
        time.sleep(pace)
    spool.put(End(now, "stopped"))
    return spool


def _complete(recording: Path) -> bool:
    return (recording / MARKS).exists() and is_offsite(recording)


def _marks(recording: Path) -> list[tuple[str, float]]:
    """The file and when the store had it, in seconds since 1970."""
    lines = [json.loads(line) for line in (recording / MARKS).read_text().splitlines()]
    return [(line["file"], datetime.fromisoformat(line["at"]).timestamp()) for line in lines]
