"""Who may open the page, what waits and who came: on the disk, and back."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hub.incident import End, end
from hub.model import Contact
from hub.page.changes import Change, Kind
from hub.page.codes import Code, Holder, Recipe
from hub.page.tries import Tries
from hub.page.visits import MOST, Visit, What
from hub.store import Feigned, Finished, Gone, Order, Presence
from hub.store.page import LoadedPage
from tests.moments import at
from tests.store.test_store import ANNA, INCIDENT, loaded

CHANGE = Change("p1", "c1", Kind.CHANGE, at(0), phone="+33639980009", email="", told=True, name="Zoé", language="en")
CODES = [Code(Holder.TECHNICIAN, bytes(32)), Code(Holder.WEARER, bytes(range(32)))]
TRIES = Tries(4, at(0), 2, at(0))
VISIT = Visit(at(0), What.LOGIN, "technician")


async def test_nothing_was_set_up_in_a_new_store(store):
    assert (await loaded(store)).page == LoadedPage()


async def test_everything_of_the_page_comes_back_as_it_was_put(store):
    recipe = Recipe(b"0123456789abcdef", 3, 8192, 2)
    await store.put_configuration(recipe, *CODES, CHANGE, Presence(True), Finished())
    await store.put(TRIES, VISIT)
    assert (await loaded(store)).page == LoadedPage(recipe, CODES, [CHANGE], TRIES, [VISIT], True, True)
    await store.put_configuration(Gone("pending_changes", "p1"), Presence(False))
    page = (await loaded(store)).page
    assert (page.changes, page.lives_here) == ([], False)


async def test_the_newest_two_hundred_visits_are_kept_the_newest_first(store):
    await store.put(*(Visit(at(0), What.REFUSED, detail=str(n)) for n in range(MOST + 7)))
    details = [visit.detail for visit in (await loaded(store)).page.visits]
    assert details == [str(n) for n in reversed(range(7, MOST + 7))]


async def test_contacts_come_back_in_the_order_that_was_chosen_and_new_ones_last(store):
    bea, carl = Contact("c2", "Bea", "+33639980002"), Contact("c3", "Carl", "+33639980003")
    agreed = Contact("c4", "Dora", "+33639980004", consent=datetime(2026, 11, 23, tzinfo=UTC))
    await store.put_configuration(ANNA, bea, carl, Order(("c3", "c1", "c2")))
    await store.put_configuration(agreed, bea)
    assert (await loaded(store)).contacts == [carl, ANNA, bea, agreed]


@pytest.mark.parametrize("wrong", ["digest = x'00'", "holder = 'cat'"])
async def test_a_code_that_makes_no_sense_opens_nothing_and_keeps_no_other_back(store, wrong):
    await store.put_configuration(*CODES)
    await store.execute((f"UPDATE codes SET {wrong} WHERE holder = 'wearer'", ()))
    found = await loaded(store)
    assert (found.page.codes, found.unreadable) == (CODES[:1], 1)


async def test_an_end_that_was_feigned_comes_back_and_goes_with_its_incident(store):
    shown, _ = end(INCIDENT, End.FALSE_ALARM, at(30))
    await store.put(INCIDENT, Feigned(shown))
    (found,) = (await loaded(store, 60)).page.feigned
    assert found == replace(
        shown, pressed=at(0), sounded=None, records=False, room="", code="", told=None, called=None, checked=None
    )
    await store.put(end(INCIDENT, End.REAL, at(40))[0])
    await store.forget(at(50).utc)
    assert (await loaded(store)).page.feigned == []
