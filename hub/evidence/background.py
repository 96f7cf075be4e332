"""What is done beside the alerts and the recording takes nothing that they need."""

import contextlib
import os
from pathlib import Path

NICE = 10
EXPENDABLE = b"500"  # of 1000: when memory is short it goes first; the daemon, whose child it is, has -900


def step_back() -> None:
    """Leave the processor to whoever needs it, and be the first to go when there is no memory."""
    with contextlib.suppress(OSError):
        os.nice(NICE)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_bytes(EXPENDABLE)
