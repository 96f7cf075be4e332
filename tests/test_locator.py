"""The hub is carried about: who is told of it, when, and what a restart takes up."""

import asyncio
from dataclasses import replace

import pytest

from hub import locator as module
from hub import position
from hub.cells import Cells
from hub.core import Hub, clock
from hub.exercise import Exercise
from hub.gesture import Kind
from hub.incident import End
from hub.locator import Locator
from hub.messages import Purpose
from hub.model import Cell
from hub.response import Action
from hub.store import history, load
from tests.carried import AWAY, FURTHER, HOME, SINGLE, Carried, press, texts
from tests.hub_fixture import PATIENCE, Ask
from tests.masts import Masts


async def test_a_hub_at_home_is_told_of_to_nobody(hub: Hub, locator: Locator):
    await locator.look()
    incident = press(hub)
    await locator.look()
    assert texts(hub, incident, Purpose.MOVED) == []
    assert not any("47.9960,-4.1024" in text and "moved" in text for text in texts(hub, incident, Purpose.ALERT))


async def test_who_is_carried_away_in_an_incident_is_told_of_by_sms_and_email_beside_the_typed_address(
    hub: Hub, locator: Locator, modem: Carried
):
    incident = press(hub)
    modem.place = AWAY
    await locator.look()
    french, english = texts(hub, incident, Purpose.MOVED)
    assert "12 rue des Lilas" in french
    assert "Le boitier a bougé: https://maps.google.com/?q=47.97120,-4.16350 à 20 m près" in french
    assert "The hub has moved: https://maps.google.com/?q=47.97120,-4.16350 within 20 m" in english
    assert "(just now)" in english
    (mail,) = texts(hub, incident, Purpose.MOVED, Action.EMAIL)
    assert "12 rue des Lilas" in mail
    assert "47.97120,-4.16350" in mail
    assert texts(hub, incident, Purpose.MOVED, Action.CALL) == []


async def test_what_is_known_at_the_press_is_in_the_first_text_and_not_told_again(
    hub: Hub, locator: Locator, modem: Carried
):
    modem.place = AWAY
    await locator.look()
    incident = press(hub)
    assert all("47.97120,-4.16350" in text for text in texts(hub, incident, Purpose.ALERT))
    await locator.look()
    assert texts(hub, incident, Purpose.MOVED) == []
    assert [told.position.latitude for told in locator.told] == [AWAY[0]]


async def test_who_came_home_long_after_the_last_fix_is_looked_for_at_home(hub: Hub, locator: Locator, modem: Carried):
    modem.place, modem.age = AWAY, 3000.0
    await locator.look()
    incident = press(hub)
    await locator.look()
    assert all("?q=47.99600,-4.10240" in text for text in texts(hub, incident, Purpose.ALERT))
    assert texts(hub, incident, Purpose.MOVED) == []


async def test_a_cell_around_the_home_takes_back_what_an_older_fix_said(
    hub: Hub, locator: Locator, modem: Carried, monkeypatch: pytest.MonkeyPatch
):
    modem.place, modem.age = AWAY, 590.0
    await locator.look()
    incident = press(hub)
    modem.place, modem.radius, modem.age = HOME, 6000.0, 0.0  # and 5.3 km to where it was
    await locator.look()
    assert texts(hub, incident, Purpose.MOVED) == []
    monkeypatch.setattr(position, "CERTAIN", 300.0)
    for _ in range(2):
        await locator.look()
    assert ["6 km" in text for text in texts(hub, incident, Purpose.MOVED)] == [True] * 2
    assert hub.alerting.elsewhere is None, "whoever is told next is sent to the home"


async def test_it_is_kept_up_to_date_while_it_moves_and_also_when_it_is_back(
    hub: Hub, locator: Locator, modem: Carried
):
    incident = press(hub)
    for place in (AWAY, AWAY, FURTHER, HOME, HOME):
        modem.place = place
        await locator.look()
    sofias = texts(hub, incident, Purpose.MOVED)[1::2]
    assert ["47.97120" in sofias[0], "47.95000" in sofias[1], "47.99600" in sofias[2]] == [True] * 3
    assert len(sofias) == 3


async def test_not_more_often_than_once_a_minute(
    hub: Hub, locator: Locator, modem: Carried, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(position, "EVERY", 60.0)
    incident = press(hub)
    for place in (AWAY, FURTHER, HOME):
        modem.place = place
        await locator.look()
    assert len(texts(hub, incident, Purpose.MOVED)) == 2, "one for each contact"


async def test_a_circle_that_touches_what_is_near_says_nothing(hub: Hub, locator: Locator, modem: Carried):
    incident = press(hub)
    modem.place, modem.radius = AWAY, 5100.0  # 5.3 km from home
    await locator.look()
    assert texts(hub, incident, Purpose.MOVED) == []


async def test_a_prevention_is_told_by_sms_alone(hub: Hub, locator: Locator, modem: Carried):
    incident = press(hub, SINGLE)
    modem.place = AWAY
    await locator.look()
    assert len(texts(hub, incident, Purpose.MOVED)) == 2
    assert texts(hub, incident, Purpose.MOVED, Action.EMAIL) == []


async def test_an_exercise_frightens_nobody_and_is_not_written_down(hub: Hub, locator: Locator, modem: Carried):
    modem.place = AWAY
    await locator.look()
    drill = hub.alerting.drill(Exercise(Kind.DOUBLE))
    await locator.look()
    known = hub.book.of(drill.id).values()
    assert not any("47.97120" in d.text or d.purpose is Purpose.MOVED for d in known)
    assert locator.told == []


async def test_an_exercise_that_ends_under_threat_is_none_any_more(hub: Hub, locator: Locator, modem: Carried):
    drill = hub.alerting.drill(Exercise(Kind.DOUBLE))
    await locator.look()
    modem.place = AWAY
    hub.alerting.resolve(drill.id, End.DURESS)
    await locator.look()
    assert len(texts(hub, drill.id, Purpose.MOVED)) == 2


async def test_nothing_follows_an_end_and_nothing_is_kept(hub: Hub, locator: Locator, modem: Carried):
    incident = press(hub)
    modem.place = AWAY
    await locator.look()
    before = len(hub.book.of(incident))
    ended = hub.alerting.resolve(incident, End.REAL)
    clears = [d for d in hub.book.of(incident).values() if d.purpose is Purpose.ALL_CLEAR]
    modem.place = FURTHER
    await locator.look()
    assert not ended.open
    assert len(hub.book.of(incident)) <= before + len(clears)
    assert locator.told == []
    assert not any("maps.google" in d.text for d in clears)


async def test_whoever_answers_gets_the_place_too_and_takes_no_update_away(hub: Hub, locator: Locator, modem: Carried):
    incident = press(hub)
    modem.place = AWAY
    await locator.look()
    current, anna = hub.alerting.incident, next(iter(hub.household.contacts.values()))
    assert current is not None
    now = clock()
    yours = hub.alerting.made(replace(current, by=anna.id), Purpose.YOURS, frozenset(), now, [anna])
    hub.alerting.commit(current, yours, [])
    assert all("47.97120" in d.text for d in yours)
    updates = [d for d in hub.book.of(incident).values() if d.purpose is Purpose.MOVED]
    assert len(updates) == 3
    assert all(hub.alerting.wants(d) for d in updates)


async def test_a_restart_goes_on_where_it_was(hub: Hub, locator: Locator, modem: Carried):
    incident = press(hub)
    modem.place = AWAY
    await locator.look()
    loaded = await hub.store.read_latest(lambda connection: load.load(connection, clock()), PATIENCE)
    assert loaded is not None
    again = Locator(modem, None, hub.household, hub.alerting, hub.store, clock)
    again.resume(loaded.told)
    hub.alerting.elsewhere = None
    await again.look()
    assert len(texts(hub, incident, Purpose.MOVED)) == 2, "nobody is told the same twice"
    modem.place = FURTHER
    await again.look()
    assert len(texts(hub, incident, Purpose.MOVED)) == 4


async def test_the_incident_shows_what_was_told_and_its_history_no_place(hub: Hub, ask: Ask, locator: Locator, modem):
    incident = press(hub)
    modem.place = AWAY
    await locator.look()
    shown = (await ask("incident", id=incident))["incident"]
    (there,) = shown["positions"]
    assert (there["latitude"], there["longitude"], there["radius"], there["source"]) == (*AWAY, 20.0, "gnss")
    assert there["told_at"] >= there["at"]
    assert [event["what"] for event in shown["events"]] == ["opened", "moved"]
    assert "47" not in "".join(event["detail"] for event in shown["events"])


async def test_outside_an_incident_nothing_is_written_and_looks_are_rare(
    hub: Hub, locator: Locator, modem: Carried, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "RARELY", 60.0)
    modem.place = AWAY
    for _ in range(3):
        await locator.look()
    assert modem.looks == 1
    assert await hub.store.read_latest(history.incidents, PATIENCE) == []
    count = await hub.store.read(lambda c: c.execute("SELECT count(*) FROM positions").fetchone()[0])
    assert count == 0


async def test_a_service_is_asked_for_the_cell_in_an_incident_alone_and_only_without_a_fix(
    hub: Hub, locator: Locator, modem: Carried
):
    modem.place, modem.cell = None, Cell("LTE", 208, 15, 0x1234, 0x0BADCAFE)
    async with Masts() as masts:
        masts.cells[0x0BADCAFE] = (*AWAY, 1400.0)
        locator._cells = Cells(masts.url, clock)
        await locator.look()
        drill = hub.alerting.drill(Exercise(Kind.DOUBLE))
        await locator.look()
        hub.alerting.resolve(drill.id, End.TEST)
        incident = press(hub)
        modem.place = HOME
        await locator.look()
        assert masts.asked == []
        modem.place = None
        locator._last = None  # an hour later
        await locator.look()
        assert len(masts.asked) == 1
        assert all("2 km" in text for text in texts(hub, incident, Purpose.MOVED))
        assert len(texts(hub, incident, Purpose.MOVED)) == 2
        hub.alerting.resolve(incident, End.REAL)
        await locator.look()
        press(hub)
        await locator.look()
        assert len(masts.asked) == 2, "nothing was kept of it"


async def test_a_modem_that_is_pulled_out_leaves_what_is_known_in_the_incident(
    hub: Hub, locator: Locator, modem: Carried
):
    press(hub)
    modem.place = AWAY
    await locator.look()
    modem.broken = True
    await locator.look()
    assert hub.alerting.elsewhere is not None


async def test_without_the_homes_own_position_nothing_is_said(hub: Hub, locator: Locator, modem: Carried):
    hub.household.home = replace(hub.household.home, position=None)
    incident = press(hub)
    modem.place = AWAY
    await locator.look()
    assert texts(hub, incident, Purpose.MOVED) == []


async def test_nothing_is_logged_that_says_where(hub: Hub, locator: Locator, modem: Carried, caplog):
    caplog.set_level("DEBUG")
    press(hub)
    modem.place = AWAY
    await locator.look()
    await asyncio.wait({hub.alerting.saved})
    assert "47.97" not in caplog.text
    assert "the hub has moved" in caplog.text
