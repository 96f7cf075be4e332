"""A home whose deliveries nobody sends: a test says what became of each, and lets time pass."""

import pytest

from hub.answers import Said, Way
from hub.core import Hub
from hub.delivery import Delivery, Outcome, Step
from hub.gesture import Gesture
from hub.incident import Incident
from hub.messages import Purpose
from hub.model import Moment
from hub.ports import Press
from hub.response import Action
from hub.store import history
from tests.hub_fixture import PATIENCE, Ask

SINGLE, DOUBLE, HOLD = Gesture(1), Gesture(2), Gesture(1, held=True)


class Evening:
    """The home, and its time."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.calls = 0
        self.anna, self.karim, self.lucie = hub.household.contacts

    def press(self, gesture: Gesture = DOUBLE) -> Incident:
        return self.hub.alerting.press(gesture, Press("", gesture, 0.0))

    def later(self, seconds: float) -> None:
        """Nothing happens for so long, but for what is due."""
        self.moves_on(seconds)
        self.hub.charge.turn()

    def moves_on(self, seconds: float) -> None:
        """Time passes, and nobody looks at what is due."""
        before = self.hub.charge._clock
        after = lambda: Moment(before().mono + seconds, before().utc)  # noqa: E731
        self.hub.charge._clock = self.hub.alerting._clock = after

    def over(self) -> None:
        """What was accepted came to its end, and gave no key."""
        for d in self.hub.book.all():
            if d.outcome is Outcome.ACCEPTED and d.followed:
                self.hub.book.put(d.step(Step.DELIVER))

    def made(self, purpose: Purpose, *contacts: str) -> list[tuple[str, Action]]:
        return [(d.contact, d.channel) for d in self.deliveries(purpose) if not contacts or d.contact in contacts]

    def deliveries(self, purpose: Purpose) -> list[Delivery]:
        return [d for d in self.hub.book.all() if d.purpose is purpose]

    def become(self, outcome: Outcome, *purposes: Purpose) -> None:
        """Everything that waits is accepted, and comes to this."""
        steps = {Outcome.DELIVERED: Step.DELIVER, Outcome.FAILED: Step.UNDELIVER, Outcome.UNKNOWN: Step.LOSE}
        for d in self.hub.book.all():
            if d.outcome is Outcome.QUEUED and (not purposes or d.purpose in purposes):
                accepted = d.step(Step.START).step(Step.ACCEPT, accepted_id=f"X{d.id}")
                self.hub.book.put(accepted.step(steps[outcome]) if outcome in steps else accepted)

    def answers(self, contact: str, *, taken: bool = True, over: str = "", source: str = "") -> Incident | None:
        self.calls += 1
        current = self.hub.alerting.incident
        source = source or f"FN{self.calls}"
        self.hub.charge.hear(Said(source, current.id, contact, Way.CALL, taken, over))
        return self.hub.alerting.incident

    async def events(self, incident: Incident) -> list[str]:
        told = await self.hub.store.read_latest(lambda connection: history.incident(connection, incident.id), PATIENCE)
        return [event["what"] for event in told["events"]]


@pytest.fixture
async def evening(hub: Hub, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> Evening:
    """Three contacts."""
    await ask("home set", name="Marie", address="12 rue des Lilas")
    for number, name in enumerate(("Anna", "Karim", "Lucie"), start=1):
        await ask("contact add", name=name, phone=f"063998000{number}", email=f"{name}@example.org".lower())
    monkeypatch.setattr(hub.dispatcher, "start", lambda _: None)
    return Evening(hub)
