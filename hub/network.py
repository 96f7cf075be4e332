"""What the hub needs to know of the machine's network, as a Protocol and facts. `hardware/network.py` fulfils it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Kind(StrEnum):
    """Of a way out; the name of its path."""

    ETHERNET = "ethernet"
    WIFI = "wifi"
    LTE = "lte"
    OTHER = "other"  # a tunnel, or what nobody knows


@dataclass(frozen=True, slots=True)
class Route:
    """A default route of this machine. `device`: "eth0"; of two the one with the lower `metric` is used."""

    device: str
    kind: Kind
    metric: int


@dataclass(frozen=True, slots=True)
class Mobile:
    """The mobile data connection as NetworkManager has it. `running`: whether NetworkManager answers at all;
    `profile`: whether one of type gsm is there, and `automatic`, `apn` and `metric` are its own; `others`: the highest
    metric of the Ethernet and Wi-Fi profiles; `device`: by which it is up just now, or "".
    """

    running: bool = False
    profile: bool = False
    automatic: bool = False
    apn: str = ""
    metric: int = 0
    others: int = 0
    device: str = ""


class Network(Protocol):
    """Looks only; who routes what is the system's business."""

    def routes(self) -> Sequence[Route]:
        """The default routes of now, the one that is used first. Quick, but it reads files; never raises."""

    async def mobile(self) -> Mobile:
        """Ask NetworkManager, for a few seconds at most; never raises."""
