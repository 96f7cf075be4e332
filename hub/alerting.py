"""The path of a press, and the life of the incident it belongs to.

The order is the point: siren and recorder first, waiting for nothing; then one transaction
with everything the press made; then all deliveries together, after 500 ms at most even if the disk is dead.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from hub import escalation, incident, pursuit, second
from hub.book import Book
from hub.delivery import Delivery
from hub.dispatch import Dispatcher
from hub.errors import Refusal
from hub.escalation import PURPOSES, Round
from hub.exercise import Exercise
from hub.faults import Faults
from hub.gesture import Gesture
from hub.household import Household
from hub.incident import End, Event, Incident
from hub.messages import Purpose
from hub.model import Contact, Moment, Position
from hub.passcode import ALPHABET
from hub.ports import Pattern, Press, Recorder, Siren
from hub.response import Action, Response
from hub.store import Happening, Store

log = logging.getLogger(__name__)

DISK_PATIENCE = 0.5  # s; then sending starts from memory


@dataclass(frozen=True, slots=True)
class Outputs:
    """What acts in the home itself."""

    siren: Siren
    recorder: Recorder
    siren_seconds: float


class Alerting:
    """One incident is open at most. Everything here runs in the loop's thread and never waits, but for the disk."""

    def __init__(
        self,
        household: Household,
        outputs: Outputs,
        store: Store,
        book: Book,
        dispatcher: Dispatcher,
        faults: Faults,
        clock: Callable[[], Moment],
        video_url: str = "",
    ) -> None:
        self._household = household
        self._outputs = outputs
        self._store = store
        self._book = book
        self._dispatcher = dispatcher
        self._faults = faults
        self._clock = clock
        self._video_url = video_url
        self._tasks: set[asyncio.Task[None]] = set()
        self._orphans: frozenset[str] = frozenset()
        self.incident: Incident | None = None
        self.elsewhere: Position | None = None  # where the hub is, if not at home: whoever measures it says so here
        self.saved: asyncio.Future[None] | None = None  # done once the last change is on the disk

    def press(self, gesture: Gesture, source: Press) -> Incident:
        """A real press. Siren and recorder before anything else, whatever state the incident is in."""
        response = self._household.response_of(source.button)[gesture.kind]
        self._sound(response.actions, Pattern.STEADY)
        now = self._clock()
        current, ended = self._make_way(now)
        if ended and Action.SIREN not in response.actions:
            self._silence()  # the exercise's
        after, event = self._judged(current, response, now, after_drill=bool(ended))
        after = self._acting(after, response.actions, now)
        button, changed = self._household.pressed(source)
        what = Happening(after.id, now, event or "opened", _detail(gesture, button, source))
        made = [] if event is Event.JOINED else self.made(after, PURPOSES[event], response.channels, now)
        self.commit(after, made, [*ended, what, *changed])
        log.info("press %s: incident %s %s", gesture.kind, after.id, event or "opened")
        if source.doubt and button:
            self._faults.put(f"button_{source.doubt}:{button}", "a press was not what it should be")
        return after

    def drill(self, exercise: Exercise) -> Incident:
        """Never records. Raises Refusal while any incident is open."""
        if self.incident is not None:
            raise Refusal("incident_open", id=self.incident.id)
        response = self._household.table[exercise.kind]
        if exercise.siren:
            self._sound(response.actions, Pattern.PULSED)
        now = self._clock()
        after = replace(self._opened(response, now, after_drill=False), drill=True)
        made = exercise.among(self.made(after, PURPOSES[None], exercise.channels(response), now))
        self.commit(after, made, [Happening(after.id, now, "drill", exercise.kind)])
        return after

    def resolve(self, id: str, kind: End, *facts: object) -> Incident:
        """A person ends it, or seems to; `facts` are written down with it. Raises Refusal if it is not open."""
        current = self.incident
        if current is None or current.id != id:
            raise Refusal("incident_ended", id=id)
        now = self._clock()
        after, event = incident.end(current, kind, now)
        self._silence()
        made = self.made(after, PURPOSES[event], frozenset(), now) if event is not Event.EXPIRED else []
        stopped = self._stopped(after, made)
        self.commit(after, [*made, *stopped], [*facts, Happening(id, now, event, "" if after.open else kind)])
        if not after.open:
            self._outputs.recorder.stop()
            self.incident = None
        return after

    def tick(self) -> float | None:
        """Close what closes by itself; returns when to ask again (monotonic), or None."""
        current = self.incident
        if current is None:
            return None
        deadline = current.deadline(delivered=self._over(current))
        if deadline is None or deadline > self._clock().mono:
            return deadline
        self.resolve(current.id, End.EXPIRED)
        return None

    def resume(
        self, incidents: list[Incident], deliveries: list[Delivery], orphans: frozenset[str] = frozenset()
    ) -> None:
        """After a start: the newest open incident goes on, with its siren, its recording and its deliveries.

        `orphans`: open incidents whose own row cannot be read; what was being sent for them is sent.
        """
        self._orphans = orphans
        self._book.enter(deliveries)
        if self.incident is not None:  # pressed before the disk could be read: what it opened goes on
            incidents = [*(one for one in incidents if one.id != self.incident.id), self.incident]
        for stale in incidents[:-1]:  # one is open at a time; only a damaged store can say otherwise
            self._store.put(incident.end(stale, End.EXPIRED, self._clock())[0])
        if incidents:
            self._resume_outputs(incidents[-1])
        self._dispatcher.start(self._book.queued())

    def sound_again(self) -> None:
        """After a restart, or when the siren was mended: if an alarm is open and time is left of it."""
        current = self.incident
        if current is None or current.sounded is None or current.threatened:
            return
        left = self._outputs.siren_seconds - (self._clock().mono - current.sounded.mono)
        if left > 0:
            self._outputs.siren.sound(Pattern.STEADY, left)

    def wants(self, delivery: Delivery) -> bool:
        """Whether it is still to be sent: an all-clear always, an alert while its incident is open or unreadable,
        it says what is so, and nothing newer takes its place.
        """
        if delivery.purpose is Purpose.ALL_CLEAR or delivery.incident in self._orphans:
            return True
        current = self.incident
        if current is None or current.id != delivery.incident:
            return False
        if not pursuit.timely(current, delivery.purpose, delivery.channel):
            return False
        known = self._book.of(delivery.incident)
        return not escalation.superseded(delivery, known) and not second.needless(delivery, known)

    def facts(self) -> list[object]:
        """What is open, to fill a new file with."""
        current = self.incident
        return [] if current is None else [current, *self._book.of(current.id).values()]

    # What the rest of an incident's life is made of; nothing else here changes it.

    def made(
        self,
        after: Incident,
        purpose: Purpose,
        channels: frozenset[Action],
        now: Moment,
        contacts: Iterable[Contact] | None = None,
        beside: Iterable[Delivery] = (),
        by: str = "",
    ) -> list[Delivery]:
        """Deliveries to all contacts, or to these; `beside`: what else is made just now; `by`: who was in charge, if
        nobody is any more.
        """
        home = self._household
        room = f"{self._video_url}/{after.room}" if self._video_url else ""
        charged = home.contacts.get(by or after.by)
        this = Round(after, purpose, channels, now, room, charged.name if charged else "", self.elsewhere)
        existing = self._book.of(after.id) | {d.id: d for d in beside}
        return escalation.deliveries(
            this, home.home, home.contacts.values() if contacts is None else contacts, existing
        )

    def commit(self, current: Incident, deliveries: list[Delivery], others: list[object]) -> None:
        """One transaction; the deliveries start when it is done, or when the disk has had its time."""
        if self.incident is None:
            self._book.turn_over(current.id)
        self.incident = current
        self._book.enter(deliveries)
        self.saved = self._store.put(*_in_order(current, others, deliveries))
        task = asyncio.create_task(self._send(self.saved, deliveries))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Steps of the above.

    def _over(self, current: Incident) -> bool:
        """Nothing is to be sent, no receipt is waited for, and nobody will be called again."""
        next_turn = pursuit.upcoming(current, self._book.of(current.id).values())
        return self._book.settled(current.id) and (next_turn is None or next_turn[1] is not pursuit.Turn.CALL_AGAIN)

    def _sound(self, actions: Iterable[Action], pattern: Pattern) -> None:
        if Action.SIREN in actions:
            with self._faults.guard("siren"):
                self._outputs.siren.sound(pattern, self._outputs.siren_seconds)
                self._faults.restore("siren")

    def _silence(self) -> None:
        with self._faults.guard("siren"):
            self._outputs.siren.silence()

    def _acting(self, current: Incident, actions: Iterable[Action], now: Moment) -> Incident:
        """Start the recorder, and note what was started so that a restart takes it up again."""
        if Action.RECORD in actions:
            with self._faults.guard("microphone"):
                self._outputs.recorder.start(current.id)
            current = replace(current, records=True)
        return replace(current, sounded=now) if Action.SIREN in actions else current

    def _make_way(self, now: Moment) -> tuple[Incident | None, list[object]]:
        """A real press ends an open drill: what is open afterwards, and what is to be written down."""
        current = self.incident
        if current is None or not current.drill:
            return current, []
        drill, event = incident.end(current, End.TEST, now)
        stopped = self._stopped(drill, [])
        self._book.enter(stopped)
        self.incident = None
        return None, [drill, *stopped, Happening(drill.id, now, event, End.TEST)]

    def _judged(
        self, current: Incident | None, response: Response, now: Moment, *, after_drill: bool
    ) -> tuple[Incident, Event | None]:
        if current is None:
            return self._opened(response, now, after_drill=after_drill), None
        return incident.press(current, response.level, now)

    def _opened(self, response: Response, now: Moment, *, after_drill: bool) -> Incident:
        id = "".join(secrets.choice(ALPHABET) for _ in range(5))
        room = secrets.token_urlsafe(12)
        return Incident(
            id,
            response.level,
            opened=now,
            pressed=now,
            after_drill=after_drill,
            room=room,
            code=f"{secrets.randbelow(10_000):04}",
            rounds=1,
            told=now,
            called=now,
        )

    def _stopped(self, after: Incident, made: list[Delivery]) -> list[Delivery]:
        if after.open:
            return []
        taken_over = {d.id for d in made}
        existing = self._book.of(after.id)
        return escalation.all_stopped({id: d for id, d in existing.items() if id not in taken_over})

    async def _send(self, saved: "asyncio.Future[None]", deliveries: list[Delivery]) -> None:
        await asyncio.wait({saved}, timeout=DISK_PATIENCE)
        self._dispatcher.start(deliveries)

    def _resume_outputs(self, current: Incident) -> None:
        self.incident = current
        if current.records:
            self._outputs.recorder.start(current.id, self._clock().mono - current.pressed.mono)
        with self._faults.guard("siren"):
            self.sound_again()


def _detail(gesture: Gesture, button: str, source: Press) -> str:
    """Such as "hold b12a restarted": which gesture, of which button, and what is odd about it."""
    return " ".join(filter(None, (gesture.kind, button, source.doubt)))


def _in_order(current: Incident, others: list[object], deliveries: list[Delivery]) -> list[object]:
    """Incidents before the rows that refer to them."""
    first = [fact for fact in others if isinstance(fact, Incident)]
    return [*first, current, *(fact for fact in others if not isinstance(fact, Incident)), *deliveries]
