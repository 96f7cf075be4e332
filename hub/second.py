"""The second way for an SMS: by the hub's own SIM, where the first one has not taken it. Pure.

The first way's tries go on; text and reference are the same, so that a person sees one alert.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import count

from hub.delivery import Delivery, Outcome
from hub.response import Action

MODEM = "modem"
PATIENCE = 20.0  # s; then the second way goes beside the first
APART = 10.0  # s; from one SMS of an exercise to the next: a real alert waits for the one that is leaving, not for all
NO_ROUTE = "connection"
# What the first way says where waiting helps nobody: no route to it, or it does not know this account.
HOPELESS = frozenset({NO_ROUTE, "20003", "20005", "401", "403"})


def twins(deliveries: Mapping[str, Delivery], now: float, reason: str) -> list[Delivery]:
    """What is to go by the second way from now on, once for each text. `reason`: why the first way fails, "" if it does
    not; `now`: monotonic.
    """
    taken = {_text(d) for d in deliveries.values() if d.path == MODEM}
    late = {_text(d): d for d in deliveries.values() if _late(d, now, reason) and _text(d) not in taken}
    numbers = count(1 + max((int(id.rpartition("-")[2]) for id in deliveries), default=0))
    return [_twin(d, f"{d.incident}-{next(numbers)}", now) for d in late.values()]


def _late(delivery: Delivery, now: float, reason: str) -> bool:
    if delivery.channel is not Action.SMS or delivery.path or not delivery.pending:
        return False
    return now - delivery.begun.mono >= PATIENCE or (delivery.tries > 0 and reason in HOPELESS)


def _text(delivery: Delivery) -> tuple[str, str]:
    return delivery.contact, delivery.text


def _twin(delivery: Delivery, id: str, now: float) -> Delivery:
    return replace(delivery, id=id, path=MODEM, outcome=Outcome.QUEUED, due=now, tries=0, accepted_id="")


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
