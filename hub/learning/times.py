"""How long each part of a lesson takes."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds."""

    looking: float = 90.0  # for the device to be heard at all, and for two tries to connect it
    greeting: float = 0.5  # what it says once it is connected comes at every new connection, whoever presses
    settling: float = 3.0  # the press that woke it up is no rest
    rest_linked: float = 5.0
    rest: float = 9.0  # of adverts a beacon each eight seconds must be heard
    rest_most: float = 40.0  # of a device that says ever new things
    waiting: float = 20.0  # for a gesture, then it is asked again
    quiet: float = 2.0  # after the last signal the gesture is over
    holding: float = 5.5  # a hold is over no sooner
    sample_most: float = 20.0
    proving: float = 10.0
    proving_rolling: float = 65.0  # where any new value is a press, a beacon each minute would be one
    longest: float = 900.0  # the whole lesson

    def scaled(self, factor: float) -> "Times":
        """For tests and demonstrations."""
        return Times(**{field.name: getattr(self, field.name) * factor for field in fields(self)})
