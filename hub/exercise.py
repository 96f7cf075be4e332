"""What an exercise tries: a whole gesture, or one way to one contact."""

from collections.abc import Iterable
from dataclasses import dataclass

from hub import second
from hub.delivery import Delivery
from hub.gesture import Kind
from hub.response import Action, Response


@dataclass(frozen=True, slots=True)
class Exercise:
    """`contact`: this one alone, by id; `channel`: this way alone, whatever the gesture has; `siren`: sound it where
    the gesture has it; `modem`: SMS by the hub's own SIM.
    """

    kind: Kind
    siren: bool = False
    modem: bool = False
    contact: str = ""
    channel: Action | None = None

    def channels(self, response: Response) -> frozenset[Action]:
        """The ways to the contacts that are tried."""
        return response.channels if self.channel is None else frozenset({self.channel})

    def among(self, made: Iterable[Delivery]) -> list[Delivery]:
        """Those of these deliveries that belong to it, by the way it tries."""
        wanted = [delivery for delivery in made if self.contact in ("", delivery.contact)]
        return second.instead(wanted) if self.modem else wanted
