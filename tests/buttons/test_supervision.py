"""The radio says how far it can be believed, and helps itself by ever stronger means."""

import asyncio
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from dbus_fast.aio import MessageBus

from hardware.buttons.ladder import Ladder
from hardware.buttons.scan import bleak_bus

from .conftest import BUTTON, Radio, Tune, until
from .fakebluez import FakeBluez, FakeDevice, PrivateBus, plain
from .fakebluez.frames import BEACON, PRESS

ROOT = Path(__file__).parents[2]
LAMP = FakeDevice("62:0F:00:00:00:02")


async def test_a_scan_that_was_started_does_not_listen_until_something_is_heard(bluez: FakeBluez, tune: Tune) -> None:
    bluez.busy = False
    radio = await tune(wait=False)
    await bluez.until_scanning()
    await bluez.until_settled()
    assert (radio.buttons.listening, radio.buttons.trouble) == (False, "")
    bluez.advertise(BUTTON, plain(1, BEACON))
    await radio.until_listening()
    assert radio.buttons.trouble == ""


async def test_a_new_scan_has_to_prove_itself_anew(bluez: FakeBluez, tune: Tune) -> None:
    radio = await tune()
    bluez.busy = False
    await bluez.crash()
    await bluez.start()
    await radio.until_listening(False)
    await bluez.until_scanning()
    await bluez.until_settled()
    assert (radio.buttons.listening, radio.buttons.trouble) == (False, "")


async def test_silence_is_told_and_taken_back_only_when_something_is_heard(bluez: FakeBluez, tune: Tune) -> None:
    radio = await tune(silence=0.3)
    bluez.deaf, began, starts = True, time.monotonic(), bluez.starts
    assert await radio.until_trouble() == "no advert for 0.3 s"
    assert time.monotonic() - began < 1.0
    assert not radio.buttons.listening
    await until(lambda: bluez.starts > starts + 1)
    assert radio.buttons.trouble
    bluez.deaf = False
    await radio.until_listening()
    assert radio.buttons.trouble == ""


async def test_a_radio_that_hears_nothing_from_the_first_moment_is_told(bluez: FakeBluez, tune: Tune) -> None:
    bluez.deaf = True
    radio = await tune(silence=0.3, wait=False)
    assert await radio.until_trouble() == "no advert for 0.3 s"


async def test_any_advert_shows_that_the_radio_hears(bluez: FakeBluez, tune: Tune) -> None:
    bluez.busy = False
    radio = await tune(silence=0.3, wait=False)
    await bluez.until_scanning()
    starts, began, packet = bluez.starts, time.monotonic(), 0
    while time.monotonic() - began < 0.9:
        bluez.advertise(BUTTON, plain(packet := packet + 1, BEACON))
        await asyncio.sleep(0.05)
    assert bluez.starts == starts
    assert radio.buttons.listening


async def test_a_failure_that_lasts_is_told_and_one_that_is_over_is_not(bluez: FakeBluez, tune: Tune) -> None:
    radio = await tune(patience=0.5)
    bluez.unplug()
    await radio.until_listening(False)
    assert radio.buttons.trouble == ""
    assert await radio.until_trouble() == "hci0: there is no such adapter"
    bluez.busy = False
    bluez.plug()
    await bluez.until_scanning()
    await bluez.until_settled()
    assert radio.buttons.trouble == "hci0: there is no such adapter"  # nothing was heard yet
    bluez.busy = True
    await until(lambda: not radio.buttons.trouble)


async def test_without_a_bus_the_radio_says_so(monkeypatch: pytest.MonkeyPatch, tune: Tune) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/bus")
    radio = await tune(patience=0.1, wait=False)
    assert await radio.until_trouble() == "the D-Bus system bus is not there"


async def test_without_bluetoothd_the_radio_says_so(bus: PrivateBus, tune: Tune) -> None:
    radio = await tune(patience=0.1, wait=False)
    assert await radio.until_trouble() == "hci0: bluetoothd is not running"


async def test_a_bluetoothd_that_does_not_answer_is_told(
    bluez: FakeBluez, tune: Tune, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hardware.buttons.scanner._CALL_TIMEOUT", 0.2)
    bluez.faults["Get"] = ["hang"] * 100
    radio = await tune(patience=0.1, wait=False)
    assert await radio.until_trouble() == "bluetoothd does not answer"


async def test_where_passive_is_refused_the_radio_is_degraded(bus: PrivateBus, tune: Tune) -> None:
    async with FakeBluez(bus.address, experimental=False, busy=True) as bluez:
        radio = await tune()
        assert radio.buttons.degraded
        bluez.advertise(BUTTON, plain(1, PRESS))
        await radio.heard(1)


async def test_where_passive_is_offered_the_radio_is_not_degraded(bluez: FakeBluez, tune: Tune) -> None:
    radio = await tune()
    assert (radio.buttons.degraded, bluez.sessions) == (False, {})


async def test_a_passive_scan_is_taken_as_soon_as_it_is_offered(bluez: FakeBluez, tune: Tune) -> None:
    bluez.start_faults = ["Failed"]
    radio = await tune()
    assert radio.buttons.degraded
    bluez.plug()  # bluetoothd tells of a second interface of the adapter
    await until(lambda: not radio.buttons.degraded)


async def test_a_passive_scan_is_tried_again_now_and_then_without_a_pause_in_hearing(
    bluez: FakeBluez, tune: Tune, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hardware.buttons.scan._AGAIN", 0.1)
    bluez.faults["RegisterMonitor"] = ["Failed"] * 15
    radio = await tune()
    assert radio.buttons.degraded
    packet = 0
    while radio.buttons.degraded or bluez.sessions:
        bluez.advertise(BUTTON, plain(packet := packet + 1, PRESS))
        await radio.heard(packet)
        assert radio.buttons.listening
    assert [press.counter for press in radio.presses] == [number % 256 for number in range(1, packet + 1)]


async def test_a_passive_scan_that_is_not_answered_is_replaced_by_an_active_one(
    bluez: FakeBluez, tune: Tune, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hardware.buttons.scan._START_TIMEOUT", 0.2)
    bluez.faults["RegisterMonitor"] = ["hang"]
    radio = await tune()
    assert radio.buttons.degraded


async def test_an_active_scan_that_somebody_stops_is_started_again(bus: PrivateBus, tune: Tune) -> None:
    async with FakeBluez(bus.address, experimental=False, busy=True) as bluez:
        radio = await tune()
        bluez.stop_sessions()
        await bluez.until_scanning()
        bluez.advertise(BUTTON, plain(1, PRESS))
        await radio.heard(1)


async def test_a_radio_that_was_stopped_leaves_no_scan_behind(bluez: FakeBluez, tune: Tune) -> None:
    radio: Radio = await tune()
    await radio.stop()
    assert not radio.buttons.listening
    assert not bluez.scanning


async def test_bleaks_own_connection_is_known(bluez: FakeBluez, tune: Tune) -> None:
    """It is private to bleak: a version that keeps it elsewhere must not go unnoticed."""
    await tune()
    assert isinstance(await bleak_bus(), MessageBus)


async def test_a_radio_that_stays_deaf_asks_for_a_recovery_and_then_for_people(
    bluez: FakeBluez, tune: Tune, tmp_path: Path
) -> None:
    bluez.deaf, words = True, []
    ladder = Ladder(pace=0.01, pause=0.2, again=0.5)
    file = tmp_path / "radio"
    radio = await tune(silence=0.1, ladder=ladder, recovery=file, wait=False)
    for word in ("adapter", "bluetoothd"):
        await until(lambda word=word: file.exists() and file.read_text() == word)
        words.append(word)
    await until(lambda: "did not help" in radio.buttons.trouble)
    await until(lambda: file.read_text() == "adapter")  # and it starts again
    bluez.deaf = False
    await radio.until_listening()
    assert radio.buttons.trouble == ""


async def test_a_radio_that_cannot_ask_for_help_goes_on_by_itself(bluez: FakeBluez, tune: Tune, tmp_path: Path) -> None:
    bluez.deaf = True
    ladder = Ladder(pace=0.0, pause=0.0)
    radio = await tune(silence=0.1, ladder=ladder, recovery=tmp_path / "nowhere" / "radio", wait=False)
    await until(lambda: "did not help" in radio.buttons.trouble)
    bluez.deaf = False
    await radio.until_listening()


async def test_a_disk_that_hangs_while_help_is_asked_for_does_not_hold_up_the_radio(
    bluez: FakeBluez, tune: Tune, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hardware.buttons.scanner._CALL_TIMEOUT", 0.3)
    disk, loop = threading.Event(), asyncio.get_running_loop()
    threads = ThreadPoolExecutor(1)
    loop.set_default_executor(threads)
    threads.submit(disk.wait)
    bluez.deaf = True
    ladder = Ladder(pace=0.0, pause=0.0)
    try:
        radio = await tune(silence=0.1, ladder=ladder, recovery=tmp_path / "radio", wait=False)
        await until(lambda: "did not help" in radio.buttons.trouble)
        bluez.deaf = False
        await radio.until_listening()
    finally:
        disk.set()


async def test_each_advert_sends_the_radio_back_to_the_gentlest_step(
    bluez: FakeBluez, tune: Tune, tmp_path: Path
) -> None:
    ladder = Ladder(pace=0.0, pause=0.0)
    radio = await tune(silence=0.3, ladder=ladder, recovery=tmp_path / "radio")
    for _ in range(3):
        bluez.deaf, starts = True, bluez.starts
        await until(lambda starts=starts: bluez.starts > starts)
        bluez.deaf = False
        await radio.until_listening()
    assert not (tmp_path / "radio").exists()


async def test_while_root_resets_the_adapter_the_radio_leaves_it_alone(
    bluez: FakeBluez, tune: Tune, tmp_path: Path
) -> None:
    bluez.busy, file = False, tmp_path / "radio"
    ladder = Ladder(pace=0.0, pause=2.0)
    await tune(silence=0.1, ladder=ladder, recovery=file, wait=False)
    await until(file.exists)
    bluez.power(False)
    starts, asked = bluez.starts, time.monotonic()
    await until(lambda: bluez.starts > starts)
    assert time.monotonic() - asked > 0.4


async def test_what_is_said_as_before_is_a_proof_again_after_the_adapter_was_away(bluez: FakeBluez, tune: Tune) -> None:
    bluez.busy = False
    radio = await tune(wait=False)
    for _ in range(2):
        await bluez.until_scanning()
        bluez.advertise(BUTTON, plain(1, BEACON))
        await radio.until_listening()
        bluez.unplug()
        await radio.until_listening(False)
        bluez.plug()


def test_a_radio_keeps_lost_connections_from_doing_harm() -> None:
    code = (
        "from hardware.buttons.scanner import BleButtons; BleButtons('hci0');"
        "from dbus_fast.aio.message_bus import _MessageWriter; print(_MessageWriter.schedule_write.__module__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout == "hardware.buttons.dead_bus\n"
