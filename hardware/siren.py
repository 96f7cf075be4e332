"""The siren on a GPIO pin (a relay), with gpiozero."""

import atexit
import contextlib
import logging
import threading
import time
from typing import Protocol

from hub.errors import DeviceError
from hub.ports import Pattern

log = logging.getLogger(__name__)

_PULSE = 0.5  # seconds on, seconds off
_AGAIN = 1.0  # a pin that could not be written is written again so often


class Output(Protocol):
    """What is used of gpiozero's DigitalOutputDevice."""

    def on(self) -> None: ...
    def off(self) -> None: ...
    def close(self) -> None: ...


class GpioSiren:
    """Never sounds longer than `max_seconds`: a thread of its own ends it, whatever the event loop does.

    It is off after every end of the process that code can see; after the others `hardware.lowering` switches it off.
    """

    def __init__(self, pin: int, active_high: bool = True, max_seconds: float = 180.0) -> None:
        self._pin = pin
        self._active_high = active_high
        self._max_seconds = max_seconds
        self._keeper: Keeper | None = None

    @property
    def sounding(self) -> bool:
        return self._keeper is not None and self._keeper.sounding

    def open(self) -> None:
        """Take the pin, silent, and have everything ready that `sound` needs."""
        self._opened()

    def sound(self, pattern: Pattern, seconds: float) -> None:
        """The pin goes on before anything else is done. Sounding again begins the time anew."""
        keeper = self._opened()
        try:
            keeper.sound(pattern, min(seconds, self._max_seconds))
        except Exception as error:
            raise self._given_up(error) from error

    def silence(self) -> None:
        if self._keeper is not None:
            try:
                self._keeper.silence()
            except Exception as error:
                raise self._given_up(error) from error

    def close(self) -> None:
        """Silence and let go of the pin; never raises."""
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            atexit.unregister(self.close)
            keeper.end()

    def _opened(self) -> "Keeper":
        if self._keeper is None:
            try:
                self._keeper = Keeper(_output(self._pin, self._active_high))
            except Exception as error:
                raise _named(error) from error
            atexit.register(self.close)
        return self._keeper

    def _given_up(self, error: Exception) -> DeviceError:
        """A pin that failed is let go, so that the next `open` takes it anew."""
        self.close()
        return _named(error)


class Keeper:
    """The pin, and the thread that pulses it and ends the sound in time."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._changed = threading.Condition()
        self._pattern = Pattern.STEADY
        self._began = 0.0
        self._until: float | None = None  # None: silent
        self._ended = False
        threading.Thread(target=self._run, name="siren", daemon=True).start()

    @property
    def sounding(self) -> bool:
        return self._until is not None

    def sound(self, pattern: Pattern, seconds: float) -> None:
        self._output.on()
        with self._changed:
            self._output.on()  # once more: the end of the sound before may just have switched it off
            self._pattern = pattern
            self._began = time.monotonic()
            self._until = self._began + seconds
            self._changed.notify()

    def silence(self) -> None:
        with self._changed:
            self._until = None
            self._output.off()
            self._changed.notify()

    def end(self) -> None:
        """Silence for good and let go of the pin; never raises."""
        with self._changed:
            self._ended = True
            self._changed.notify()
            with contextlib.suppress(Exception):  # to let go of the pin switches a relay off, too
                self.silence()
            with contextlib.suppress(Exception):  # nothing more can be done
                self._output.close()

    def _run(self) -> None:
        with self._changed:
            while not self._ended:
                try:
                    wait = self._step(time.monotonic())
                except Exception:  # the thread must live: nobody else ends the sound
                    log.exception("The siren's pin could not be written")
                    wait = _AGAIN
                self._changed.wait(wait)

    def _step(self, now: float) -> float | None:
        """Put the pin right; seconds until the next change, None: no change of itself."""
        if self._until is None:
            return None
        if now >= self._until:
            self._output.off()
            self._until = None
            return None
        if self._pattern is Pattern.STEADY:
            return self._until - now
        on, change = pulse(now - self._began)
        (self._output.on if on else self._output.off)()
        return min(change, self._until - now)


def pulse(elapsed: float) -> tuple[bool, float]:
    """Whether a pulsed sound is on so many seconds after it began, and in how many seconds that changes."""
    half, into = divmod(elapsed, _PULSE)
    return half % 2 == 0, _PULSE - into


def _output(pin: int, active_high: bool) -> Output:
    """Imported here, when the device is opened: it takes a tenth of a second, and not every hub has a siren."""
    from gpiozero import DigitalOutputDevice

    output: Output = DigitalOutputDevice(pin, active_high=active_high, initial_value=False)
    return output


def _named(error: Exception) -> DeviceError:
    """gpiozero and lgpio have errors of many families; to us the device has failed."""
    return DeviceError(f"siren: {type(error).__name__}: {error}")
