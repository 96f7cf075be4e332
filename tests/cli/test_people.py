"""Contacts on the command line: what waits, and what was changed."""

import pytest

from tests.cli.conftest import SmallHub, Terminal
from tests.cli.test_commands import CONTACT


@pytest.mark.parametrize(
    ("due", "said"),
    [
        (None, "The contact c1 is removed."),
        ("2026-03-02T19:14:05Z", "The contact c1 is removed on 2026-03-0"),
    ],
)
def test_a_removal_says_when_it_takes_effect(hub: SmallHub, terminal: Terminal, due: str | None, said: str) -> None:
    hub.answers["contact remove"] = {"contact": CONTACT, "due": due}
    assert terminal.type("contact", "remove", "c1", "--unsafe").stdout.startswith(said)
    assert hub.asked == [{"command": "contact remove", "id": "c1", "unsafe": True, "answer_in": "en"}]


def test_what_waits_is_shown_confirmed_and_withdrawn(hub: SmallHub, terminal: Terminal) -> None:
    hub.answers["pending"] = {"pending": []}
    assert terminal.type("pending").stdout == "Nothing is waiting.\n"
    row = {"id": "p1", "contact": "c1", "name": "Anna", "what": "removal", "due": "2026-03-02T19:14:05Z"}
    hub.answers["pending"] = {"pending": [row]}
    assert "Anna     is removed" in terminal.type("pending").stdout
    terminal.type("pending", "confirm", "p1")
    terminal.type("pending", "withdraw", "p1")
    assert [one["command"] for one in hub.asked[-2:]] == ["pending confirm", "pending withdraw"]


def test_a_contact_is_changed_in_what_was_named(hub: SmallHub, terminal: Terminal) -> None:
    hub.answers["contact change"] = {"contact": CONTACT, "due": None}
    assert terminal.type("contact", "change", "c1", "--name", "Annie", "--consent").stdout
    assert hub.asked == [{"command": "contact change", "id": "c1", "name": "Annie", "consent": True, "answer_in": "en"}]
