"""Who is in charge: what people answer, and what is done until somebody does.

Nothing here is on the path of a press. Each change goes through `Alerting.commit`, in one transaction with the answer
that caused it.
"""

import logging
from collections.abc import Callable, Iterable

from hub import escalation, incident, pursuit
from hub.alerting import Alerting
from hub.answers import Answer, Said, answers, ends
from hub.book import Book
from hub.delivery import Delivery, Outcome, Step
from hub.faults import Faults
from hub.feedback import Feedback
from hub.household import Household
from hub.incident import End, Event, Incident
from hub.messages import Purpose
from hub.model import Contact, Moment
from hub.pursuit import Turn
from hub.response import Action
from hub.store import Happening

log = logging.getLogger(__name__)

TRIED_AGAIN = frozenset({Action.CALL, Action.SMS, Action.EMAIL})  # an e-mail only to whoever had none
OTHER_WAYS = frozenset({Action.CALL, Action.EMAIL})


class Charge:
    """`answers` are all that were heard since the start, and those to an incident that was open then; in order."""

    def __init__(
        self,
        alerting: Alerting,
        household: Household,
        book: Book,
        faults: Faults,
        feedback: Feedback,
        clock: Callable[[], Moment],
    ) -> None:
        self._alerting = alerting
        self._household = household
        self._book = book
        self._faults = faults
        self._feedback = feedback
        self._clock = clock
        self.answers: list[Answer] = []

    def resume(self, known: list[Answer]) -> None:
        """After a start: what was answered before does not count again."""
        self.answers = [*known, *(answer for answer in self.answers if answer not in known)]

    def facts(self) -> list[object]:
        """What was answered to what is open, to fill a new file with."""
        current = self._alerting.incident
        return [answer for answer in self.answers if current is not None and answer.incident == current.id]

    def hear(self, said: Said) -> None:
        """However often it is told: each key counts once, and only for the incident it belongs to."""
        current = self._alerting.incident
        if current is None or current.id != said.incident or said.contact in self._household.gone:
            return
        for answer in answers(said, current, self._clock()):
            if current is not None and not self._known(answer):
                self._take(current, answer)
                current = self._alerting.incident

    def turn(self) -> None:
        """What is due: a further round of calls, a question to the one in charge, or everybody again."""
        current = self._alerting.incident
        if current is None:
            return
        now, deliveries = self._clock(), self._book.of(current.id)
        due = pursuit.turn(current, deliveries.values(), now.mono)
        if due is Turn.CALL_AGAIN:
            self._call_again(current, now)
        elif due is Turn.CHECK:
            self._check(current, now)
        elif due is Turn.LAPSE:
            self._lapse(current, now)
        elif current.state is incident.State.ALERTING:
            self._find_other_ways(current, now)

    # Answers.

    def _known(self, answer: Answer) -> bool:
        return any((a.source, a.key) == (answer.source, answer.key) for a in self.answers)

    def _take(self, current: Incident, answer: Answer) -> None:
        """Known once it is dealt with: if that fails it is heard again."""
        before = [a for a in self.answers if a.incident == current.id]
        if answer.charge:
            self._charged(current, answer)
        elif ends(answer, current, before):
            log.info("incident %s is ended by telephone", current.id)
            self._alerting.resolve(current.id, End.TEST if current.drill else End.REAL, answer)
        else:
            self._alerting.commit(current, [], [answer, Happening(current.id, answer.at, "wrong_code", answer.contact)])
        self.answers = [*self.answers, answer]

    def _charged(self, current: Incident, answer: Answer) -> None:
        after = incident.acknowledge(current, answer.contact, answer.at)
        made: list[Delivery] = []
        with self._faults.guard("service:charge"):  # who is in charge counts, whatever becomes of the texts
            made = self._told_of(current, after, answer)
            self._faults.restore("service:charge")
        stopped = [] if current.drill else _queued_calls(self._book.of(current.id).values())
        happening = Happening(current.id, answer.at, Event.ACKNOWLEDGED, answer.contact)
        self._alerting.commit(after, [*made, *stopped], [answer, happening])
        log.info("incident %s: a person answered", current.id)
        if not after.threatened:  # somebody else may be holding the button
            self._feedback.show()

    def _told_of(self, before: Incident, after: Incident, answer: Answer) -> list[Delivery]:
        own = self._only(answer.contact)
        if after.by != answer.contact:
            return self._alerting.made(after, Purpose.SECOND, frozenset(), answer.at, own)
        if before.by == after.by:
            return []  # still in charge: everybody knows
        others = [c for c in self._household.contacts.values() if c not in own]
        yours = self._alerting.made(after, Purpose.YOURS, frozenset(), answer.at, own)
        return [*yours, *self._alerting.made(after, Purpose.TAKEN, frozenset(), answer.at, others, beside=yours)]

    def _only(self, contact: str) -> list[Contact]:
        return [c for c in self._household.contacts.values() if c.id == contact]

    # What is due.

    def _call_again(self, current: Incident, now: Moment) -> None:
        after = incident.call_again(current, now)
        existing = self._book.of(current.id)
        called = [c for c in self._household.contacts.values() if escalation.called(c, existing)]
        made = self._alerting.made(after, Purpose.STILL, TRIED_AGAIN, now, called)
        if made:  # or all of them still ring, as far as anybody knows
            self._alerting.commit(after, made, [Happening(current.id, now, Event.CALLED_AGAIN, str(after.rounds))])

    def _check(self, current: Incident, now: Moment) -> None:
        after = incident.check(current, now)
        made = self._alerting.made(after, Purpose.CHECK, frozenset(), now, self._only(current.by))
        self._alerting.commit(after, made, [Happening(current.id, now, Event.CHECKED, current.by)])

    def _lapse(self, current: Incident, now: Moment) -> None:
        after = incident.lapse(current, now)
        made = self._alerting.made(after, Purpose.LAPSED, frozenset(), now, by=current.by)
        self._alerting.commit(after, made, [Happening(current.id, now, Event.LAPSED, current.by)])

    def _find_other_ways(self, current: Incident, now: Moment) -> None:
        """Whom an SMS alone could not reach is called and gets an e-mail."""
        existing = self._book.of(current.id)
        lost = [c for c in self._household.contacts.values() if escalation.unreached(c, existing)]
        if lost:
            made = self._alerting.made(current, Purpose.STILL, OTHER_WAYS, now, lost)
            self._alerting.commit(current, made, [Happening(current.id, now, "unreached", c.id) for c in lost])


def _queued_calls(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """Once a person is in charge nobody else is called."""
    return [d.step(Step.STOP) for d in deliveries if d.channel is Action.CALL and d.outcome is Outcome.QUEUED]
