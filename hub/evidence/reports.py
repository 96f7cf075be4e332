"""What a child says to the daemon: JSON lines, never waited for."""

import contextlib
import json
import os
from collections.abc import Mapping


class Reports:
    """Lines to the daemon. When it does not read them they are dropped: the recording goes on."""

    def __init__(self, output: int) -> None:
        self._output = output
        self._fault = ""
        os.set_blocking(output, False)

    def say(self, report: Mapping[str, object]) -> None:
        """Send one line, or none: it is shorter than PIPE_BUF, so never a part of it."""
        with contextlib.suppress(OSError):  # full, or nobody there any more: then standard input says so
            os.write(self._output, json.dumps(report).encode() + b"\n")

    def say_fault(self, *faults: str) -> None:
        """Say what is wrong now when that has changed, and `restored` when nothing is wrong any more."""
        fault = "; ".join(filter(None, faults))
        if fault != self._fault:
            self.say({"fault": fault} if fault else {"restored": True})
        self._fault = fault

    def say_idle(self, **facts: str) -> None:
        """Say that nothing is recorded; what is wrong is said with it, so that nobody takes it for a good sign."""
        self.say({"state": "idle", **facts, **({"fault": self._fault} if self._fault else {})})
