"""A contact who gets another number, address or name: what waits, and what neither undoes nor swallows what."""

import pytest

from hub.gesture import Gesture
from hub.incident import End
from hub.ports import Press
from tests.page.conftest import ANNA, NEW, House, anna, contacts


async def found(house: House, id: str) -> dict[str, str | None]:
    """Name, number, address, language and whether there is a consent."""
    (one,) = [one for one in (await house.root("contacts"))["contacts"] if one["id"] == id]
    return {**{key: one[key] for key in ("name", "phone", "email", "language")}, "consent": one["consent"] and "yes"}


@pytest.mark.parametrize("values", [{"now": True}, {"then": "pending confirm"}])
@pytest.mark.parametrize("command", ["contact remove", "contact change"])
async def test_nor_does_what_is_wanted_at_once_take_effect_before_it_is_over(home: House, command: str, values):
    id = await anna(home)
    before, number = await contacts(home), {"phone": NEW} if command == "contact change" else {}
    home.hub.alerting.press(Gesture(2), Press("", Gesture(2), 0.0))
    answer = await home.root(command, id=id, now=values.get("now", False), **number)
    (waiting,) = (await home.root("pending"))["pending"]
    if then := values.get("then"):
        answer = await home.root(then, id=waiting["id"])
    assert answer["due"] == "2026-11-23T19:14:00.000Z"
    await home.minute()
    await home.again()
    await home.minute(2)
    assert await contacts(home) == before
    home.hub.alerting.resolve(home.hub.alerting.incident.id, End.REAL)
    await home.minute()
    assert (await contacts(home)).get("Anna") == number.get("phone")
    assert len(home.texts(ANNA)) == 1


async def test_somebody_else_in_a_contacts_place_waits_whole_and_has_agreed_to_nothing_yet(home: House):
    id = await anna(home)
    await home.root("contact change", id=id, consent=True)
    before = await found(home, id)
    assert before["consent"]
    other = {"name": "Carla", "phone": "06 39 98 00 09", "email": "", "language": "en"}
    await home.root("contact change", id=id, **other)
    assert await found(home, id) == before
    (waiting,) = (await home.root("pending"))["pending"]
    assert (waiting["what"], waiting["phone"], waiting["email"]) == ("change", NEW, "")
    await home.minute()
    assert "autre numéro" in home.texts(ANNA)[0]
    await home.again()
    await home.minute(25)
    assert await found(home, id) == {**other, "phone": NEW, "consent": None}


async def test_another_name_alone_does_not_wait_and_is_not_undone(home: House):
    id = await anna(home)
    await home.root("contact change", id=id, name="Carla", phone=NEW)
    await home.root("contact change", id=id, name="Annie", consent=True)
    assert (await found(home, id))["name"] == "Annie"
    await home.again()
    await home.minute(25)
    assert (await found(home, id))["name"] == "Annie"


async def test_another_language_alone_leaves_the_name_that_waits(home: House):
    id = await anna(home)
    await home.root("contact change", id=id, name="Carla", phone=NEW)
    await home.root("contact change", id=id, language="en")
    await home.minute(25)
    assert ((await found(home, id))["name"], (await found(home, id))["language"]) == ("Carla", "en")


async def test_a_number_that_waits_does_not_come_sooner_by_an_address_that_is_wanted_at_once(home: House):
    id = await anna(home)
    await home.root("contact change", id=id, phone=NEW)
    home.hub.alerting.press(Gesture(2), Press("", Gesture(2), 0.0))
    await home.root("contact change", id=id, email="new@example.org", now=True)
    home.hub.alerting.resolve(home.hub.alerting.incident.id, End.REAL)
    await home.minute()
    assert ((await found(home, id))["phone"], (await found(home, id))["email"]) == (ANNA, "new@example.org")


async def test_another_address_alone_takes_nobodys_consent(home: House):
    id = await anna(home)
    await home.root("contact change", id=id, name="Annie", email="new@example.org", consent=True)
    assert (await found(home, id))["name"] == "Annie"
    await home.minute(25)
    assert ((await found(home, id))["email"], (await found(home, id))["consent"]) == ("new@example.org", "yes")


async def test_a_consent_that_comes_with_a_number_at_once_is_the_new_ones(home: House):
    id = await anna(home)
    await home.root("contact change", id=id, consent=True)
    await home.root("contact change", id=id, phone=NEW, now=True)
    assert (await found(home, id))["consent"] is None
    await home.root("contact change", id=id, phone=ANNA, consent=True, now=True)
    assert (await found(home, id))["consent"]


async def test_what_is_done_now_is_not_undone_by_what_was_asked_before(home: House):
    id = await anna(home)
    await home.root("contact change", id=id, phone="+33639980088")
    await home.root("contact change", id=id, phone=NEW, now=True)
    assert (await home.root("pending"))["pending"] == []
    await home.again()
    await home.minute(25)
    assert (await contacts(home))["Anna"] == NEW


async def test_an_address_that_is_asked_for_after_a_number_waits_with_it(home: House):
    id = await anna(home)
    await home.root("contact change", id=id, phone=NEW)
    home.seconds += 3600.0
    answer = await home.root("contact change", id=id, email="new@example.org")
    (waiting,) = (await home.root("pending"))["pending"]
    assert (waiting["phone"], waiting["email"], waiting["due"]) == (NEW, "new@example.org", answer["due"])
    await home.again()
    await home.minute(25)
    (found,) = [one for one in (await home.root("contacts"))["contacts"] if one["id"] == id]
    assert (found["phone"], found["email"]) == (NEW, "new@example.org")


async def test_a_number_that_is_asked_for_again_takes_the_earlier_ones_place(home: House):
    id = await anna(home)
    for phone in (NEW, "+33639980088"):
        await home.root("contact change", id=id, phone=phone)
    assert [one["phone"] for one in (await home.root("pending"))["pending"]] == ["+33639980088"]


async def test_a_removal_is_not_swallowed_by_another_number(home: House):
    id = await anna(home)
    await home.root("contact remove", id=id)
    for values in ({"phone": NEW}, {"email": "new@example.org"}, {"phone": NEW, "now": True}):
        asked = home.root("contact change", id=id, name="Other", **values)
        assert await home.refused(asked) == "removal_waits"
    assert "Anna" in await contacts(home)
    await home.again()
    await home.minute(25)
    assert set(await contacts(home)) == {"Bea"}


async def test_a_removal_takes_the_place_of_another_number(home: House):
    id = await anna(home)
    await home.root("contact change", id=id, phone=NEW)
    await home.root("contact remove", id=id)
    await home.again()
    assert [one["what"] for one in (await home.root("pending"))["pending"]] == ["removal"]
