"""The power-fail line of a supply with a battery, on a GPIO pin, with gpiozero."""

from typing import Protocol

from hub.errors import DeviceError


class Input(Protocol):
    """What is used of gpiozero's DigitalInputDevice."""

    @property
    def is_active(self) -> bool: ...
    def close(self) -> None: ...


class GpioMains:
    """The pin is pulled to the level that means lost: a line that is cut or not connected says lost, too."""

    def __init__(self, pin: int, active_high: bool = True) -> None:
        """`active_high`: the line is high while the mains is lost."""
        self._pin = pin
        self._active_high = active_high
        self._line: Input | None = None

    def lost(self) -> bool:
        """What the line says now. Raises DeviceError; the pin is then taken anew the next time."""
        try:
            self._line = self._line or _input(self._pin, self._active_high)
            return not self._line.is_active
        except Exception as error:
            line, self._line = self._line, None
            if line is not None:
                line.close()
            raise DeviceError(f"power: {type(error).__name__}: {error}") from error


def _input(pin: int, active_high: bool) -> Input:
    """Active while it is drawn away from its pull. Imported here: not every hub has such a supply."""
    from gpiozero import DigitalInputDevice

    line: Input = DigitalInputDevice(pin, pull_up=active_high)
    return line
