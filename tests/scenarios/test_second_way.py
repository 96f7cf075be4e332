"""The provider is out of reach: SMS leave by the hub's own SIM, through the real ModemManager."""

import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from hardware.simulated.network import Fault, Kind, Service, Sort
from tests.modem.fakemodem import FakeModem
from tests.scenarios.sim import ready, sent, with_modem
from tests.scenarios.world import DOUBLE, PHONES, World


@pytest.fixture
async def modem(outside: World, tmp_path: Path) -> AsyncIterator[FakeModem]:
    async with with_modem(outside, tmp_path) as modem:
        yield modem


async def test_without_a_route_the_sim_sends_at_once_and_the_provider_is_tried_further(
    outside: World, modem: FakeModem
):
    outside.network.faults.add(Fault(Service.TWILIO, Kind.RESET))
    began = time.monotonic()
    await outside.click(DOUBLE)
    await outside.until(lambda: modem.outbox)
    assert time.monotonic() - began < 5
    await outside.until(lambda: sent(modem).keys() >= set(PHONES), 60)
    assert all("Lilas" in text for text in sent(modem).values())
    outside.network.faults.clear()
    await outside.until(outside.all_told, 60)
    assert {phone: outside.texts(phone)[0] for phone in PHONES} == sent(modem), "the same text: one alert"


async def test_a_provider_that_works_leaves_the_sim_alone(outside: World, modem: FakeModem):
    await outside.click(DOUBLE)
    await outside.until(outside.all_told)
    assert modem.outbox == []


async def test_an_answer_to_the_sim_counts_for_the_alert_it_names_by_whatever_clock_the_operator_has(
    outside: World, modem: FakeModem
):
    modem.ahead = timedelta(hours=-2)
    await outside.click(DOUBLE)
    await outside.until(outside.all_told)
    incident = await outside.incident()
    modem.receive(PHONES[1], f"OK {incident['id']}")

    async def in_charge() -> set[str]:
        return {one["name"] for one in (await outside.incident())["contacts"] if one["acknowledged_at"]}

    await outside.until(in_charge)
    assert await in_charge() == {"Karim"}


async def test_a_provider_that_never_answers_has_twenty_seconds(outside: World, modem: FakeModem):
    outside.network.faults.add(Fault(Service.TWILIO, Kind.HANG, only=Sort.SMS))
    began = time.monotonic()
    await outside.click(DOUBLE)
    await outside.until(lambda: modem.outbox, 40)
    assert 19 < time.monotonic() - began < 25

    async def written() -> bool:
        attempts = [a for d in (await outside.incident())["deliveries"] for a in d["attempts"]]
        return {"twilio", "modem"} <= {
            a["path"] for a in attempts if a["code"] == "timeout" or a["result"] == "accepted"
        }

    await outside.until(written)


async def test_where_the_internet_is_known_to_be_lost_the_sim_does_not_wait_for_a_time_out(
    outside: World, modem: FakeModem
):
    """Packets vanish: each try hangs, and nobody says that there is no route."""
    outside.network.faults.add(Fault(Service.TWILIO, Kind.HANG))
    await outside.stop()
    outside.configure(modem="modemmanager", probe="http://127.0.0.1:9")  # where nobody listens
    await outside.start()

    async def lost() -> bool:
        return "internet" in await outside.fault_codes() and await ready(outside)

    await outside.until(lost, 40)
    began = time.monotonic()
    await outside.click(DOUBLE)
    await outside.until(lambda: modem.outbox)
    assert time.monotonic() - began < 5
