"""The button inside the case, on a GPIO pin, with gpiozero: held for five seconds it opens the page."""

import asyncio
from collections.abc import Callable
from typing import Any

from hub.errors import DeviceError

HELD = 5.0  # s


class GpioServiceButton:
    """It draws the pin to ground."""

    def __init__(self, pin: int, seconds: float = HELD) -> None:
        self._pin = pin
        self._seconds = seconds

    async def listen(self, held: Callable[[], None]) -> None:
        """Until cancelled: call `held`, in the loop's thread, once each time it was held. Raises DeviceError."""
        loop = asyncio.get_running_loop()
        button = await asyncio.to_thread(_button, self._pin, self._seconds)
        button.when_held = lambda: loop.call_soon_threadsafe(held)
        try:
            await asyncio.Event().wait()
        finally:
            button.close()


def _button(pin: int, seconds: float) -> Any:
    """Imported here: not every hub has one."""
    from gpiozero import Button
    from gpiozero.exc import GPIOZeroError

    try:
        return Button(pin, pull_up=True, bounce_time=None, hold_time=seconds)
    except (GPIOZeroError, OSError) as problem:
        raise DeviceError(f"service button: {type(problem).__name__}: {problem}") from problem
