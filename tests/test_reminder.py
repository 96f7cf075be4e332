"""Technicians hear that there was no exercise for long: seldom, by day, and never while somebody needs help."""

from dataclasses import replace

import pytest

from hub.core import Hub
from hub.gsm7 import segments
from hub.incident import Incident
from hub.lane import Lane
from hub.model import Contact, Moment
from hub.notices import Notices
from hub.reminder import Reminder
from hub.response import Action, Level
from hub.texts import sentence
from tests.box import DEAD, TOM, UMA, Line
from tests.moments import at

DAY = 86400.0
NOON = 16 * 3600.0  # s; after that, noon of the next day in the home
FRENCH = (
    "Boitier 7K2M : aucun essai depuis 30 jours. Prévenez les personnes concernées, puis faites-en un, "
    "sur sa page ou par la commande hub drill."
)
ENGLISH = (
    "Box 7K2M: no test for 30 days. Tell those concerned, then make one, on its page or with the command hub drill."
)


class Home:
    """A box with two technicians and a reminder each thirty days, on a clock that is set by hand."""

    def __init__(self, hub: Hub, days: int = 30) -> None:
        self.hub, self.days, self.seconds, self.busy = hub, days, 0.0, False
        self.sms, self.mail = Line("twilio"), Line("smtp")
        hub.household.box = "7K2M"
        hub.household.technicians.update({"t1": TOM, "t2": UMA})
        hub.household.contacts["c1"] = Contact("c1", "Anna", "+33639980001", "anna@example.org")
        self.start()

    def start(self) -> None:
        """The daemon begins, knowing nothing but what is in the store."""
        channels = {Action.SMS: self.sms, Action.EMAIL: self.mail}
        self.notices = Notices(channels, Lane(lambda: False, self.now), self.now, lambda: None)
        parts = self.hub.household, self.hub.store, self.notices, self.now
        self.reminder = Reminder(self.days, *parts, lambda: self.busy)

    def now(self) -> Moment:
        return at(self.seconds)

    async def on(self, day: float, after: float = NOON) -> bool:
        """The timer's question on this day, and what follows; whether they are reminded."""
        self.seconds = day * DAY + after
        reminded = await self.reminder.look()
        await self.notices.look()
        await self.hub.store.execute()  # what was put is on the disk
        return reminded

    async def exercise(self, id: str, day: float, *, drill: bool = True) -> None:
        then = at(day * DAY + NOON)
        await self.hub.store.put(Incident(id, Level.RESCUE, then, then, drill=drill))


@pytest.fixture
def home(hub: Hub) -> Home:
    return Home(hub)


async def test_each_technician_is_reminded_in_their_language_by_all_their_ways(home: Home):
    await home.exercise("K", 0)
    assert not await home.on(29.9, 0)
    assert await home.on(30)
    assert [(message.to, message.text) for message in home.sms.taken] == [(TOM.phone, FRENCH), (UMA.phone, ENGLISH)]
    (letter,) = home.mail.taken
    assert (letter.to, letter.subject) == (TOM.email, "Boîtier 7K2M\u00a0: essai à faire")


async def test_however_often_the_timer_asks_they_are_reminded_once_in_so_many_days(home: Home):
    await home.exercise("K", 0)
    reminded = [day for day in range(100) if await home.on(day)]
    assert reminded == [30, 60, 90]


async def test_a_restart_reminds_nobody_twice(home: Home):
    await home.exercise("K", 0)
    assert await home.on(30)
    home.start()
    assert not await home.on(31)
    assert await home.on(60)


async def test_an_exercise_is_counted_from_although_it_was_forgotten_meanwhile(home: Home):
    home.days = 100
    home.start()
    await home.on(0)
    await home.exercise("K", 5)
    await home.on(6)
    await home.hub.store.execute(("DELETE FROM incidents", ()))
    assert [day for day in range(90, 120) if await home.on(day)] == [105]


async def test_an_alert_is_no_exercise_and_neither_is_one_of_a_clock_that_was_ahead(home: Home):
    await home.exercise("K", 0)
    await home.exercise("L", 20, drill=False)
    await home.exercise("M", 9999)
    assert await home.on(30)


async def test_a_hub_that_never_had_an_exercise_counts_from_the_first_question(home: Home):
    assert [day for day in range(2, 40) if await home.on(day)] == [32]


@pytest.mark.parametrize(("hour", "reminded"), [(3, False), (9, False), (10, True), (19, True), (20, False)])
async def test_nobody_is_woken(home: Home, hour: int, reminded: bool):
    await home.exercise("K", 0)
    assert await home.on(31, NOON + (hour - 12.2) * 3600 + 1800) is reminded


async def test_never_while_an_incident_is_open(home: Home):
    await home.exercise("K", 0)
    home.busy = True
    assert not await home.on(30)
    home.busy = False
    assert await home.on(31)
    assert len(home.sms.taken) == 2


async def test_zero_days_never_remind(home: Home):
    home.days = 0
    home.start()
    await home.exercise("K", 0)
    assert not [day for day in range(0, 400, 7) if await home.on(day)]


async def test_what_nobody_took_yet_is_not_said_twice_and_is_said_again_after_a_restart(home: Home):
    home.sms.problem = home.mail.problem = DEAD
    await home.exercise("K", 0)
    assert await home.on(30)
    assert not await home.on(30.1)
    home.start()
    home.sms.problem = home.mail.problem = None
    assert await home.on(30.2)
    assert [message.to for message in home.sms.taken] == [TOM.phone, UMA.phone]


async def test_where_there_is_no_technician_the_days_go_on(home: Home):
    home.hub.household.technicians.clear()
    await home.exercise("K", 0)
    assert not await home.on(30)
    home.hub.household.technicians["t2"] = replace(UMA)
    assert await home.on(31)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_it_is_short_and_says_nothing_of_who_lives_there(language: str):
    text = sentence(language, "notices", "reminder", box="7K2M", days=3650)
    assert segments(text) <= 2
    assert not [word for word in ("alert", "alarm", "danger", "violence", "urgence", "victim") if word in text.lower()]
