"""The simulated siren keeps the promises of the real one."""

import time

from hardware.simulated.siren import SimulatedSiren
from hub.ports import Pattern


def wait_for_silence(siren: SimulatedSiren) -> float:
    began = time.monotonic()
    while siren.sounding:
        assert time.monotonic() - began < 5
        time.sleep(0.001)
    return time.monotonic() - began


def test_it_says_how_it_sounds() -> None:
    siren = SimulatedSiren()
    siren.open()
    assert siren.simulate({"command": "siren"}) == {"sounding": False, "pattern": None}
    siren.sound(Pattern.PULSED, 5)
    assert siren.simulate({"command": "siren"}) == {"sounding": True, "pattern": "pulsed"}


def test_it_falls_silent_by_itself_and_never_later_than_allowed() -> None:
    siren = SimulatedSiren(max_seconds=0.1)
    siren.sound(Pattern.STEADY, 3600)
    assert 0.05 < wait_for_silence(siren) < 1
    assert siren.simulate({"command": "siren"}) == {"sounding": False, "pattern": None}


def test_silence_and_close_end_the_sound() -> None:
    siren = SimulatedSiren()
    for end in (siren.silence, siren.close):
        siren.sound(Pattern.STEADY, 5)
        end()
        assert not siren.sounding
