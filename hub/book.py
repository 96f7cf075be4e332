"""The deliveries of now, in memory: what a press made, what became of it. The store follows behind."""

import asyncio
from collections.abc import Iterable

from hub.delivery import Attempt, Delivery, Outcome
from hub.store import Store


class Book:
    """Every change goes through `put`; whoever waits for one delivery is woken."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._deliveries: dict[str, Delivery] = {}
        self._changed: dict[str, asyncio.Event] = {}

    def get(self, id: str) -> Delivery | None:
        return self._deliveries.get(id)

    def all(self) -> list[Delivery]:
        return list(self._deliveries.values())

    def of(self, incident: str) -> dict[str, Delivery]:
        return {d.id: d for d in self._deliveries.values() if d.incident == incident}

    @property
    def busy(self) -> bool:
        """Whether anything is still to be sent."""
        return any(d.pending for d in self._deliveries.values())

    def settled(self, incident: str) -> bool:
        """Nothing is to be sent, and of nothing a receipt is still waited for."""
        return all(d.over for d in self.of(incident).values())

    def enter(self, deliveries: Iterable[Delivery]) -> None:
        """Put in memory only: the caller writes them in the press's own transaction."""
        for delivery in deliveries:
            self._deliveries[delivery.id] = delivery
            if delivery.id in self._changed:
                self._changed[delivery.id].set()

    def put(self, delivery: Delivery, *attempts: Attempt) -> None:
        """Put in memory and write behind."""
        self.enter([delivery])
        self._store.put(delivery, *attempts)

    def turn_over(self, incident: str) -> None:
        """A new incident begins: forget what is over and belongs to others. A call that may still ring is not over."""
        kept = {d.id: d for d in self._deliveries.values() if not d.over or d.incident == incident}
        self._deliveries = kept

    async def wait(self, id: str, seconds: float) -> None:
        """Until the delivery changes, or so long."""
        changed = self._changed[id] = asyncio.Event()
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await changed.wait()
        except TimeoutError:
            return
        finally:
            del self._changed[id]

    def queued(self) -> list[Delivery]:
        return [d for d in self._deliveries.values() if d.outcome is Outcome.QUEUED]
