"""The home as it is configured: who lives there, who is told, which buttons, what each gesture does.

Held in memory so that a press needs no disk; each change is checked, put in force, and written down.
"""

import asyncio
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from hub import messages, numbers, response
from hub.errors import Refusal
from hub.gesture import Kind
from hub.model import LANGUAGES, Button, Contact, Home, Technician, zone
from hub.response import Action, Response
from hub.store import Actions, Gone, Store
from hub.store.load import Loaded

T = TypeVar("T")
MOST_CONTACTS = 5
MOST_TECHNICIANS = 2
LONGEST_NAME = 40
PROTOCOLS = ("bthome",)
_ADDRESS = re.compile(r"[0-9A-F]{2}(:[0-9A-F]{2}){5}")


class Household:
    """`saved` is the future of the last change: done once it is on the disk."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.home = Home()
        self.contacts: dict[str, Contact] = {}
        self.technicians: dict[str, Technician] = {}
        self.buttons: dict[str, Button] = {}
        self.table: Mapping[Kind, Response] = response.DEFAULT
        self._actions: dict[Kind, frozenset[Action]] = {}  # what was chosen; the table follows from it
        self.saved: asyncio.Future[None] | None = None

    def load(self, loaded: Loaded) -> None:
        """Take up what the disk has; what was changed before it could be read stays changed."""
        self.home = loaded.home if self.home == Home() else self.home
        self.contacts = {c.id: c for c in loaded.contacts} | self.contacts
        self.technicians = {t.id: t for t in loaded.technicians} | self.technicians
        self.buttons = {b.id: b for b in loaded.buttons} | self.buttons
        stored = {kind: frozenset(actions) for kind, actions in loaded.actions.items()}
        self._choose(stored | self._actions)

    def facts(self) -> list[object]:
        """Everything there is, to fill a new file with."""
        people = [*self.contacts.values(), *self.technicians.values(), *self.buttons.values()]
        return [self.home, *people, *(Actions(kind, actions) for kind, actions in self._actions.items())]

    def button_at(self, address: str) -> Button | None:
        return next((b for b in self.buttons.values() if b.address == address), None)

    # Changes. Each raises Refusal, having changed nothing.

    def set_home(self, changes: Mapping[str, str]) -> Home:
        """Keys: name, address, position ("LAT,LON", "" for none), language, timezone."""
        home = self.home
        for key, text in changes.items():
            home = replace(home, **{key: _HOME[key](text)})  # type: ignore[arg-type]
        if excess := messages.overflow(home):
            raise Refusal("home_too_long", units=excess)
        self.home = home
        self._save(home)
        return home

    def set_response(self, gesture: str, actions: Iterable[str]) -> Mapping[Kind, Response]:
        kind = kind_of(gesture)
        wanted = response.chosen(actions)
        self._choose({**self._actions, kind: wanted})
        self._save(Actions(kind, wanted))
        return self.table

    def add_contact(self, name: str, phone: str, email: str = "", language: str = "") -> Contact:
        person = self._person(name, phone, email, language)
        if len(self.contacts) >= MOST_CONTACTS:
            raise Refusal("sixth_contact")
        contact = Contact(_new_id("c", self.contacts), *person)
        self.contacts[contact.id] = contact
        self._save(contact)
        return contact

    def remove_contact(self, id: str) -> Contact:
        return self._removed(self.contacts, "contacts", id, "unknown_contact")

    def add_technician(self, name: str, phone: str, email: str = "", language: str = "") -> Technician:
        person = self._person(name, phone, email, language)
        if len(self.technicians) >= MOST_TECHNICIANS:
            raise Refusal("third_technician")
        technician = Technician(_new_id("t", self.technicians), *person)
        self.technicians[technician.id] = technician
        self._save(technician)
        return technician

    def remove_technician(self, id: str) -> Technician:
        return self._removed(self.technicians, "technicians", id, "unknown_technician")

    def add_button(self, address: str, name: str = "", protocol: str = "bthome", worn: bool = True) -> Button:
        address = address.strip().upper().replace("-", ":")
        if not _ADDRESS.fullmatch(address):
            raise Refusal("invalid_button_address", address=address)
        if protocol not in PROTOCOLS:
            raise Refusal("unknown_protocol", protocol=protocol)
        if self.button_at(address):
            raise Refusal("duplicate_button", address=address)
        button = Button(_new_id("b", self.buttons), address, _short(name), protocol, worn)
        self.buttons[button.id] = button
        self._save(button)
        return button

    def remove_button(self, id: str) -> Button:
        return self._removed(self.buttons, "buttons", id, "unknown_button")

    def counted(self, address: str, counter: int | None) -> Button | None:
        """The button with its new counter; written by the press's own transaction, not here."""
        button = self.button_at(address)
        if button is None or counter is None:
            return button
        button = self.buttons[button.id] = replace(button, counter=counter)
        return button

    def _choose(self, actions: dict[Kind, frozenset[Action]]) -> None:
        self._actions = actions
        self.table = response.with_actions(response.DEFAULT, actions)

    def _removed(self, kept: dict[str, T], table: str, id: str, unknown: str) -> T:
        one = kept.pop(id, None)
        if one is None:
            raise Refusal(unknown, id=id)
        self._save(Gone(table, id))
        return one

    def _person(self, name: str, phone: str, email: str, language: str) -> tuple[str, str, str, str]:
        number = numbers.phone(phone)
        everyone: list[Contact | Technician] = [*self.contacts.values(), *self.technicians.values()]
        if twin := next((p for p in everyone if p.phone == number), None):
            raise Refusal("duplicate_contact", name=twin.name)
        if not name.strip():
            raise Refusal("name_missing")
        mail = numbers.email(email) if email.strip() else ""
        return _short(name), number, mail, _language(language or self.home.language)

    def _save(self, *facts: object) -> None:
        self.saved = self._store.put_configuration(*facts)


def kind_of(gesture: str) -> Kind:
    try:
        return Kind(gesture)
    except ValueError:
        raise Refusal("unknown_gesture", gesture=gesture) from None


def _new_id(prefix: str, taken: Mapping[str, object]) -> str:
    return next(id for _ in iter(int, 1) if (id := f"{prefix}{secrets.token_hex(2)}") not in taken)


def _short(name: str) -> str:
    name = " ".join(name.split())
    if len(name) > LONGEST_NAME:
        raise Refusal("name_too_long", limit=LONGEST_NAME)
    return name


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _language(text: str) -> str:
    if text not in LANGUAGES:
        raise Refusal("invalid_language", language=text)
    return text


def _timezone(text: str) -> str:
    if zone(text) is None:
        raise Refusal("invalid_timezone", timezone=text)
    return text


def _position(text: str) -> tuple[float, float] | None:
    if not text.strip():
        return None
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError:
        raise Refusal("invalid_position", position=text) from None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise Refusal("invalid_position", position=text)
    return round(latitude, 6), round(longitude, 6)


_HOME = {
    "name": _short,
    "address": _one_line,
    "position": _position,
    "language": _language,
    "timezone": _timezone,
}
