"""Days on which the modem fails, and how soon it is of use again."""

import asyncio
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest

from hub.errors import DeliveryError, DeviceError
from hub.ports import ModemView
from tests.buttons.fakebluez import PrivateBus

from .conftest import ANNA, QUICK, Furnish, Home
from .fakemodem import HOME, SEARCHING

RULES = (Path(__file__).parents[2] / "systemd" / "hub-modem.rules").read_text()


async def failing(home: Home) -> str:
    """The code that an alert comes back with."""
    with pytest.raises(DeliveryError) as failed:
        await home.lte.send(ANNA, "Test")
    return failed.value.code


async def test_no_coverage_is_told_and_forgotten_when_it_is_back(home: Home) -> None:
    home.fake.set_network(SEARCHING)
    await home.trouble("no_network")
    assert await failing(home) == "no_network"
    home.fake.set_network(HOME)
    await home.ready()
    await home.lte.send(ANNA, "Test")


async def test_a_modem_that_was_pulled_out_is_used_as_soon_as_it_is_back(home: Home) -> None:
    await home.world.unplug()
    await home.trouble("absent")
    assert home.lte.view == ModemView(trouble="absent")
    assert await failing(home) == "absent"
    began = time.monotonic()
    await home.world.plug()
    await home.ready()
    assert time.monotonic() - began < 10
    await home.lte.send(ANNA, "Test")
    assert len(home.fake.outbox) == 1


async def test_a_modem_pulled_out_during_a_send_fails_it_at_once(home: Home) -> None:
    home.fake.hangs = True
    sending = asyncio.create_task(failing(home))
    await home.until(lambda: home.fake.tried)
    await home.world.unplug()
    async with asyncio.timeout(1.5):
        assert await sending in ("absent", "silent")


async def test_modem_manager_may_be_restarted_at_any_time(home: Home) -> None:
    await home.world.stop()
    await home.trouble("no_daemon")
    await home.world.start()
    await home.ready()
    await home.lte.send(ANNA, "Test")


async def test_a_line_that_was_cut_is_told_although_it_looks_registered(home: Home) -> None:
    await home.fake.unplug()
    await home.trouble("silent")
    assert home.lte.view.registered


async def test_a_modem_that_looks_registered_and_is_silent_is_told_and_a_restart_asked_for_once(home: Home) -> None:
    home.fake.mute()
    await home.trouble("silent")
    assert (home.lte.view.registered, home.lte.view.answering) == (True, False)
    await home.until(lambda: home.restarts)
    home.fake.mute(False)
    await home.world.restart()
    await home.ready()
    assert home.restarts == 1


async def test_a_modem_that_falls_silent_without_a_network_is_found_out(home: Home) -> None:
    home.fake.set_network(SEARCHING)
    await home.trouble("no_network")
    home.fake.mute()
    await home.until(lambda: not home.lte.view.answering)
    assert home.lte.view.trouble == "no_network"
    await home.until(lambda: home.restarts)


async def test_a_network_that_never_answers_ends_the_attempt_in_doubt(home: Home) -> None:
    home.fake.hangs = True
    assert await failing(home) == "timeout"


async def test_a_refusal_of_the_network_keeps_its_number(home: Home) -> None:
    home.fake.refusals = ["+CMS ERROR: 38"]
    assert await failing(home) == "cms-38"
    await home.lte.send(ANNA, "Test")


@pytest.mark.parametrize("action", re.findall(r'"org\.freedesktop\.ModemManager1\.(.+)"', RULES))
async def test_a_right_that_is_missing_is_named(furnish: Furnish, action: str) -> None:
    slow = replace(QUICK, rest=1.0)  # no look while it sends
    home = await furnish(refused=f"org.freedesktop.ModemManager1.{action}", pace=slow)
    right = f"not_allowed:{action}"
    await home.until(lambda: right in (home.lte.view.trouble, home.lte.view.limited))
    if action in ("Time", "Location"):  # they only tell whether the modem lives, and where it is
        home.fake.refusals = ["+CMS ERROR: 38"]
        assert await failing(home) == "cms-38"
        await home.lte.send(ANNA, "Test")
    else:
        assert await failing(home) == f"not_allowed:{action}"


async def test_a_bus_that_is_lost_is_told_to_whoever_listens(home: Home, bus: PrivateBus) -> None:
    bus.stop()
    with pytest.raises(DeviceError, match="the D-Bus connection was lost"):
        await home.until(lambda: False)
    assert home.lte.view == ModemView(trouble="no_bus")
    assert await failing(home) == "absent"
