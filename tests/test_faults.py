"""A fault appears, is told, goes; what technicians believe is kept until it is true again."""

from hub.core import Hub, clock
from hub.faults import Fault, Faults
from tests.moments import at


class Home:
    """Faults on a clock that is set by hand; `written` is what the store would get."""

    def __init__(self, discreet: bool = False) -> None:
        self.seconds = 0.0
        self.faults = Faults(lambda: at(self.seconds), lambda _: discreet)
        self.written: list[Fault] = []
        self.faults.changed.append(self.written.append)

    def fault(self, code: str = "siren") -> Fault:
        return next(fault for fault in (*self.faults, *self.faults.over) if fault.code == code)


def test_what_was_told_is_told_to_be_over_and_then_forgotten():
    home = Home()
    home.faults.put("siren", "no pin")
    home.faults.told(home.fault())
    home.seconds = 50
    home.faults.restore("siren")
    assert home.faults.over == (Fault("siren", at(0), told=at(0), restored=at(50)),)
    home.faults.told(home.fault())
    assert home.faults.over == ()
    assert home.written[-1] == Fault("siren", at(0), told=None, restored=at(50))


def test_what_nobody_was_told_of_is_never_told_to_be_over():
    home = Home()
    home.faults.put("siren", "no pin")
    home.faults.restore("siren")
    assert home.faults.over == ()


def test_a_fault_that_comes_back_before_its_end_was_told_is_no_news():
    home = Home()
    home.faults.put("siren", "no pin")
    home.faults.told(home.fault())
    home.faults.restore("siren")
    home.seconds = 90
    home.faults.put("siren", "no pin")
    assert home.fault() == Fault("siren", at(90), told=at(0))
    assert home.faults.over == ()


def test_a_fault_that_ended_while_it_was_being_told_is_told_to_be_over():
    home = Home()
    home.faults.put("siren", "no pin")
    sent = home.fault()
    home.faults.restore("siren")
    home.faults.told(sent)
    assert [fault.code for fault in home.faults.over] == ["siren"]


def test_a_fault_that_came_back_while_its_end_was_being_told_is_told_anew():
    home = Home()
    home.faults.put("siren", "no pin")
    home.faults.told(home.fault())
    home.faults.restore("siren")
    sent = home.fault()
    home.faults.put("siren", "no pin")
    home.faults.told(sent)
    assert home.fault().told is None


def test_of_a_discreet_fault_only_the_day_it_was_told_is_kept():
    home = Home(discreet=True)
    home.faults.put("button_absent:b1", "")
    home.faults.told(home.fault("button_absent:b1"))
    assert home.fault("button_absent:b1").told == at(0).day


async def test_what_was_told_and_what_was_not_survives_a_restart(hub: Hub):
    old = clock()
    rows = [Fault("a", old, told=old), Fault("b", old, told=old, restored=old), Fault("c", old, restored=old)]
    await hub.store.put(*rows)
    loaded = await hub.store.load(clock(), 3.0)
    hub.faults.load(loaded.faults)
    assert [(fault.code, fault.told is not None) for fault in hub.faults] == [("a", True)]
    assert [fault.code for fault in hub.faults.over] == ["b"]
