"""How far a telephone call of Twilio's has come, and how to end one that nobody has picked up."""

from twilio.rest import Client
from twilio.rest.api.v2010.account.call import CallInstance

from hub.ports import Progress, Receipt

PROGRESS = {
    "queued": Progress.WAITING,
    "initiated": Progress.WAITING,
    "ringing": Progress.RINGING,
    "in-progress": Progress.TALKING,
    "completed": Progress.DELIVERED,
    "busy": Progress.UNDELIVERED,
    "no-answer": Progress.UNDELIVERED,
    "failed": Progress.UNDELIVERED,
    "canceled": Progress.UNDELIVERED,
}
UNANSWERED = frozenset({Progress.WAITING, Progress.RINGING})
MACHINE = "machine"


def heard(call: CallInstance) -> Receipt:
    """How far a call has come; a status that is not known says nothing."""
    progress = PROGRESS.get(str(call.status), Progress.WAITING)
    if progress is Progress.UNDELIVERED:
        return Receipt(progress, str(call.status))
    return Receipt(progress, MACHINE if by_machine(call.answered_by) else "")


def by_machine(answered_by: object) -> bool:
    """Whether Twilio takes who picked up for no person: "machine_start", "machine_end_beep", "fax"."""
    return str(answered_by).startswith(("machine", "fax"))


def hang_up(client: Client, call: str) -> bool:
    """End a call that waits or rings; False: somebody listens, and is never cut off. Runs in a thread of the line."""
    progress = heard(client.calls(call).fetch()).progress
    if progress in UNANSWERED:
        client.calls(call).update(status="canceled")
    return progress is not Progress.TALKING
