"""One device is tried while somebody stands beside it."""

import pytest

from hub.core import Hub
from hub.errors import DeviceError, Refusal
from hub.ports import Pattern
from tests.hub_fixture import Ask

SILENT = {"gesture": "hold", "actions": ["sms", "call", "record"]}


async def test_the_siren_sounds_for_a_moment_as_in_an_exercise(hub: Hub, ask: Ask):
    assert await ask("try siren", seconds=0.3) == {"seconds": 0.3}
    assert hub.devices.siren.simulate({}) == {"sounding": True, "pattern": Pattern.PULSED}


@pytest.mark.parametrize("seconds", [0, 3.1, 180, float("inf"), "a"])
async def test_never_for_longer_than_a_moment(hub: Hub, ask: Ask, seconds: object):
    with pytest.raises(Refusal, match="malformed_request"):
        await ask("try siren", seconds=seconds)
    assert not hub.devices.siren.sounding


async def test_where_he_lives_there_is_no_sound_to_try(hub: Hub, ask: Ask):
    await ask("response set", **SILENT)
    with pytest.raises(Refusal, match="no_siren_here"):
        await ask("try siren")
    assert not hub.devices.siren.sounding


async def test_an_alert_is_not_disturbed(hub: Hub, ask: Ask):
    await ask("press", gesture="double")
    with pytest.raises(Refusal, match="incident_open"):
        await ask("try siren")
    assert not hub.devices.siren.sounding


async def test_a_siren_that_fails_says_why(hub: Hub, ask: Ask, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object) -> None:
        raise DeviceError("no pin")

    monkeypatch.setattr(hub.devices.siren, "sound", broken)
    with pytest.raises(Refusal, match="siren_failed"):
        await ask("try siren")


async def test_a_microphone_that_is_not_heard_says_why(hub: Hub, ask: Ask, monkeypatch: pytest.MonkeyPatch):
    async def deaf() -> float:
        raise DeviceError("microphone not found")

    monkeypatch.setattr(hub.recorder, "level", deaf)
    with pytest.raises(Refusal, match="microphone_failed"):
        await ask("try microphone")


async def test_nobody_listens_beside_an_alert(hub: Hub, ask: Ask):
    await ask("press", gesture="hold")
    with pytest.raises(Refusal, match="incident_open"):
        await ask("try microphone")
