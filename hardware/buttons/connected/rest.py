"""How long one button is left in peace before it is connected again: a pure machine, `now` comes in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. `connect`: one attempt; `answer`: one reading or writing; `prove`: from one proof to the next.

    `first` to `most`: the pause after an attempt in vain, doubled from one to the next.
    `away`: unheard for so long, a button that is heard again came back, and is connected at once.
    """

    connect: float = 10.0
    answer: float = 5.0
    prove: float = 30.0
    first: float = 0.5
    most: float = 30.0
    away: float = 5.0


class Rest:
    """Nothing here can fail: a pause that is not made takes the adverts of the other buttons."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._pause = 0.0
        self._not_before = 0.0
        self._heard = 0.0

    def forget(self) -> None:
        """As if it had never been tried."""
        self._pause = self._not_before = 0.0

    def proven(self) -> None:
        """The attempt was not in vain."""
        self._pause = 0.0

    def tried(self) -> None:
        """In vain, until it is proven."""
        self._pause = min(self._pace.most, max(self._pace.first, 2 * self._pause))

    def ended(self, began: float, now: float) -> None:
        """After an attempt that failed at once any advert will do; one that took its time cost the others adverts.

        Nothing is heard of a button that is connected: how long it is silent counts from here.
        """
        if now - began < self._pace.first:
            self._pause = 0.0
        self._not_before = max(began + self._pace.first, now + self._pause)
        self._heard = now

    def heard(self, now: float) -> float:
        """It advertises; seconds until it may be connected. One that came back into reach is not to wait."""
        if now - self._heard >= self._pace.away:
            self.forget()
        self._heard = now
        return max(0.0, self._not_before - now)
