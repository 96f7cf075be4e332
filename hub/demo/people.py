"""The home of the demo. Its numbers are from the range that the French regulator keeps for fiction."""

from collections.abc import Mapping
from typing import Any

from hub.client import Client

HOME: Mapping[str, str] = {
    "name": "Marie",
    "address": "12 rue des Lilas, 29000 Quimper",
    "position": "47.9960,-4.1024",
    "language": "fr",
    "timezone": "Europe/Paris",
}
CONTACTS: tuple[Mapping[str, str], ...] = (
    {"name": "Anna", "phone": "+33639980001", "email": "anna@example.org", "language": "fr"},
    {"name": "Karim", "phone": "+33639980002", "email": "karim@example.org", "language": "fr"},
    {"name": "Lucie", "phone": "+33639980003", "email": "lucie@example.org", "language": "fr"},
    {"name": "Paul", "phone": "+33639980004", "email": "paul@example.org", "language": "en"},
    {"name": "Sofia", "phone": "+33639980005", "email": "sofia@example.org", "language": "fr"},
)
BUTTON: Mapping[str, Any] = {"address": "02:00:00:00:00:01", "name": "Marie", "worn": True}


def move_in(client: Client) -> None:
    """Fill what is empty, once: a home that has a name was begun and keeps what it has."""
    if client.ask("home")["home"]["name"]:
        return
    if not client.ask("contacts")["contacts"]:
        for contact in CONTACTS:
            client.ask("contact add", **contact)
    if not client.ask("buttons")["buttons"]:
        client.ask("button add", **BUTTON)
    client.ask("home set", **HOME)
