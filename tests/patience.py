"""Waiting for what a machine does: it is asked again and again, from outside."""

import time
from collections.abc import Callable


def until(holds: Callable[[], object], seconds: float, what: str = "it came true", pause: float = 0.5) -> float:
    """Wait, and tell after how many seconds it held."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() < began + seconds, f"not within {seconds:.0f} s: {what}"
        time.sleep(pause)
    return time.monotonic() - began
