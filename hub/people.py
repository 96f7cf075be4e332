"""The people of a home: contacts, who are told of alerts, and technicians, who are told of faults."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from typing import TypeVar

from hub import numbers, typed
from hub.errors import Refusal
from hub.model import Contact, Home, Technician
from hub.store import Gone, Order, Store

T = TypeVar("T")
MOST_CONTACTS = 5
MOST_TECHNICIANS = 2


class People:
    """`saved` is the future of the last change: done once it is on the disk. A change raises Refusal, having changed
    nothing.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.home = Home()
        self.contacts: dict[str, Contact] = {}
        self.technicians: dict[str, Technician] = {}
        self.gone: set[str] = set()  # contacts who were removed since the start
        self.saved: asyncio.Future[None] | None = None

    def add_contact(self, name: str, phone: str, email: str = "", language: str = "") -> Contact:
        person = self._person(name, phone, email, language)
        if len(self.contacts) >= MOST_CONTACTS:
            raise Refusal("sixth_contact")
        contact = Contact(new_id("c", self.contacts), *person)
        self.contacts[contact.id] = contact
        self._save(contact)
        return contact

    def contact(self, id: str) -> Contact:
        if id not in self.contacts:
            raise Refusal("unknown_contact", id=id)
        return self.contacts[id]

    def changed(self, id: str, changes: Mapping[str, str]) -> Contact:
        """The contact as these changes of name, phone, email and language would make it; nothing is changed yet."""
        contact = self.contact(id)
        wanted = {key: changes.get(key, getattr(contact, key)) for key in ("name", "phone", "email", "language")}
        others = [one for one in self._everyone() if one.id != id]
        return Contact(id, *self._person(**wanted, among=others), consent=contact.consent)

    def put_contact(self, contact: Contact) -> None:
        """In the place of the one with its id."""
        self.contacts[contact.id] = contact
        self._save(contact)

    def order_contacts(self, ids: Sequence[str]) -> None:
        if sorted(ids) != sorted(self.contacts):
            raise Refusal("not_all_contacts")
        self.contacts = {id: self.contacts[id] for id in ids}
        self._save(Order(tuple(ids)))

    def remove_contact(self, id: str) -> Contact:
        contact = self._removed(self.contacts, "contacts", id, "unknown_contact")
        self.gone.add(id)
        return contact

    def add_technician(self, name: str, phone: str, email: str = "", language: str = "") -> Technician:
        person = self._person(name, phone, email, language)
        if len(self.technicians) >= MOST_TECHNICIANS:
            raise Refusal("third_technician")
        technician = Technician(new_id("t", self.technicians), *person)
        self.technicians[technician.id] = technician
        self._save(technician)
        return technician

    def remove_technician(self, id: str) -> Technician:
        return self._removed(self.technicians, "technicians", id, "unknown_technician")

    def _everyone(self) -> list[Contact | Technician]:
        return [*self.contacts.values(), *self.technicians.values()]

    def _person(
        self, name: str, phone: str, email: str, language: str, among: Sequence[Contact | Technician] | None = None
    ) -> tuple[str, str, str, str]:
        """`among`: whose number it must not be; everyone's if None."""
        number = numbers.phone(phone)
        others = self._everyone() if among is None else among
        if twin := next((p for p in others if p.phone == number), None):
            raise Refusal("duplicate_contact", name=twin.name)
        if not name.strip():
            raise Refusal("name_missing")
        mail = numbers.email(email) if email.strip() else ""
        return typed.short_name(name), number, mail, typed.language(language or self.home.language)

    def _removed(self, kept: dict[str, T], table: str, id: str, unknown: str) -> T:
        one = kept.pop(id, None)
        if one is None:
            raise Refusal(unknown, id=id)
        self._save(Gone(table, id))
        return one

    def _save(self, *facts: object) -> None:
        self.saved = self._store.put_configuration(*facts)


def new_id(prefix: str, taken: Mapping[str, object]) -> str:
    return next(id for _ in iter(int, 1) if (id := f"{prefix}{secrets.token_hex(2)}") not in taken)
