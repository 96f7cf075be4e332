"""A siren that is not there: it remembers until when it sounds."""

import time
from collections.abc import Mapping

from hub.ports import Pattern


class SimulatedSiren:
    """Never sounds longer than `max_seconds`. It needs no timer, so nothing can keep it from falling silent."""

    def __init__(self, max_seconds: float = 180.0) -> None:
        self._max_seconds = max_seconds
        self._pattern = Pattern.STEADY
        self._until = 0.0

    @property
    def sounding(self) -> bool:
        return time.monotonic() < self._until

    def open(self) -> None:
        """There is nothing to take."""

    def sound(self, pattern: Pattern, seconds: float) -> None:
        self._until = time.monotonic() + min(seconds, self._max_seconds)
        self._pattern = pattern

    def silence(self) -> None:
        self._until = 0.0

    def close(self) -> None:
        self.silence()

    def simulate(self, request: Mapping[str, object]) -> dict[str, object]:  # noqa: ARG002 - there is one question
        """Answer `{"command": "siren"}`."""
        sounding = self.sounding
        return {"sounding": sounding, "pattern": self._pattern.value if sounding else None}
