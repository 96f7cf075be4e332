"""Everything the hub raises on purpose.

HubError
├── Refusal             a request that cannot be granted: one sentence for a person, nothing was changed
│   └── IllegalTransition   a command that does not fit the state something is in
├── ConfigError         every fault of the configuration at once
├── DeviceError         a device that does not do its work; it is a fault and is tried again
├── DeliveryError       one attempt of one delivery that the next hop did not accept
├── ErrandError         what the remote store or the time stamp service did not take; it is tried again
└── StoreError          a transaction that can never succeed, however healthy the disk
"""

from collections.abc import Sequence


class HubError(Exception):
    """The root of the tree."""


class Refusal(HubError):
    """`key` names a sentence in `[refusals]` of `hub/texts/<language>.toml`, `values` fill its gaps."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)  # never the values: they may be numbers and names, and this may be logged
        self.key = key
        self.values = values


class IllegalTransition(Refusal):
    """The pair (state, command) is not in the table."""


class ConfigError(HubError):
    """`faults` holds one sentence for each thing that is wrong."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


class DeviceError(HubError):
    """`str()` says what the device answered; it holds no personal data."""


ENGAGED = "engaged"  # a `DeliveryError.code`: this person is on the telephone with us, and is not cut off


class DeliveryError(HubError):
    """`permanent`: trying again cannot help. `code`: what the next hop called it ("21211", "550", "timeout").

    `status`: the HTTP status, 0 for none. `reason` may quote the next hop and goes to the log only after numbers and
    addresses were taken out.
    """

    def __init__(self, reason: str, *, code: str = "", permanent: bool = False, status: int = 0) -> None:
        super().__init__(reason)
        self.code = code
        self.permanent = permanent
        self.status = status


class ErrandError(HubError):
    """`str()` is a word for the log and names nobody. `refused`: whoever set the service up has to look at it."""

    def __init__(self, reason: str, *, refused: bool = False) -> None:
        super().__init__(reason)
        self.refused = refused


class StoreError(HubError):
    """The statement itself is wrong (a constraint, a missing table); retrying it would block what follows."""
