"""What the account at Twilio can do: its keys, its money, and its numbers. Asked now and then, never at an alert."""

import asyncio
from collections.abc import Awaitable, Mapping
from math import isfinite

from twilio.rest import Client

from hub.channels.twilio import TwilioLine
from hub.errors import DeliveryError
from hub.faults import Faults
from hub.means import Finding, Means

FEW = 20  # numbers that hold the one that is looked for


class Account:
    """`least`: the balance, in the account's currency, below which it is low."""

    def __init__(self, line: TwilioLine, least: float) -> None:
        self._line = line
        self._least = least

    @property
    def named(self) -> bool:
        """Whether SMS leave under a name, about which nobody can be asked."""
        return not self._line.account.sender.startswith("+")

    async def look(self, faults: Faults) -> Mapping[Means, Finding]:
        """Put and restore the fault of each; what cannot be asked changes nothing. Never raises."""
        asked = (self._keys(), self._balance(), self._caller(), self._sender())
        found = dict(zip(Means, await asyncio.gather(*map(_found, asked)), strict=True))
        for means, finding in found.items():
            if finding.ok is not None:
                faults.set(means.value, finding.ok, finding.said)
        return found

    async def _keys(self) -> Finding:
        """By what a key has to be able to do; a key may be kept from everything else."""
        try:
            await self._line.check()
        except DeliveryError as problem:
            return Finding(False, problem.code) if problem.status in (401, 403) else Finding(None)
        return Finding(True)

    async def _balance(self) -> Finding:
        left, currency = await self._line.ask(_left)
        return Finding(left >= self._least, f"{left:.2f} {currency}", empty=left <= 0)

    async def _caller(self) -> Finding:
        caller = self._line.account.caller
        return Finding(await self._line.ask(lambda client: _can(client, caller, "voice") or _verified(client, caller)))

    async def _sender(self) -> Finding:
        sender = self._line.account.sender
        return Finding(self.named or await self._line.ask(lambda client: _can(client, sender, "sms")))


async def _found(asked: Awaitable[Finding]) -> Finding:
    try:
        return await asked
    except DeliveryError:
        return Finding(None)


def _left(client: Client) -> tuple[float, str]:
    money = client.balance.fetch()
    left = float(money.balance)
    if not isfinite(left):
        raise ValueError("no amount")
    return left, str(money.currency)


def _can(client: Client, number: str, what: str) -> bool:
    """Whether the account owns this number, and it can do this ("voice" or "sms")."""
    owned = client.incoming_phone_numbers.list(phone_number=number, limit=FEW)
    return any(one.phone_number == number and one.capabilities[what] for one in owned)


def _verified(client: Client, number: str) -> bool:
    """Whether it is somebody's number that was proven to Twilio: it may call, and cannot be called back."""
    proven = client.outgoing_caller_ids.list(phone_number=number, limit=FEW)
    return any(one.phone_number == number for one in proven)
