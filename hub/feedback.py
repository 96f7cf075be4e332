"""Shows the wearer that a person has acknowledged, on those of her buttons where that was switched on."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from hub.household import Household

log = logging.getLogger(__name__)
PATIENCE = 10.0  # s; a link that is made anew takes a few


class Feedback:
    """`confirm` tells one button, by its address. Nobody waits for it, and nothing depends on it."""

    def __init__(self, household: Household, confirm: Callable[[str], Awaitable[None]]) -> None:
        self._household = household
        self._confirm = confirm
        self._tasks: set[asyncio.Task[None]] = set()

    def show(self) -> None:
        """Off unless it was switched on for a button: what it shows may be heard by others."""
        for button in self._household.buttons.values():
            if button.feedback:
                task = asyncio.create_task(self._show(button.id, button.address))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _show(self, id: str, address: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._confirm(address)
        except Exception as problem:  # noqa: BLE001 - one device's task: nobody else looks at what comes of it
            log.warning("button %s could not show that a person has acknowledged: %s", id, type(problem).__name__)
