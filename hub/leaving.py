"""Contacts who are removed, or get another number: they hear of it at once, and it happens later.

So nobody who has the page for a minute takes a person's help away, and a mistake is seen in time.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from hub.errors import Refusal
from hub.faults import Faults
from hub.household import Household
from hub.model import Contact, Moment, Technician
from hub.notices import Notice, Notices
from hub.page.changes import Change, Kind
from hub.page.gate import Gate
from hub.page.visits import What
from hub.store import Gone, Store
from hub.texts import sentence

log = logging.getLogger(__name__)


class Leaving:
    """`busy`: whether an incident is open: until it is over, whoever is told of it stays."""

    def __init__(
        self,
        household: Household,
        gate: Gate,
        store: Store,
        faults: Faults,
        notices: Notices,
        clock: Callable[[], Moment],
        busy: Callable[[], bool],
    ) -> None:
        self._household = household
        self._gate = gate
        self._store = store
        self._faults = faults
        self._notices = notices
        self._clock = clock
        self._busy = busy
        self._on_the_way: set[str] = set()  # changes whose contact is being told
        self.saved: asyncio.Future[None] | None = None  # done once the last change of these is on the disk

    def ask(self, change: Change, by: str, *, now: bool) -> datetime | None:
        """When it takes effect, or as soon after that as no incident is open; None: it has. On a hub that is not set up
        yet that is at once, and nobody is told. Raises Refusal.
        """
        contact = self._household.contact(change.contact)
        if self._gate.window.fresh:
            self._apply(change)
            return None
        self._gate.note(What.REMOVAL, by, contact.id)
        if now and not self._busy():
            self._apply(change)
            self._tell_of(change, contact, None)
            return None
        if now:
            change = self._ripe(change)
            for older in self._gate.changes.of(contact.id):  # only this was wanted at once
                self._forget(older)
        change, merged = self._gate.changes.ask(change)
        self.saved = self._store.put_configuration(*(Gone("pending_changes", one.id) for one in merged), change)
        self._tell_of(change, contact, self.due(change))
        return self.due(change)

    def asked(self, before: Contact, kind: Kind, after: Contact | None = None, *, unsafe: bool) -> Change:
        """`after`: the contact as it is to be; who gets another number may be somebody else, so that name and language
        wait with it. `unsafe`: the contact must not be told. Raises Refusal: whoever is to be removed gets no other
        number.
        """
        if kind is Kind.CHANGE and any(one.kind is Kind.REMOVAL for one in self._gate.changes.of(before.id)):
            raise Refusal("removal_waits")
        change = Change(f"p{secrets.token_hex(3)}", before.id, kind, self._clock(), told=unsafe)
        if after is None:
            return change
        if after.email != before.email:
            change = replace(change, email=after.email)
        if after.phone == before.phone:
            return change
        name = after.name if after.name != before.name else ""
        language = after.language if after.language != before.language else ""
        return replace(change, phone=after.phone, name=name, language=language)

    def named(self, before: Contact, after: Contact) -> None:
        """It has another name or language now: what waits must not undo it."""
        for change in self._gate.changes.of(before.id):
            name = change.name if after.name == before.name else ""
            language = change.language if after.language == before.language else ""
            self._gate.changes.waiting[change.id] = plain = replace(change, name=name, language=language)
            self.saved = self._store.put_configuration(plain)

    def due(self, change: Change) -> datetime:
        return change.asked.utc + timedelta(seconds=self._gate.changes.delay)

    def confirm(self, id: str, by: str) -> datetime | None:
        """It takes effect now, which is None, or once no incident is open. Raises Refusal."""
        change, due = self._waiting(id), None
        if self._busy():
            self._gate.changes.waiting[id] = ripe = self._ripe(change)
            self.saved = self._store.put_configuration(ripe)
            due = self.due(ripe)
        else:
            self._apply(change)
        self._gate.note(What.CONFIRMED, by, change.contact)
        return due

    def _ripe(self, change: Change) -> Change:
        """Due now, whenever it was asked for."""
        now, delay = self._clock(), self._gate.changes.delay
        return replace(change, asked=Moment(now.mono - delay, now.utc - timedelta(seconds=delay)))

    def withdraw(self, id: str, by: str) -> None:
        """Raises Refusal."""
        change = self._waiting(id)
        self._forget(change)
        self._gate.note(What.WITHDRAWN, by, change.contact)

    async def look(self) -> None:
        """What is due takes effect, and who has not been told yet is; call it every minute."""
        for change in self._gate.changes.due(self._clock(), busy=self._busy()):
            contact = self._household.contacts.get(change.contact)
            try:
                self._apply(change)
                self._gate.note(What.CONFIRMED, "", change.contact)
                if contact and not change.told and change.id not in self._on_the_way:  # the hub was off meanwhile
                    self._tell(change, contact, None)
            except Refusal as refusal:  # the number became another contact's meanwhile, say
                log.warning("a change that was due cannot be made any more: %s", refusal.key)
                self._give_up(change, contact)
        for change in self._gate.changes.waiting.values():
            contact = self._household.contacts.get(change.contact)
            if contact and not change.told and change.id not in self._on_the_way:
                self._tell(change, contact, self.due(change))

    def _give_up(self, change: Change, contact: Contact | None) -> None:
        self._forget(change)
        self._gate.note(What.WITHDRAWN, "", change.contact)
        if contact:
            for technician in self._household.technicians.values():
                self._say(change, technician, "technician_change_refused", "", contact.id)

    def _waiting(self, id: str) -> Change:
        if id not in self._gate.changes.waiting:
            raise Refusal("unknown_change", id=id)
        return self._gate.changes.waiting[id]

    def _apply(self, change: Change) -> None:
        if change.kind is Kind.REMOVAL:
            self._remove(change.contact)
        else:
            self._change(change)
        for other in self._gate.changes.of(change.contact):  # an older one must not undo it a day later
            self._forget(other)

    def _change(self, change: Change) -> None:
        wanted = {"phone": change.phone, "name": change.name, "language": change.language}
        wanted = {key: new for key, new in wanted.items() if new}
        email = {} if change.email is None else {"email": change.email}
        contact = self._household.changed(change.contact, wanted | email)
        if change.phone:
            contact = replace(contact, consent=None)
        self._household.put_contact(contact)

    def _remove(self, contact: str) -> None:
        self._household.remove_contact(contact)
        for code in [fault.code for fault in self._faults if fault.code.endswith(f":{contact}")]:
            self._faults.restore(code)

    def _forget(self, change: Change) -> None:
        if self._gate.changes.waiting.pop(change.id, None) is not None:
            self.saved = self._store.put_configuration(Gone("pending_changes", change.id))

    # What people are told.

    def _tell_of(self, change: Change, contact: Contact, due: datetime | None) -> None:
        for technician in self._household.technicians.values():
            self._add(change, technician, "technician", due, contact.id)
        if not change.told:
            self._tell(change, contact, due)

    def _tell(self, change: Change, contact: Contact, due: datetime | None) -> None:
        self._on_the_way.add(change.id)
        self._add(change, contact, "contact", due, contact.id, lambda: self._told(change.id))

    def _add(
        self,
        change: Change,
        person: Contact | Technician,
        whose: str,
        due: datetime | None,
        contact: str,
        taken: Callable[[], None] = lambda: None,
    ) -> None:
        time = f"{self._household.home.local(due):%d/%m %H:%M}" if due else ""
        self._say(change, person, f"{whose}_{change.kind}{'' if due else '_now'}", time, contact, taken)

    def _say(
        self,
        change: Change,
        person: Contact | Technician,
        key: str,
        time: str,
        contact: str,
        taken: Callable[[], None] = lambda: None,
    ) -> None:
        box = self._household.box
        text = sentence(person.language, "notices", key, box=box, time=time, id=contact)
        self._notices.add(Notice(f"{box}-{change.id}", box, person, text, self._clock().mono, taken))

    def _told(self, id: str) -> None:
        self._on_the_way.discard(id)
        change = self._gate.changes.waiting.get(id)
        if change is not None:
            self._gate.changes.waiting[id] = told = replace(change, told=True)
            self.saved = self._store.put_configuration(told)
