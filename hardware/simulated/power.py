"""A supply that is not there: the mains is lost when it is told so."""

from collections.abc import Mapping


class SimulatedMains:
    """The mains is there until `simulate` says otherwise."""

    def __init__(self) -> None:
        self._lost = False

    def lost(self) -> bool:
        return self._lost

    def simulate(self, request: Mapping[str, object]) -> dict[str, object]:
        """`{"command": "power"}` asks; with `lost` true or false the mains goes or comes back."""
        self._lost = bool(request.get("lost", self._lost))
        return {"lost": self._lost}
