"""An incident that is open, made to look as if it had been ended: for whoever was made to type the code.

Nothing that came later is in it, and the texts that say she is under threat look like the all-clear.
"""

from typing import Any

from hub.alert import Purpose
from hub.check import Check
from hub.core import Hub
from hub.delivery import Outcome
from hub.evidence.courier import FAULTS
from hub.incident import Event
from hub.response import Action

Json = dict[str, Any]
REACHED = (Outcome.SENDING, Outcome.ACCEPTED, Outcome.DELIVERED, Outcome.UNKNOWN)
GOING_ON = {"microphone", "evidence", "disk", "courier", *FAULTS, "refused"}
NOT_SENT_YET = (Outcome.QUEUED, Outcome.SENDING)


def hidden(hub: Hub, *, threat: bool) -> frozenset[str]:
    """Codes of faults that whoever looks under threat must not see: they began after the end that was feigned, and
    come of its going on.
    """
    current = hub.alerting.incident
    shown = hub.gate.feigned.get(current.id) if threat and current else None
    if shown is None or shown.ended is None:
        return frozenset()
    end = shown.ended.mono
    return frozenset(f.code for f in hub.faults if f.since.mono >= end and f.code.partition(":")[0] in GOING_ON)


def unsuspicious(checks: list[Check], hidden: frozenset[str]) -> list[Check]:
    """As they would be without these faults."""
    kept = [check for check in checks if not {*check.codes} & hidden]
    sound = Check("microphone", True, "microphone_ok")
    return [sound if "microphone" in hidden and check.name == "microphone" else check for check in kept]


def as_ended(incident: Json, brief: Json) -> Json:
    """`brief`: what an end would have left of it."""
    end: str = brief["ended_at"]
    events = [one for one in incident["events"] if one["at"] <= end and one["what"] != Event.THREATENED]
    ended = {"at": end, "what": Event.ENDED, "detail": brief["kind"]}
    return {
        **brief,
        "events": [*events, ended],
        "deliveries": _deliveries(incident["deliveries"], end),
        "answers": [one for one in incident["answers"] if one["at"] <= end],
        "positions": [one for one in incident["positions"] if one["told_at"] <= end],
    }


def _deliveries(deliveries: list[Json], end: str) -> list[Json]:
    threats = [one for one in deliveries if one["purpose"] == Purpose.UNDER_THREAT]
    before = [_stopped(one, end) for one in deliveries if one not in threats and one["begun_at"] <= end]
    reached = {one["contact"] for one in before if one["outcome"] in REACHED}
    clear = {
        (one["contact"], one["channel"]): {**one, "purpose": Purpose.ALL_CLEAR}
        for one in reversed(threats)
        if one["channel"] != Action.CALL and one["contact"] in reached
    }
    numbered = [*before, *reversed(clear.values())]
    return [{**one, "id": f"{one['id'].partition('-')[0]}-{n}"} for n, one in enumerate(numbered, 1)]


def _stopped(delivery: Json, end: str) -> Json:
    """What was not sent by then would not have been sent."""
    attempts = [one for one in delivery["attempts"] if one["at"] <= end]
    late = delivery["outcome"] in NOT_SENT_YET or len(attempts) < len(delivery["attempts"])
    return {**delivery, "attempts": attempts, "outcome": Outcome.FAILED if late else delivery["outcome"]}
