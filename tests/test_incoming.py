"""Who gets through to the hub by themselves: contacts only, since the incident was opened, asked ever less often."""

from datetime import datetime, timedelta

import pytest

from hub.answers import Said, Way
from hub.core import Hub
from hub.errors import DeliveryError
from hub.incident import Incident, acknowledge, check, press
from hub.incoming import SOONEST, Listener, by_now, interval
from hub.model import Moment
from hub.ports import How, Incoming
from hub.response import Level
from tests.hub_fixture import Ask
from tests.moments import at

OPEN = Incident("K7Q2M", Level.RESCUE, opened=at(0), pressed=at(0))
ANNA, STRANGER = "+33639980001", "+33639980009"


class Provider:
    """What came in; or it does not answer."""

    def __init__(self) -> None:
        self.came: list[Incoming] = []
        self.asked: list[datetime] = []
        self.away = False

    async def incoming(self, since: datetime) -> list[Incoming]:
        self.asked.append(since)
        if self.away:
            raise DeliveryError("no answer in time", code="timeout")
        return self.came


class Evening:
    def __init__(self, hub: Hub) -> None:
        self.provider, self.heard, self.now = Provider(), list[Said](), at(1)
        (self.anna,) = hub.household.contacts
        self.listener = Listener(self.provider, hub.household, lambda: self.now, self.heard.append)

    def sim(self, words: str, seconds: float, current: Incident = OPEN, *, waited: bool = False) -> list[Said]:
        """An SMS to the hub's own SIM is heard now."""
        self.now, before = at(seconds), len(self.heard)
        one = Incoming("1", ANNA, self.now.utc, How.SMS, words, waited=waited)
        self.listener.heard(one, current)
        return self.heard[before:]

    async def at(self, seconds: float, current: Incident | None = OPEN) -> list[Said]:
        self.now = at(seconds)
        await self.listener.look(current)
        return self.heard


@pytest.fixture
async def evening(hub: Hub, ask: Ask) -> Evening:
    await ask("contact add", name="Anna", phone=ANNA)
    return Evening(hub)


def text(words: str, seconds: float = 3.0, sender: str = ANNA) -> Incoming:
    return Incoming("SM1", sender, at(seconds).utc, How.SMS, words)


async def test_a_contacts_yes_is_heard(evening: Evening):
    evening.provider.came = [text("Oui")]
    assert await evening.at(5) == [Said("SM1", "K7Q2M", evening.anna, Way.SMS, taken=True)]


async def test_a_key_on_a_call_back_is_heard(evening: Evening):
    evening.provider.came = [Incoming("FN1", ANNA, at(3).utc, How.CALLBACK, taken=True, over="0417")]
    assert await evening.at(5) == [Said("FN1", "K7Q2M", evening.anna, Way.CALLBACK, True, "0417")]


async def test_nobody_but_a_contact_is_heard_and_nothing_from_before(evening: Evening):
    evening.provider.came = [text("1", sender=STRANGER), text("1", seconds=-60)]
    assert await evening.at(5) == []


async def test_whole_seconds_of_the_provider_are_early_enough(evening: Evening):
    evening.provider.came = [text("1", seconds=-0.9)]
    assert len(await evening.at(5)) == 1


def test_a_clock_that_was_wrong_when_she_pressed_does_not_matter():
    """It was set by the network meanwhile: what counts is how long ago she pressed."""
    wrong = Incident("K7Q2M", Level.RESCUE, opened=Moment(1000.0, at(-86_400).utc), pressed=at(0))
    assert timedelta(0) < at(0).utc - by_now(wrong.opened, at(30)) < timedelta(seconds=5)


async def test_nothing_is_asked_while_nothing_is_open(evening: Evening):
    await evening.at(5, None)
    assert evening.provider.asked == []


async def test_a_provider_that_does_not_answer_says_nothing_and_is_asked_again(evening: Evening):
    evening.provider.away = True
    assert await evening.at(5) == []
    evening.provider.away, evening.provider.came = False, [text("1")]
    assert await evening.at(6) == []
    assert len(await evening.at(10)) == 1


def test_it_is_asked_ever_less_often():
    ages = (0, 119, 120, 899, 900, 9000)
    assert [interval(OPEN, at(age).mono) for age in ages] == [5, 5, 15, 15, 60, 60]


def test_whoever_is_asked_may_call_back_and_is_heard_in_time():
    asked = check(acknowledge(OPEN, "c1", at(10)), at(900))
    assert interval(asked, at(930).mono) == 5


async def test_an_ok_to_a_prevention_is_none_to_the_alarm_that_follows(evening: Evening):
    raised, _ = press(OPEN, Level.ALARM, at(30))
    evening.provider.came = [text("OK", seconds=20)]
    assert await evening.at(35, raised) == []
    evening.provider.came.append(Incoming("SM2", ANNA, at(40).utc, How.SMS, "OK"))
    assert [said.source for said in await evening.at(45, raised)] == ["SM2"]


async def test_a_key_in_the_call_of_an_exercise_is_none_to_what_follows(evening: Evening):
    evening.provider.came = [Incoming("FN1", ANNA, at(3).utc, How.CALLBACK, taken=True, message="DRILL-3")]
    assert await evening.at(5) == []
    evening.provider.came = [Incoming("FN2", ANNA, at(3).utc, How.CALLBACK, taken=True, message="K7Q2M-3")]
    assert len(await evening.at(10)) == 1


async def test_an_ok_to_the_sim_counts_by_when_the_hub_heard_it(evening: Evening):
    assert evening.sim("OK", SOONEST) == [Said("1", "K7Q2M", evening.anna, Way.SMS, taken=True)]


async def test_an_ok_that_nobody_can_have_answered_the_alert_with_must_name_it(evening: Evening):
    assert evening.sim("OK", 3) == []
    assert len(evening.sim("ok k7q2m", 3)) == 1


async def test_an_ok_that_may_have_waited_since_before_the_alert_must_name_it(evening: Evening):
    assert evening.sim("OK", 600, waited=True) == evening.sim("OK A1B2C", 600, waited=True) == []
    assert len(evening.sim("OK K7Q2M", 600, waited=True)) == 1


async def test_an_ok_to_a_prevention_that_comes_just_after_the_alarm_is_none_to_it(evening: Evening):
    raised, _ = press(OPEN, Level.ALARM, at(30))
    assert evening.sim("OK", 35, raised) == []
    assert len(evening.sim("OK", 30 + SOONEST, raised)) == 1
