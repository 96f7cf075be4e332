"""The table at the end: what was measured in the machine, in the order in which it came."""

import pytest

from tests.machine.machine import SUITE
from tests.machine.qemu import HAS_KVM

FIGURES: list[tuple[str, str]] = []


def note(what: str, figure: str) -> None:
    FIGURES.append((what, figure))


def table() -> list[str]:
    title = f"{SUITE}, {'KVM' if HAS_KVM else 'without KVM: every instruction is translated'}"
    return [f"| {title} | |", "|---|---|", *(f"| {what} | {figure} |" for what, figure in FIGURES)]


def show(reporter: pytest.TerminalReporter) -> None:
    if FIGURES:
        reporter.section("the machine")
        for line in table():
            reporter.write_line(line)
