"""What the account can do is asked of the provider; what it does not say is no fault."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from hardware.simulated.network import Fault, Kind, Service, TelephoneNetwork
from hub.channels.account import Account
from hub.channels.twilio import TwilioLine
from hub.faults import Faults
from hub.means import Finding, Means
from tests.channels.conftest import account
from tests.moments import at
from tests.network.contract import check

CALLER, OTHER = "+33937000000", "+33123456789"
NOT_KNOWN = Finding(None)


class Bureau:
    """An account at the network, and the faults it makes."""

    def __init__(self, network: TelephoneNetwork, line: TwilioLine) -> None:
        self.network, self._line = network, line
        self.faults = Faults(lambda: at(0))

    async def look(self, **changes: str) -> Mapping[Means, Finding]:
        """With another `sender`, `caller` or `api_key_secret`."""
        self._line.account = replace(account(self.network.account, self.network.api_url), **changes)
        return await Account(self._line, 10).look(self.faults)

    def codes(self) -> set[str]:
        return {fault.code for fault in self.faults}


@pytest.fixture
def bureau(network: TelephoneNetwork, line: TwilioLine) -> Bureau:
    return Bureau(network, line)


async def test_an_account_in_order_is_no_fault_and_every_question_is_one_that_exists(bureau: Bureau) -> None:
    found = await bureau.look(sender=CALLER)
    assert {finding.ok for finding in found.values()} == {True}
    assert found[Means.BALANCE].said == "100.00 USD"
    assert bureau.codes() == set()
    check(bureau.network)


@pytest.mark.parametrize(("left", "ok", "empty"), [("10", True, False), ("9.99", False, False), ("-3.20", False, True)])
async def test_a_low_balance_is_a_fault_before_it_is_empty(bureau: Bureau, left: str, ok: bool, empty: bool) -> None:
    bureau.network.balance = left
    found = (await bureau.look())[Means.BALANCE]
    assert (found.ok, found.empty) == (ok, empty)
    assert (Means.BALANCE in bureau.codes()) is not ok
    bureau.network.balance = "50"
    await bureau.look()
    assert bureau.codes() == set()


@pytest.mark.parametrize("left", ["nan", "", "much"])
async def test_a_balance_that_makes_no_sense_is_not_known(bureau: Bureau, left: str) -> None:
    bureau.network.balance = left
    assert (await bureau.look())[Means.BALANCE] == NOT_KNOWN


async def test_refused_keys_are_one_fault_and_say_nothing_of_the_rest(bureau: Bureau) -> None:
    found = await bureau.look(api_key_secret="another", sender=CALLER)
    assert found.pop(Means.KEY).ok is False
    assert set(found.values()) == {NOT_KNOWN}
    assert bureau.codes() == {Means.KEY}


async def test_a_key_that_is_kept_from_the_balance_and_the_numbers_is_no_fault(bureau: Bureau) -> None:
    bureau.network.closed.update({"Balance", "IncomingPhoneNumbers"})
    found = await bureau.look(sender=CALLER)
    assert found == {
        Means.KEY: Finding(True),
        Means.BALANCE: NOT_KNOWN,
        Means.CALLER: NOT_KNOWN,
        Means.SENDER: NOT_KNOWN,
    }
    assert bureau.codes() == set()


async def test_a_key_that_may_not_even_see_messages_is_refused(bureau: Bureau) -> None:
    bureau.network.closed.add("Messages")
    assert (await bureau.look())[Means.KEY].ok is False


async def test_a_number_that_cannot_call_or_is_not_ours_is_a_fault(bureau: Bureau) -> None:
    bureau.network.numbers.add(OTHER, voice=False)
    for number in (OTHER, "+33123456788"):
        assert (await bureau.look(caller=number))[Means.CALLER].ok is False
    assert bureau.codes() == {Means.CALLER}


async def test_a_verified_number_of_somebody_may_call(bureau: Bureau) -> None:
    bureau.network.numbers.prove(OTHER)
    assert (await bureau.look(caller=OTHER))[Means.CALLER].ok
    check(bureau.network)


async def test_a_longer_number_that_holds_ours_is_another_one(bureau: Bureau) -> None:
    bureau.network.numbers.add(f"{OTHER}9")
    bureau.network.numbers.prove(f"{OTHER}8")
    assert (await bureau.look(caller=OTHER))[Means.CALLER].ok is False


async def test_a_number_that_cannot_text_is_a_fault_and_a_name_is_not_asked_about(bureau: Bureau) -> None:
    bureau.network.numbers.add(OTHER, sms=False)
    assert (await bureau.look(sender=OTHER))[Means.SENDER].ok is False
    assert bureau.codes() == {Means.SENDER}
    await bureau.look(sender="Centre")
    assert bureau.codes() == set()


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("kind", [Kind.RESET, Kind.HANG, Kind.GARBAGE, Kind.ERROR])
async def test_a_provider_that_does_not_answer_changes_nothing(bureau: Bureau, kind: Kind) -> None:
    bureau.network.balance = "1"
    await bureau.look()
    bureau.network.faults.add(Fault(Service.TWILIO, kind))
    found = await bureau.look(sender=CALLER)
    assert set(found.values()) == {NOT_KNOWN}
    assert bureau.codes() == {Means.BALANCE}
