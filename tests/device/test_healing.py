"""What breaks heals by itself: the installed hub under a real systemd, killed, hung, with a wrong clock, on a bad card.

What a press is here: home.py. The figures are printed (`-s`), as lines of "Recovery" in docs/performance.md.
"""

import contextlib
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.simulated.network.faults import Fault, Kind, Service
from tests.bench.report import Judged, Row
from tests.device.bare import killed_and_back
from tests.device.home import Home
from tests.device.tampering import changed, device_of, run, small_card, start_anew
from tests.machine.provider import now
from tests.mounts import fill
from tests.patience import until

pytestmark = pytest.mark.timeout(900)

# A loop that turns no more while the threads go on: SIGUSR1 ends in the main thread's sleep. Nothing of the hub knows.
HANG = """
import signal, time
def hang(*_):
    while True:
        time.sleep(3600)
signal.signal(signal.SIGUSR1, hang)
"""
TIMES = {"1970": 86_400, "2001": 1_000_000_000, "2038": 2**31 + 86_400}  # unix time: no clock, years back, past 32 bits


@pytest.fixture(autouse=True)
def quiet(home: Home) -> None:
    """Whatever another test left."""
    home.provider.network.faults.clear()
    until(home.answers, 30)
    if home.hub("status")["open_incident"]:
        home.end()


def healed(home: Home, signal: str, seconds: float) -> float:
    """From the signal to the first request that a press leads to."""
    pid, began = home.main(), now()
    home.machine.inside("kill", f"-{signal}", str(pid))
    told = home.pressed_and_told(seconds)
    assert home.main() != pid
    home.end()
    return told - began


def show(what: str, samples: list[float], limit: float | None = None, unit: str = "s") -> None:
    row = Row(what, samples, unit, limit, Judged.MAX)
    print(row.line())
    assert row.ok


def test_killed_it_takes_presses_again(home: Home) -> None:
    bare = [killed_and_back(home.machine) for _ in range(20)]
    hub = [healed(home, "KILL", 30) for _ in range(20)]
    show("`kill -9` → first request of a press", hub, 5)
    show("the same, a bare service → listens", bare)
    show("the same ÷ bare, medians", [sorted(hub)[10] / sorted(bare)[10]], unit="×")


def test_stopped_where_it_stands_it_takes_presses_again(home: Home) -> None:
    show("standstill of the process → first request of a press", [hung(home, "STOP") for _ in range(5)], 25)


def test_a_loop_that_turns_no_more_is_ended_and_presses_are_taken_again(home: Home) -> None:
    place = home.machine.path("opt/broken/sitecustomize.py")
    place.parent.mkdir(exist_ok=True)
    place.write_text(HANG)
    with changed(home, "Environment=PYTHONPATH=/opt/broken"):
        show("hang of the loop → first request of a press", [hung(home, "USR1") for _ in range(5)], 25)


def hung(home: Home, signal: str) -> float:
    time.sleep(random.uniform(0.0, 5.0))  # anywhere between two signs of life
    return healed(home, signal, 60)


@pytest.fixture(scope="module")
def misled(home: Home) -> Iterator[Home]:
    """Whose wall clock is what a file says. It lies to the hub's processes only: the host has the same clock."""
    (library,) = home.machine.path("usr/lib").glob("*/faketime/libfaketimeMT.so.1")
    set_clock(home, int(time.time()))
    facts = "FAKETIME_TIMESTAMP_FILE=/run/clock FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1"
    preloaded = f"/{library.relative_to(home.machine.root)}"
    with changed(home, f"Environment=LD_PRELOAD={preloaded} {facts}"):
        yield home


def set_clock(home: Home, unix: int) -> None:
    home.machine.live("run/clock").write_text(f"{unix - int(time.time()):+d}\n")


def opened(home: Home) -> str:
    return str(home.hub("incident", id=home.hub("status")["open_incident"])["incident"]["opened_at"])


@pytest.mark.parametrize("year", TIMES)
def test_a_clock_that_jumps_holds_no_press_up_nor_does_a_start_with_it(misled, year):
    set_clock(misled, TIMES[year])
    for _ in range(2):
        misled.pressed_and_told(10)
        assert opened(misled).startswith(year)
        misled.end()
        start_anew(misled)
    set_clock(misled, int(time.time()))


@pytest.mark.parametrize("year", TIMES)
def test_what_was_not_sent_yet_is_sent_by_a_start_in_another_time(misled, year):
    misled.provider.network.faults.add(Fault(Service.TWILIO, Kind.RESET))
    until(misled.presses, 10)
    incident = misled.hub("status")["open_incident"]
    until(lambda: misled.hub("incident", id=incident)["incident"]["deliveries"], 10, "it is stored")
    set_clock(misled, TIMES[year])
    misled.machine.inside("kill", "-9", str(misled.main()))
    misled.provider.network.faults.clear()
    assert not misled.told(incident)
    until(lambda: misled.told(incident), 20, "it is sent")
    until(misled.answers, 10)
    misled.end()
    set_clock(misled, int(time.time()))


@pytest.fixture
def small(home: Home, tmp_path: Path) -> Iterator[Path]:
    with small_card(home, tmp_path / "card") as folder:
        yield folder


def faulty(home: Home) -> bool:
    return "store" in [fault["code"] for fault in home.hub("status")["faults"]]


def test_a_card_full_to_the_last_byte_holds_no_press_up_nor_does_a_start_on_it(home, small):
    filler = fill(small)
    home.pressed_and_told(10)
    home.end()
    home.machine.inside("systemctl", "stop", "hub")
    top_up(filler)  # what the hub has left behind
    home.machine.inside("systemctl", "start", "hub")
    home.pressed_and_told(30)
    until(lambda: faulty(home), 10, "it is told")
    home.end()


def top_up(filler: Path) -> None:
    with contextlib.suppress(OSError), filler.open("ab", buffering=0) as more:
        while True:
            more.write(bytes(512))


def test_a_card_that_the_kernel_takes_read_only_holds_no_press_up_nor_does_a_start_on_it(home, small):
    Path(f"/sys/fs/ext4/{Path(device_of(small)).name}/trigger_fs_error").write_text("1")
    home.pressed_and_told(10)
    until(lambda: faulty(home), 10, "it is told")
    home.end()
    start_anew(home)
    home.pressed_and_told(10)
    home.end()


def test_the_hub_starts_where_the_whole_card_is_read_only(home):
    run(home, "mount -o remount,bind,ro / && ! touch /var/lib/hub/x")
    try:
        start_anew(home)
        home.pressed_and_told(10)
        until(lambda: faulty(home), 10, "it is told")
        home.end()
    finally:
        run(home, "mount -o remount,bind,rw /")
        start_anew(home)
