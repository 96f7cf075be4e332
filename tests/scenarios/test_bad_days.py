"""The provider fails, hangs, lies or refuses: everything else goes on, and what can be sent is sent."""

from typing import Any

import pytest

from hardware.simulated.network import Fault, Kind, Service, Sort
from tests.scenarios.world import DOUBLE, PHONES, SINGLE, TAKEN, World

TWILIO_FAULTS = [
    Fault(Service.TWILIO, Kind.ERROR, status=500, count=10),
    Fault(Service.TWILIO, Kind.ERROR, status=429, code=20429, count=10),
    Fault(Service.TWILIO, Kind.ERROR, status=401, code=20003, count=10),
    Fault(Service.TWILIO, Kind.RESET, count=10),
    Fault(Service.TWILIO, Kind.GARBAGE, count=10),
    Fault(Service.TWILIO, Kind.ERROR_AFTER, status=500, count=10),
    Fault(Service.TWILIO, Kind.LOST_REPLY, count=10),
    Fault(Service.SMTP, Kind.RESET, count=5),
    Fault(Service.SMTP, Kind.GARBAGE, count=5),
    Fault(Service.SMTP, Kind.ERROR, code=451, count=5),
]


def name(fault: Fault) -> str:
    return f"{fault.service}-{fault.kind}-{fault.status or fault.code or ''}".rstrip("-")


def engaged(delivery: dict[str, Any]) -> bool:
    """A call without keys to a telephone that rings already, by a call that nobody said was accepted."""
    return delivery["channel"] == "call" and delivery["attempts"][-1]["code"] == "busy"


@pytest.mark.parametrize("fault", TWILIO_FAULTS, ids=name)
async def test_a_bad_answer_is_tried_again_within_seconds(world: World, fault: Fault):
    world.network.faults.add(fault)
    await world.click(DOUBLE)
    await world.until(world.all_told)

    async def all_accepted():
        deliveries = (await world.incident())["deliveries"]
        once = all(any(a["result"] == "accepted" for a in d["attempts"]) for d in deliveries)
        return once and all(d["outcome"] in TAKEN or engaged(d) for d in deliveries)

    await world.until(all_accepted)
    assert await world.fault_codes() <= {"microphone"}


async def test_a_provider_that_hangs_is_given_up_and_asked_again(world: World):
    world.network.faults.add(Fault(Service.TWILIO, Kind.HANG, count=5, only=Sort.SMS))
    await world.click(DOUBLE)
    await world.until(lambda: world.all_told(texts=0))
    await world.until(world.all_told, 30)
    (first, *_), *_ = [d["attempts"] for d in (await world.incident())["deliveries"] if d["channel"] == "sms"]
    assert (first["result"], first["code"]) == ("failed", "timeout")


async def test_a_dead_mail_server_holds_up_no_call_and_no_text(world: World):
    world.network.faults.add(Fault(Service.SMTP, Kind.HANG))
    await world.click(DOUBLE)
    await world.until(lambda: world.all_told(mails=0), 5)


async def test_revoked_credentials_are_a_fault_and_the_mails_go_out(world: World):
    world.network.faults.add(Fault(Service.TWILIO, Kind.ERROR, status=401, code=20003))
    await world.click(DOUBLE)
    await world.until(lambda: world.all_told(texts=0, calls=0))

    async def told():
        return "twilio" in await world.fault_codes()

    await world.until(told)
    world.network.faults.clear()
    await world.until(world.all_told, 30)

    async def restored():
        return "twilio" not in await world.fault_codes()

    await world.until(restored)


@pytest.mark.parametrize("code", [21211, 21610])
async def test_a_contact_who_cannot_be_texted_is_a_fault_and_gets_everything_else(world: World, code: int):
    world.network.faults.add(Fault(Service.TWILIO, Kind.ERROR, status=400, code=code, only=Sort.SMS, number=PHONES[1]))
    await world.click(DOUBLE)
    await world.until(lambda: all(world.texts(phone) for phone in PHONES if phone != PHONES[1]))
    await world.until(lambda: world.calls(PHONES[1]) and world.mails("Karim"))

    async def told():
        status = await world.ask("status")
        return any("Karim" in fault["sentence"] for fault in status["faults"])

    await world.until(told)
    (refused,) = [d for d in (await world.incident())["deliveries"] if d["outcome"] == "failed"]
    assert refused["attempts"][0]["code"] == str(code)
    assert len(refused["attempts"]) == 1


async def test_away_for_five_seconds_and_killed_in_the_middle_nothing_is_lost(world: World):
    """What Home Assistant and Node-RED lose: every one of fifteen."""
    port = world.network.http_port
    for service in (Service.TWILIO, Service.SMTP):
        world.network.faults.add(Fault(service, Kind.RESET))
    await world.click(DOUBLE)
    await world.until(lambda: len(world.network.requests) >= 15)
    world.kill()
    await world.start()
    world.network.faults.clear()
    assert world.network.http_port == port
    await world.until(world.all_told, 20)


async def test_pressed_again_while_the_provider_is_away_only_the_newest_text_arrives(world: World):
    world.network.faults.add(Fault(Service.TWILIO, Kind.ERROR, status=503))
    await world.click(SINGLE)
    await world.until(lambda: len(world.network.requests) >= 5)
    await world.click(DOUBLE)
    await world.until(lambda: sum(r.method == "POST" for r in world.network.requests) >= 15)
    world.network.faults.clear()
    await world.until(world.all_told, 30)
    assert all(text.startswith(("SECOURS", "RESCUE")) for phone in PHONES for text in world.texts(phone)[-1:])
    assert [len(world.texts(phone)) for phone in PHONES] == [1, 1, 1, 1, 1]


async def test_nothing_personal_is_ever_logged(world: World):
    world.network.faults.add(Fault(Service.TWILIO, Kind.GARBAGE, count=10))
    world.network.faults.add(Fault(Service.SMTP, Kind.ERROR, code=550, number="anna@example.org"))
    await world.click(DOUBLE)
    await world.until(lambda: all(world.calls(phone) for phone in PHONES), 30)
    for secret in ("Marie", "Lilas", "3639980", "example.org", "Anna", "47.99", world.network.account.secret):
        assert secret not in world.log
