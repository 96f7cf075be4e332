"""SMS that leave by the hub's own SIM."""

import asyncio
from dataclasses import replace

import pytest

from hardware.modem.lte import LteModem, Pace
from hub import retry
from hub.errors import DeliveryError
from hub.ports import ModemView, Progress, Receipt

from . import conftest
from .conftest import ANNA, BEN, CARL, QUICK, Furnish, Home

GREEK = "Ἑλένη: ζητεῖ βοήθειαν. "


async def test_a_modem_that_is_plugged_in_is_switched_on_and_registers(home: Home) -> None:
    await home.until(lambda: home.lte.view.signal)
    assert home.lte.view == ModemView(
        present=True,
        unlocked=True,
        registered=True,
        operator="Home Net",
        technology="LTE",
        signal=60,
        answering=True,
    )


async def test_an_alert_leaves_and_its_receipt_comes_back(home: Home) -> None:
    id = await home.lte.send(ANNA, "Léa a besoin d'aide. K7Q2M")
    (sent,) = home.fake.outbox
    assert (sent.number, sent.text, sent.encoding, sent.reported) == (ANNA, "Léa a besoin d'aide. K7Q2M", "gsm7", True)
    assert await home.receipt(id) == Receipt(Progress.DELIVERED)


@pytest.mark.parametrize(("delivers", "progress"), [(True, Progress.DELIVERED), (False, Progress.UNDELIVERED)])
async def test_a_receipt_may_come_before_the_modem_has_said_that_it_sent(
    home: Home, delivers: bool, progress: Progress
) -> None:
    home.fake.reports_after, home.fake.delivers = 0.0, delivers
    for _ in range(3):
        receipt = await home.receipt(await home.lte.send(ANNA, "Test"))
        assert receipt
        assert (receipt.progress, receipt.code) == (progress, "" if delivers else "sms-46")


@pytest.mark.parametrize(("text", "encoding", "parts"), [("à l'aide {€} " * 25, "gsm7", 3), (GREEK * 8, "ucs2", 3)])
async def test_a_long_alert_arrives_as_one_text(home: Home, text: str, encoding: str, parts: int) -> None:
    id = await home.lte.send(ANNA, text)
    (sent,) = home.fake.outbox
    assert (sent.text, sent.encoding, sent.parts) == (text, encoding, parts)
    assert await home.receipt(id) == Receipt(Progress.DELIVERED)


async def test_no_look_at_the_modem_comes_in_the_way_of_an_sms(
    furnish: Furnish, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is made, sent and deleted is a reason to look again; here it looks all the time."""
    monkeypatch.setattr(conftest, "QUICK", replace(QUICK, rest=0.0))
    home = await furnish()
    await home.ready()
    home.lte.looks.clear()
    for _ in range(8):
        await asyncio.gather(*(home.lte.send(number, "Test") for number in (ANNA, BEN, CARL)))
    assert len(home.fake.outbox) == 24
    assert set(home.lte.looks) == {""}


@pytest.mark.parametrize("number", ["17", "112", "+33 1 12", "114"])
async def test_no_emergency_number_is_ever_written_to(number: str) -> None:
    with pytest.raises(DeliveryError) as refused:
        await LteModem().send(number, "Test")
    assert (refused.value.code, refused.value.permanent) == ("emergency_number", True)


async def test_a_text_that_is_given_up_in_the_middle_keeps_no_other_waiting(home: Home) -> None:
    """As one to a technician is, when an alert comes."""
    home.fake.hangs = True
    given_up = asyncio.create_task(home.lte.send(ANNA, "Out of order."))
    await home.until(lambda: home.fake.tried)
    given_up.cancel()
    sending = asyncio.create_task(home.lte.send(BEN, "Help"))
    home.fake.hangs = False
    await sending
    assert [sent.text for sent in home.fake.outbox if sent.number == BEN] == ["Help"]


async def test_each_of_many_has_all_its_time_once_it_is_its_turn(furnish: Furnish) -> None:
    home = await furnish(pace=replace(QUICK, send=4.0))
    await home.ready()
    home.fake.slow = 0.6
    await asyncio.gather(*(home.lte.send(ANNA, GREEK * 5) for _ in range(5)))
    assert [sent.parts for sent in home.fake.outbox] == [2] * 5


async def test_whoever_waits_behind_an_sms_without_an_answer_gives_way_to_what_mends_the_modem(home: Home) -> None:
    home.fake.mute()
    sent = [home.lte.send(number, "Test") for number in (ANNA, BEN, CARL)]
    failures = await asyncio.gather(*sent, return_exceptions=True)
    assert [getattr(failure, "code", "") for failure in failures[1:]] == ["modem_busy"] * 2
    assert home.lte.view.present


def test_whoever_waits_for_the_modem_waits_longer_than_it_takes() -> None:
    assert retry.time_out("modem") > Pace().turn + Pace().send
