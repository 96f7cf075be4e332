"""The record of what arrived at the network and what was answered, for tests and measurements."""

from dataclasses import dataclass, field

from hardware.simulated.network.faults import Kind


@dataclass(slots=True)
class Request:
    """`at` is monotonic; `status` is 0 and `answer` None as long as, or when, nothing was answered.

    A mail's recipient is here too: method "SMTP", form From and To, status the reply code.
    """

    at: float
    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)
    fault: Kind | None = None
    status: int = 0
    answer: object = None
