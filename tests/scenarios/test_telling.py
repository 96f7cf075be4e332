"""Something of the hub is dead: technicians hear of it by what is left, nobody else does, and no word betrays it."""

import socket
from pathlib import Path

from hardware.simulated.network import Fault, Kind, Service
from tests.scenarios.sim import sent, with_modem
from tests.scenarios.world import DOUBLE, PHONES, World

TOM, UMA = "+33639980011", "+33639980012"
BETRAYING = ("Marie", "Lilas", "Anna", "Quimper", "alerte", "alert", "alarm", "danger", "secours", "rescue", "urgen")


async def technicians(world: World) -> None:
    await world.ask("technician add", name="Tom", phone=TOM, email="tom@example.org", language="fr")
    await world.ask("technician add", name="Uma", phone=UMA, email="uma@example.org", language="en")


def letters(world: World, *names: str) -> list[str]:
    return [mail.text for name in names for mail in world.mails(name)]


async def test_while_the_provider_is_dead_technicians_get_a_mail_and_both_when_it_is_back(outside: World):
    await outside.start(HUB_HASTE="100")
    await technicians(outside)
    await outside.settle_in()
    outside.network.faults.add(Fault(Service.TWILIO, Kind.RESET))
    await outside.ask("doctor")  # or it would be noticed by the next check, in an hour
    box = (await outside.ask("status"))["box"]
    wanted = {"Tom": "SMS et appels (depuis ", "Uma": "SMS and calls (since "}
    await outside.until(lambda: all(words in " ".join(letters(outside, name)) for name, words in wanted.items()))
    assert f"Boîtier {box}." in letters(outside, "Tom")[0]
    outside.network.faults.clear()
    await outside.until(lambda: outside.texts(TOM) and outside.texts(UMA))
    assert outside.texts(UMA)[-1].startswith(f"Box {box}. ")
    assert "In order again: SMS and calls" in outside.texts(UMA)[-1]
    said = " ".join([*letters(outside, "Tom", "Uma"), *outside.texts(TOM), *outside.texts(UMA)]).lower()
    assert [word for word in BETRAYING if word.lower() in said] == []
    assert all(not outside.network.phones[phone].texts for phone in PHONES)
    assert {mail.to for mail in outside.network.mails} == {("tom@example.org",), ("uma@example.org",)}


async def test_an_alert_goes_before_what_technicians_are_told(outside: World):
    """A contact can neither be texted nor called: the technicians hear of it once everybody else was told."""
    outside.network.faults.add(Fault(Service.TWILIO, Kind.ERROR, status=400, code=21211, number=PHONES[0]))
    await outside.start(HUB_HASTE="100")
    await technicians(outside)
    await outside.settle_in()
    await outside.click(DOUBLE)
    await outside.until(lambda: outside.texts(UMA))
    assert all(outside.texts(phone) for phone in PHONES[1:])
    assert "a number or an address cannot be reached" in outside.texts(UMA)[0]
    assert "Anna" not in outside.texts(UMA)[0]
    assert outside.calls(UMA) == outside.calls(TOM) == []


async def test_an_account_that_runs_out_of_money_is_told_and_doctor_names_the_sum(outside: World):
    await outside.start(HUB_HASTE="100")
    await technicians(outside)
    outside.network.balance = "3.20"
    await outside.ask("doctor")
    await outside.until(lambda: outside.texts(UMA) and outside.mails("Tom"))
    assert "balance of the Twilio account (since " in outside.texts(UMA)[0]
    (check,) = [one for one in (await outside.ask("doctor"))["checks"] if one["name"] == "balance"]
    assert (check["ok"], check["blocking"], "3.20 USD" in check["sentence"]) == (False, False, True)


async def test_cut_off_from_the_internet_technicians_are_told_by_the_hubs_own_sim(outside: World, tmp_path: Path):
    internet = socket.create_server(("127.0.0.1", 0), backlog=1000)  # which the probe finds, and lets go again
    probe = f"http://127.0.0.1:{internet.getsockname()[1]}"
    async with with_modem(outside, tmp_path, probe=probe, HUB_HASTE="100") as modem:
        await technicians(outside)
        internet.close()
        for service in Service:
            outside.network.faults.add(Fault(service, Kind.RESET))
        await outside.until(lambda: {TOM, UMA} <= sent(modem).keys(), 40)
        box = (await outside.ask("status"))["box"]
        texts = sent(modem)
    assert texts.keys() == {TOM, UMA}
    assert texts[UMA].startswith(f"Box {box}. Out of order: ")
    assert [word for word in BETRAYING if word.lower() in " ".join(texts.values()).lower()] == []
