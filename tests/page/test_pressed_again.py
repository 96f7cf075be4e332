"""A press after an end that was made under threat: the same code shows a new alert, and ends it like the first."""

from datetime import timedelta

import pytest

from hub import incident
from hub.control import feigning, reopening
from hub.core import clock
from hub.messages import Purpose
from hub.model import Moment
from hub.ports import Press
from hub.response import Level
from hub.store import Store
from tests.page import test_duress
from tests.page.test_duress import PRESSES, Home, differing, mask

homes = test_duress.homes  # the fixture


async def evening(home: Home, code: str, first: str, second: str) -> dict[str, str]:
    """Two presses, the second long after the end of the first: what is seen then, and after its own end."""
    await home.log_in(code)
    ended = await home.press(first)
    await home.see("resolve", id=ended, kind="false_alarm")
    await home.sent()
    home.long_ago()
    id = await home.press(second)
    seen = {"open": await home.see("incident", id=id), "status": await home.see("status")}
    seen["listed"] = mask(str((await home.house.page("incidents", home.token))["incidents"][0]))
    seen["end"] = await home.see("resolve", id=id, kind="test")
    await home.sent()
    after = await home.see_all(id)
    del after["incidents"]  # the first one is not in it any more
    return seen | after


@pytest.mark.parametrize("second", PRESSES)
@pytest.mark.parametrize("first", PRESSES)
async def test_a_press_after_it_looks_like_another_alert_and_ends_like_one(homes: tuple[Home, Home], first, second):
    honest, threatened = homes
    seen = await evening(honest, "wearer", first, second), await evening(threatened, "duress", first, second)
    assert differing(*seen) == {}
    current = threatened.hub.alerting.incident
    assert current.threatened
    assert not threatened.hub.devices.siren.sounding
    told = [d for d in threatened.hub.book.of(current.id).values() if d.purpose is Purpose.UNDER_THREAT]
    assert len({d.begun for d in told}) == 2
    assert (await threatened.house.root("status"))["open_incident"] == current.id


async def test_a_press_after_it_that_is_raised_looks_like_one(homes: tuple[Home, Home]):
    seen = []
    for home, code in zip(homes, ("wearer", "duress"), strict=True):
        await home.log_in(code)
        await home.see("resolve", id=await home.press("alarm"), kind="real")
        await home.sent()
        home.long_ago()
        await home.press("prevention")
        home.long_ago()
        id = await home.press("alarm")
        seen.append({"open": await home.see("incident", id=id), "status": await home.see("status")})
    assert differing(*seen) == {}
    assert '"raised"' in seen[0]["open"]


async def test_a_prevention_after_it_closes_by_itself_and_cannot_be_ended_then(homes: tuple[Home, Home], monkeypatch):
    home = homes[0]
    await home.log_in("duress")
    await home.see("resolve", id=await home.press(), kind="false_alarm")
    await home.sent()
    home.long_ago()
    id = await home.press("prevention")
    assert (await home.house.page("status", home.token))["open_incident"] == id
    monkeypatch.setattr(feigning, "clock", lambda: later(clock(), 61.0))
    assert (await home.house.page("status", home.token))["open_incident"] is None
    seen = (await home.house.page("incident", home.token, id=id))["incident"]
    assert (seen["state"], seen["kind"], seen["events"][-1]["what"]) == ("resolved", "expired", "expired")
    assert {one["purpose"] for one in seen["deliveries"]} == {"alert"}
    assert "incident_ended" in await home.see("resolve", id=id, kind="real")
    assert home.hub.alerting.incident.open


@pytest.mark.parametrize("trouble", ["a dead disk", "a clock that was set back"])
async def test_a_press_after_it_can_be_ended_in_spite_of(homes: tuple[Home, Home], monkeypatch, trouble: str):
    home = homes[0]
    await home.log_in("duress")
    id = await home.press()
    await home.see("resolve", id=id, kind="false_alarm")
    if trouble == "a dead disk":
        monkeypatch.setattr(Store, "read_latest", unanswered)
    else:
        monkeypatch.setattr(home.hub.alerting, "_clock", lambda: later(clock(), -7200.0))
    home.hub.alerting.press(PRESSES["alarm"], Press("", PRESSES["alarm"], 0.0))
    assert (await home.house.page("status", home.token))["open_incident"] == id
    assert "resolved" in await home.see("resolve", id=id, kind="false_alarm")
    assert not home.hub.devices.siren.sounding


async def test_who_took_charge_before_is_not_in_charge_of_it(homes: tuple[Home, Home]):
    home = homes[0]
    await home.log_in("duress")
    id = await home.press()
    await home.see("resolve", id=id, kind="false_alarm")
    current = home.hub.alerting.incident
    home.hub.alerting.incident = incident.acknowledge(current, "c1", later(clock(), -1.0))
    await home.press()
    assert home.hub.alerting.incident.by
    seen = (await home.house.page("incident", home.token, id=id))["incident"]
    assert (seen["state"], seen["by"], seen["taken_at"]) == ("alerting", "", None)


@pytest.mark.parametrize(("second", "seen"), [("prevention", False), ("alarm", True)])
async def test_a_recording_is_seen_where_that_press_starts_one(homes: tuple[Home, Home], monkeypatch, second, seen):
    home = homes[0]
    await home.log_in("duress")
    id = await home.press()
    await home.see("resolve", id=id, kind="false_alarm")
    monkeypatch.setattr(home.hub.recorder, "latest", {"state": "recording", "incident": id, "level": -20.0})
    assert (await home.house.page("status", home.token))["recording"] is None
    await home.press(second)
    assert ((await home.house.page("status", home.token))["recording"] is not None) == seen
    assert (await home.house.root("status"))["recording"]


async def test_a_press_after_a_prevention_has_closed_opens_another(homes: tuple[Home, Home]):
    pressed = [
        {"at": f"2026-11-23T20:{minute}:00.000Z", "what": "repeated", "detail": gesture}
        for minute, gesture in [("10", "single"), ("30", "single"), ("31", "double")]
    ]
    shown, events = reopening.replayed(homes[0].hub, "K7Q2M", pressed)
    assert (shown.level, shown.opened.utc.minute) == (Level.RESCUE, 31)
    assert [one["what"] for one in events] == ["opened"]
    shown, events = reopening.replayed(homes[0].hub, "K7Q2M", [pressed[2], {**pressed[1], "at": pressed[2]["at"]}])
    assert [one["what"] for one in events] == ["opened", "joined"]


async def unanswered(*_: object) -> None: ...


async def test_the_siren_of_a_press_after_it_falls_silent_with_the_same_code(homes: tuple[Home, Home]):
    home = homes[0]
    await home.log_in("duress")
    id = await home.press()
    await home.see("resolve", id=id, kind="false_alarm")
    await home.press()
    assert home.hub.devices.siren.sounding
    assert (await home.house.page("status", home.token))["open_incident"] == id
    await home.house.again()
    await home.log_in("duress")
    assert (await home.house.page("status", home.token))["open_incident"] == id
    assert "resolved" in await home.see("resolve", id=id, kind="false_alarm")
    assert not home.hub.devices.siren.sounding
    assert (await home.house.page("status", home.token))["open_incident"] is None
    assert home.hub.alerting.incident.records


def later(at: Moment, seconds: float) -> Moment:
    return Moment(at.mono + seconds, at.utc + timedelta(seconds=seconds))
