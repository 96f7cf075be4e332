"""How often somebody may try a code, whatever they do in between."""

import pytest

from hub.control import page as commands
from hub.page.tries import MOST
from hub.page.window import LASTS
from tests.page.conftest import CODES, House


async def test_tries_are_counted_before_anybody_knows_whether_they_are_right(house: House):
    await house.root("page open")
    for _ in range(3):
        await house.page("page try")
    assert await house.refused(house.page("page try")) == "too_many_tries"
    assert (await house.page("page"))["wait"] == 2.0
    house.seconds = 1.97
    assert (await house.page("page"))["wait"] == 0.1
    house.seconds = 2.0
    await house.page("page try")


async def test_no_more_than_thirteen_tries_in_a_window_and_the_pauses_last_beyond_it(house: House):
    await house.root("page open")
    made = 0
    while house.seconds < LASTS:
        while not (await house.page("page"))["wait"] and house.seconds < LASTS:
            assert await house.refused(house.try_code("000000")) == "wrong_code"
            made += 1
        house.seconds += 1.0
    assert 10 <= made <= MOST
    await house.root("page open")
    assert (await house.page("page"))["wait"] > 100


async def test_a_restart_gives_no_free_tries(house: House):
    await house.root("page open")
    for _ in range(3):
        await house.page("page try")
    house.seconds = 1.0
    await house.again()
    assert await house.refused(house.page("page try")) == "page_closed"
    await house.root("page open")
    assert await house.refused(house.page("page try")) == "too_many_tries"


async def test_her_code_gives_no_free_tries_at_the_technicians(house: House):
    await house.root("page open")
    for _ in range(3):
        await house.try_code(CODES["wearer"])
    assert await house.refused(house.page("page try")) == "too_many_tries"
    house.seconds = 2.0
    await house.try_code(CODES["technician"])
    assert (await house.page("page"))["wait"] == 0


async def test_a_technicians_login_gives_nobody_more_tries_in_this_window(house: House):
    await house.root("page open")
    for code in ("999999", CODES["technician"]) * 6:
        house.seconds += (await house.root("page"))["wait"]
        await house.refused(house.try_code(code))
    assert (await house.page("page"))["wait"] == 0
    assert await house.refused(house.try_code("999999")) == "wrong_code"
    assert await house.refused(house.page("page try")) == "too_many_tries"
    await house.root("page open")
    assert (await house.page("page"))["wait"] == 0


async def test_a_try_that_the_disk_does_not_take_counts_all_the_same(house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(commands, "TRY_PATIENCE", 0.05)
    await house.root("page open")
    await house.hub.store.close()
    for _ in range(3):
        await house.page("page try")
    assert await house.refused(house.page("page try")) == "too_many_tries"
