"""Days of the hub's own SIM, good and bad: the whole hub, the real ModemManager, and a modem that is a program."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.modem.fakemodem import HOME, SEARCHING, FakeModem
from tests.modem.fakemodem import world as around
from tests.scenarios.evening import ANNA, KARIM, LUCIE, charged, until_charged
from tests.scenarios.mobile import Mobile
from tests.scenarios.world import DOUBLE, PHONES, SINGLE, World

pytestmark = pytest.mark.timeout(150)  # s; a busy machine is no failure


@pytest.fixture
async def mobile(outside: World, tmp_path: Path) -> AsyncIterator[Mobile]:
    if not shutil.which("ModemManager", path="/usr/sbin:/usr/bin"):
        pytest.skip("this needs Debian's package modemmanager")
    async with around(outside.bus, FakeModem(), tmp_path) as surroundings:
        yield Mobile(outside, surroundings)
        await outside.stop()


async def lock(mobile: Mobile, tries: int = 3) -> None:
    """Another SIM is put in, that asks for the PIN 2580."""
    await mobile.surroundings.unplug()
    mobile.modem.pin, mobile.modem.tries = "2580", tries
    await mobile.surroundings.plug()


async def test_a_sim_that_asks_for_its_pin(mobile: Mobile):
    """The SIM is locked, as after each power cut; the hub knows its PIN, and the internet is cut.

    She presses, and everybody has an SMS from the SIM.
    """
    await lock(mobile)
    await mobile.begin(pin="2580")
    await mobile.until_ready()
    mobile.cut_the_internet()
    await mobile.world.click(DOUBLE)
    await mobile.until_everybody_has_an_sms()
    assert mobile.modem.tries == 3


async def test_a_wrong_pin(mobile: Mobile):
    """Somebody gave the hub a PIN that is not this SIM's.

    It is tried once, also when the hub is started again: a third wrong one would lock the SIM for good. The
    technicians are told, and an alert goes by the internet as ever.
    """
    await lock(mobile)
    await mobile.begin(pin="0000")
    await mobile.until_told("pin_wrong")
    await mobile.world.stop()
    await mobile.world.start(HUB_HASTE="10")
    await mobile.until_told("pin_wrong")
    await mobile.world.click(DOUBLE)
    await mobile.world.until(mobile.world.all_told)
    assert (mobile.modem.tries, mobile.modem.outbox) == (2, [])


async def test_a_sim_that_asks_for_its_puk(mobile: Mobile):
    """Three wrong PINs were typed somewhere else. The hub leaves the SIM alone, says so, and alerts by the internet."""
    await lock(mobile, tries=0)
    await mobile.begin(pin="2580")
    await mobile.until_told("puk")
    await mobile.world.click(DOUBLE)
    await mobile.world.until(mobile.world.all_told)
    assert (mobile.modem.tries, mobile.modem.outbox) == (0, [])


async def test_no_coverage_and_then_it_is_back(mobile: Mobile):
    """Neither the internet nor the mobile network can be reached when she presses.

    The hub goes on trying both. When the mobile network is back, the SMS leave.
    """
    await mobile.begin()
    await mobile.until_ready()
    mobile.cut_the_internet()
    mobile.modem.set_network(SEARCHING)
    await mobile.until_seen("no_network")
    await mobile.world.click(DOUBLE)
    await mobile.world.until(lambda: _tried_in_vain(mobile, {"no_network"}))
    assert mobile.modem.outbox == []
    mobile.modem.set_network(HOME)
    await mobile.until_everybody_has_an_sms()


async def _tried_in_vain(mobile: Mobile, codes: set[str]) -> bool:
    return bool(codes & {attempt["code"] for attempt in await mobile.by_the_sim()})


async def test_the_modem_is_pulled_out_while_it_sends(mobile: Mobile):
    """The internet is cut. The modem has begun to send when somebody pulls it out; then it is plugged in again.

    Whether the first SMS left nobody knows: it is sent again, rather twice than never.
    """
    await mobile.begin()
    await mobile.until_ready()
    mobile.cut_the_internet()
    mobile.modem.hangs = True
    await mobile.world.click(SINGLE)
    await mobile.world.until(lambda: mobile.modem.tried)
    await mobile.surroundings.unplug()
    mobile.modem.hangs = False
    await mobile.until_seen("absent")
    await mobile.surroundings.plug()
    await mobile.until_everybody_has_an_sms()


async def test_a_modem_that_falls_silent(mobile: Mobile):
    """The modem looks registered, and answers nothing any more.

    The hub finds it out by asking, tells why, and an alert that goes by the internet is not held up by it.
    """
    await mobile.begin()
    await mobile.until_ready()
    mobile.modem.mute()
    await mobile.world.click(DOUBLE)
    await mobile.world.until(mobile.world.all_told)
    await mobile.until_told("silent")


async def test_a_sim_with_room_for_two(mobile: Mobile):
    """All five answer at once, and the SIM has room for two SMS. Each is read and deleted: all five are heard."""
    mobile.modem.capacity, mobile.modem.gap = 2, 0.2
    reference = await alert_without_internet(mobile)
    for phone in PHONES:
        mobile.modem.receive(phone, f"OK {reference}")
    await until_charged(mobile.world, "Anna", "Karim", "Lucie", "Paul", "Sofia")
    await mobile.world.until(lambda: not mobile.modem.stored)


async def test_three_answers_at_the_same_instant(mobile: Mobile):
    """ModemManager loses SMS that come at the same instant: the hub has it look again, and all three are heard."""
    mobile.modem.gap = 0.0
    reference = await alert_without_internet(mobile)
    for phone, word in ((ANNA, "OK"), (KARIM, "oui"), (LUCIE, "1")):
        mobile.modem.receive(phone, f"{word} {reference}")
    await until_charged(mobile.world, "Anna", "Karim", "Lucie")


async def test_an_answer_in_several_parts(mobile: Mobile):
    """Karim writes what fits into no single SMS, with the reference of the alert: he is in charge."""
    reference = await alert_without_internet(mobile)
    mobile.modem.receive(KARIM, f"{'Je suis à dix minutes, je pars tout de suite. ' * 4}{reference}")
    await until_charged(mobile.world, "Karim")


async def test_answers_count_only_where_that_was_switched_on(mobile: Mobile):
    """A sender can be forged. Where the home has not switched it on, the SMS is read, deleted, and moves nothing."""
    reference = await alert_without_internet(mobile, replies=False)
    mobile.modem.receive(ANNA, f"OK {reference}")
    await mobile.world.until(lambda: mobile.modem.waiting == [] and not mobile.modem.stored)
    assert await charged(mobile.world) == []


async def alert_without_internet(mobile: Mobile, *, replies: bool = True) -> str:
    """She has pressed, and everybody has an SMS from the SIM; its reference."""
    await mobile.begin(replies=replies)
    await mobile.until_ready()
    mobile.cut_the_internet()
    await mobile.world.click(SINGLE)
    await mobile.until_everybody_has_an_sms()
    return str((await mobile.world.incident())["id"])


async def test_a_right_that_is_missing(mobile: Mobile):
    """The rule that lets the hub use the modem was not installed: the hub says which one, in a sentence."""
    rule = "org.freedesktop.ModemManager1.Messaging"
    mobile.surroundings.polkit.refused.add(rule)
    await mobile.begin()
    await mobile.until_told("not_allowed:Messaging")
    (fault,) = [one for one in (await mobile.world.ask("status"))["faults"] if one["code"] == "modem"]
    (check,) = [one for one in (await mobile.world.ask("doctor"))["checks"] if one["name"] == "modem"]
    assert [rule in one["sentence"] for one in (fault, check)] == [True, True]


async def test_a_right_that_only_the_position_needs(mobile: Mobile):
    """Without the rule for it the hub does not know where it is: it says so, and every SMS leaves all the same."""
    rule = "org.freedesktop.ModemManager1.Location"
    mobile.surroundings.polkit.refused.add(rule)
    await mobile.begin()

    async def named() -> bool:
        return rule in (await mobile.world.ask("status"))["modem"]["sentence"]

    await mobile.world.until(named, 60)
    (check,) = [one for one in (await mobile.world.ask("doctor"))["checks"] if one["name"] == "modem"]
    assert (check["ok"], check["blocking"], rule in check["sentence"]) == (False, False, True)
    mobile.cut_the_internet()
    await mobile.world.click(SINGLE)
    await mobile.until_everybody_has_an_sms()
    assert "modem" not in await mobile.world.fault_codes()
