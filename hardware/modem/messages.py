"""SMS as ModemManager keeps them: what came in, and what became of what went out. Each is deleted once it is known."""

import hashlib
import logging
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from dbus_fast import Variant

from hardware.modem.manager import ABSENT, MODEM, SMS, Manager, ModemFault
from hub.ports import How, Incoming, Progress, Receipt

log = logging.getLogger(__name__)

_MESSAGING = f"{MODEM}.Messaging"
_RECEIVED = 3  # MMSmsState
_DELIVER, _REPORT = 1, 3  # MMSmsPduType
_TEMPORARY, _PERMANENT = 0x20, 0x40  # TP-Status, 3GPP TS 23.040: from here on it is tried again, and not any more
_RECEIPTS = 1000

Hear = Callable[[Incoming], None]


class Messages:
    """Of one modem after the other. `waiting`: since when, in loop time, each message lacks its last part."""

    def __init__(self) -> None:
        self.waiting: dict[str, float] = {}
        self._ours: set[str] = set()  # what was made to be sent
        self._told: set[str] = set()  # and could not be deleted yet
        self._ids: dict[int, str] = {}  # by the network's reference, which begins again after 255
        self._receipts: dict[str, Receipt] = {}
        self._early: dict[int, Receipt] = {}  # reports that overtake what they report on

    def receipt(self, id: str) -> Receipt | None:
        return self._receipts.get(id)

    async def send(self, manager: Manager, modem: str, number: str, text: str, timeout: float) -> str:
        """An id, once it is accepted. Raises ModemFault."""
        path = await self._make(manager, modem, number, text)
        self._early.clear()
        try:
            await manager.call(path, SMS, "Send", timeout=timeout)
            reference = (await manager.facts(path, SMS)).get("MessageReference", 0)
            await self._forget(manager, modem, path)
        finally:
            self._ours.discard(path)
        return self._accepted(int(reference))

    async def rehearse(self, manager: Manager, modem: str) -> None:
        """Make an SMS and throw it away: that takes the rights that an alert will take. Raises ModemFault."""
        path = await self._make(manager, modem, "0", "0")
        await self._forget(manager, modem, path)
        self._ours.discard(path)

    async def _make(self, manager: Manager, modem: str, number: str, text: str) -> str:
        wanted = {"number": Variant("s", number), "text": Variant("s", text), "delivery-report-request": _YES}
        path = str(await manager.call(modem, _MESSAGING, "Create", "a{sv}", wanted))
        self._ours.add(path)
        return path

    async def take(self, manager: Manager, modem: str, hear: Hear, now: float, *, waited: bool) -> bool:
        """Whether a message came in; `waited`: as in Incoming. Raises ModemFault, also for a right that is missing."""
        paths = await manager.call(modem, _MESSAGING, "List")
        self.waiting = {path: since for path, since in self.waiting.items() if path in paths}
        self._told &= set(paths)
        heard = [await self._take(manager, modem, path, hear, now, waited) for path in paths if path not in self._ours]
        return any(heard)

    async def _take(self, manager: Manager, modem: str, path: str, hear: Hear, now: float, waited: bool) -> bool:
        try:
            facts = await manager.facts(path, SMS)
        except ModemFault as fault:
            if fault.code == ABSENT:  # it was sent and deleted since it was listed
                return False
            raise
        kind, whole = facts["PduType"], facts["State"] == _RECEIVED
        if kind == _DELIVER and not whole:
            self.waiting.setdefault(path, now)
            return False
        news = path not in self._told
        self._told.add(path)
        if news and kind == _DELIVER:
            hear(_incoming(facts, waited=waited))
        elif news and kind == _REPORT:
            self._report(int(facts["MessageReference"]), _receipt(int(facts["DeliveryState"])))
        await self._forget(manager, modem, path)
        return bool(news and kind == _DELIVER)

    async def _forget(self, manager: Manager, modem: str, path: str) -> None:
        """A full storage takes no more answers. What could not be deleted is there at the next look."""
        try:
            await manager.call(modem, _MESSAGING, "Delete", "o", path, timeout=10.0)
        except ModemFault as problem:
            log.warning("an SMS stays in the modem: %s", problem.code)

    def _accepted(self, reference: int) -> str:
        id = f"{reference}-{secrets.token_hex(6)}"
        self._ids[reference] = id
        self._receipts[id] = self._early.pop(reference, Receipt(Progress.WAITING))
        while len(self._receipts) > _RECEIPTS:
            del self._receipts[next(iter(self._receipts))]
        return id

    def _report(self, reference: int, receipt: Receipt) -> None:
        id = self._ids.get(reference)
        if id in self._receipts and self._receipts[id].progress is Progress.WAITING:
            self._receipts[id] = receipt
        else:
            self._early[reference] = receipt


_YES = Variant("b", True)


def _incoming(facts: dict[str, Any], *, waited: bool) -> Incoming:
    sender, text, stamp = str(facts["Number"]), str(facts["Text"]), str(facts["Timestamp"])
    source = hashlib.sha256(f"{sender}\0{stamp}\0{text}".encode()).hexdigest()[:16]
    return Incoming(source, sender, datetime.now(UTC), How.SMS, text, waited=waited)


def _receipt(status: int) -> Receipt:
    if status < _TEMPORARY:
        return Receipt(Progress.DELIVERED)
    if status < _PERMANENT:
        return Receipt(Progress.WAITING)
    return Receipt(Progress.UNDELIVERED, f"sms-{status:02x}")
