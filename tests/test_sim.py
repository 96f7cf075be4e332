"""A modem that fails is a fault once it has failed for a while; one that only starts is none."""

import pytest

from hub.faults import Faults
from hub.ports import ModemView
from hub.sim import SETTLED, Sim, refused
from tests.moments import at


class Shown:
    """What a modem shows."""

    view = ModemView()


class Days:
    """One thing after the other, on a clock that is set by hand."""

    def __init__(self) -> None:
        self.modem, self.faults = Shown(), Faults(lambda: at(0))
        self.seen: list[str] = []
        self.faults.changed.append(lambda fault: self.seen.append(fault.code))
        self._sim = Sim(self.modem, self.faults)  # type: ignore[arg-type]  # only its view is asked for

    def shows(self, trouble: str, now: float) -> set[str]:
        """The faults, after the modem has shown this."""
        self.modem.view = ModemView(trouble=trouble)
        self._sim.look(now)
        return {fault.code for fault in self.faults}


@pytest.fixture
def days() -> Days:
    return Days()


def test_a_modem_that_starts_or_is_replugged_is_no_fault(days: Days) -> None:
    for start in (0.0, 100.0):
        for seconds, trouble in (
            (0.0, "absent"),
            (4.0, "starting"),
            (9.0, "no_network"),
            (9.9, "no_network"),
            (12, ""),
        ):
            assert days.shows(trouble, start + seconds) == set()
    assert days.seen == []


def test_trouble_that_stays_is_a_fault_that_says_what_is_wrong_now(days: Days) -> None:
    days.shows("starting", 0)
    days.shows("absent", 5)
    assert days.shows("absent", SETTLED) == {"modem"}
    days.shows("no_sim", SETTLED + 1)
    assert days.faults.why("modem") == "no_sim"
    assert days.shows("", SETTLED + 2) == set()


def test_a_fault_from_before_the_restart_stays_while_the_modem_starts(days: Days) -> None:
    days.faults.put("modem", "silent")
    assert days.shows("starting", 0) == {"modem"}
    assert days.shows("", 5) == set()


def test_an_sms_that_was_refused_stays_a_fault_while_the_modem_looks_well(days: Days) -> None:
    days.faults.put("sim", "cms-38")
    for seconds, trouble in ((0, ""), (1, "starting"), (2, ""), (3, "no_network"), (60, "no_network"), (70, "")):
        assert "sim" in days.shows(trouble, seconds)


@pytest.mark.parametrize("code", ["cms-38", "sms-46", "no_service_centre", "Failed"])
def test_what_the_network_refused_is_a_matter_of_the_sim(code: str) -> None:
    assert refused(code)


@pytest.mark.parametrize("code", ["absent", "silent", "timeout", "modem_busy", "not_allowed:Messaging"])
def test_what_the_modem_failed_with_is_not(code: str) -> None:
    assert not refused(code)
