"""The second way for an SMS: by the hub's own SIM, where the first one has not taken it. Pure.

The first way's tries go on; text and reference are the same, so that a person sees one alert.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import count

from hub.delivery import Delivery, Outcome
from hub.escalation import SMS_EVERY
from hub.messages import Purpose
from hub.response import Action

MODEM = "modem"
PATIENCE = 20.0  # s; then the second way goes beside the first
APART = 10.0  # s; from one SMS of an exercise to the next: a real alert waits for the one that is leaving, not for all
NO_ROUTE = "connection"
# What the first way says where waiting helps nobody: no route to it, or it does not know this account.
HOPELESS = frozenset({NO_ROUTE, "20003", "20005", "401", "403"})


def untaken(deliveries: Iterable[Delivery], before: Mapping[str, float], now: float) -> dict[str, float]:
    """Since when the first way has not taken each SMS, by id; `before`: what this said last.

    A further press changes the text of one that waits, and does not begin its time anew; one that only waits for its
    minute has not begun.
    """
    waiting = [d for d in deliveries if d.channel is Action.SMS and d.pending and not d.path]
    begun = {d.id: d.begun.mono if d.tries else max(d.begun.mono, d.due) for d in waiting if d.tries or d.due <= now}
    return begun | {id: since for id, since in before.items() if id in begun}


def twins(
    deliveries: Mapping[str, Delivery], now: float, reason: str, since: Mapping[str, float] | None = None
) -> list[Delivery]:
    """What is to go by the second way from now on, once for each text. `reason`: why the first way fails, "" if it does
    not; `since`: what `untaken` says; `now`: monotonic.
    """
    since = untaken(deliveries.values(), {}, now) if since is None else since
    taken = {_text(d) for d in deliveries.values() if d.path == MODEM}
    late = {_text(d): d for d in deliveries.values() if _late(d, now, reason, since) and _text(d) not in taken}
    numbers = count(1 + max((int(id.rpartition("-")[2]) for id in deliveries), default=0))
    return [_twin(d, f"{d.incident}-{next(numbers)}", _due(d, deliveries, now)) for d in late.values()]


def _late(delivery: Delivery, now: float, reason: str, since: Mapping[str, float]) -> bool:
    if delivery.id not in since:
        return False
    return now - since[delivery.id] >= PATIENCE or (delivery.tries > 0 and reason in HOPELESS)


def _due(delivery: Delivery, deliveries: Mapping[str, Delivery], now: float) -> float:
    """That she pressed again is told once a minute, by this way too."""
    if delivery.purpose is not Purpose.AGAIN:
        return now
    sent = [d.due for d in deliveries.values() if d.path and d.contact == delivery.contact and _has_left(d)]
    return max([now, *(due + SMS_EVERY for due in sent)])


def _has_left(delivery: Delivery) -> bool:
    return delivery.outcome not in (Outcome.QUEUED, Outcome.FAILED)


def _text(delivery: Delivery) -> tuple[str, str]:
    return delivery.contact, delivery.text


def _twin(delivery: Delivery, id: str, due: float) -> Delivery:
    return replace(delivery, id=id, path=MODEM, outcome=Outcome.QUEUED, due=due, tries=0, accepted_id="")


def instead(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """The same, with each SMS by the hub's own SIM and by no other way; one after the other."""
    turns = count()
    return [
        replace(d, path=MODEM, due=d.due + APART * next(turns)) if d.channel is Action.SMS else d for d in deliveries
    ]


def hastened(deliveries: Iterable[Delivery], now: float) -> list[Delivery]:
    """What waits for its next try by the second way, to be tried at once: the modem is well again."""
    waiting = (d for d in deliveries if d.path == MODEM and d.outcome is Outcome.QUEUED and d.due > now)
    return [replace(d, due=now) for d in waiting]


def needless(twin: Delivery, deliveries: Mapping[str, Delivery]) -> bool:
    """Whether the first way has taken this text meanwhile, and the second one never began."""
    first = (d for d in deliveries.values() if not d.path and d.channel is twin.channel and _text(d) == _text(twin))
    return bool(twin.path) and twin.tries == 0 and any(not d.pending for d in first)
