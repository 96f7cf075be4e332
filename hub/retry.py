"""When a delivery is tried again: 0, 2, 4, 8, 15, 30 s, each minute to 15 min, each 5 min to 24 h."""

from itertools import chain

TIME_OUT = 8.0  # s; one attempt, counted from outside the client
TIME_OUTS = {"modem": 160.0}  # s; longer than its own: for the turn of an SMS, and for sending all its parts
GIVE_UP = 24 * 3600.0  # s

OFFSETS: tuple[int, ...] = tuple(
    chain((0, 2, 4, 8, 15, 30), range(60, 15 * 60 + 1, 60), range(20 * 60, int(GIVE_UP) + 1, 300))
)


def time_out(path: str) -> float:
    """Seconds that one attempt by this path may take."""
    return TIME_OUTS.get(path, TIME_OUT)


def next_attempt(begun: float, now: float, stretch: float = 1.0) -> float | None:
    """The first planned time that is not over, or None after 24 h.

    All in monotonic seconds; `stretch` (0.9 to 1.1) keeps many hubs from knocking at the same instant.
    A planned time that an attempt has run over is left out, not made up for.
    """
    if now - begun >= GIVE_UP:
        return None
    return next((begun + offset * stretch for offset in OFFSETS if begun + offset * stretch > now), None)
