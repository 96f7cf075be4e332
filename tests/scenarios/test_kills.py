"""The daemon is killed at each arrow of the flow, and started again: nothing that was stored is lost."""

import asyncio
import random
import sys
from pathlib import Path

import pytest

from hardware.simulated.network import Fault, Kind, Service
from tests.scenarios.world import DOUBLE, HOLD, PHONES, ROOT, SINGLE, TAKEN, World

TWILIO_HANGS = Fault(Service.TWILIO, Kind.HANG)
MAIL_HANGS = Fault(Service.SMTP, Kind.HANG)


async def stored(world: World) -> bool:
    return bool((await world.ask("incidents"))["incidents"])


async def again(world: World) -> None:
    """Killed and started; the provider is well by now."""
    world.kill()
    world.network.faults.clear()
    await world.start()


async def test_killed_before_the_press_was_stored_the_frame_that_is_repeated_is_heard(outside: World, stalls: Path):
    await outside.start()
    await outside.settle_in()
    await outside.stop()
    await outside.start(LD_PRELOAD=str(stalls), HUB_FSYNC_SECONDS="30")
    await outside.click(HOLD)
    await outside.until(lambda: outside.sounding)
    outside.kill()
    await outside.start()
    assert not await stored(outside)
    outside.again(HOLD)
    await outside.until(outside.all_told)


async def test_killed_while_the_siren_sounds_and_its_configuration_broken_the_relay_is_switched_off(world: World):
    await world.click(HOLD)
    await world.until(lambda: world.sounding)
    world.kill()
    world.config.write_text("[siren")
    assert world.sounding
    files = (str(world.folder / "pins"), "pinctrl-bcm2711", str(world.folder / "siren"))
    lowering = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.siren.lines", *files, cwd=ROOT)
    assert await lowering.wait() == 0
    assert not world.sounding


async def test_killed_while_every_request_hangs(world: World):
    world.network.faults.add(TWILIO_HANGS)
    world.network.faults.add(MAIL_HANGS)
    await world.click(DOUBLE)
    await world.until(lambda: len(world.network.requests) >= 15)
    await again(world)
    await world.until(world.all_told, 10)


async def test_killed_after_the_provider_accepted_and_before_the_hub_heard_of_it(world: World):
    for kind in (Service.TWILIO, Service.SMTP):
        world.network.faults.add(Fault(kind, Kind.LOST_REPLY))
    await world.click(DOUBLE)
    await world.until(world.all_told)
    await again(world)
    await world.until(world.all_told)
    references = {text.split("#")[1][:5] for phone in PHONES for text in world.texts(phone)}
    assert len(references) == 1, "twice perhaps, but one alert"


async def test_killed_when_some_were_accepted_only_the_others_are_sent_again(world: World):
    world.network.faults.add(Fault(Service.TWILIO, Kind.ERROR, status=503, number=PHONES[0]))
    await world.click(SINGLE)
    await world.until(lambda: all(world.texts(phone) for phone in PHONES[1:]))

    async def written():
        outcomes = [d["outcome"] for d in (await world.incident())["deliveries"]]
        return sum(outcome in TAKEN for outcome in outcomes) == 4

    await world.until(written)
    await again(world)
    await world.until(lambda: world.texts(PHONES[0]))
    assert [len(world.texts(phone)) for phone in PHONES] == [1, 1, 1, 1, 1]


async def test_killed_during_an_alarm_the_siren_sounds_on_and_a_new_recording_begins(world: World):
    await world.click(HOLD)
    await world.until(world.all_told)
    await world.until(lambda: list(world.evidence.glob("*-1/*.flac")))
    world.kill()
    await world.start()
    await world.until(lambda: world.sounding)
    await world.until(lambda: list(world.evidence.glob("*-2/*.flac")))
    id = (await world.incident())["id"]
    assert [line["what"] for line in world.recorder_log(f"{id}-2")][:2] == ["start", "gap"]
    assert all(len(world.texts(phone)) == 1 for phone in PHONES)


async def test_the_siren_does_not_sound_on_when_its_time_is_over(outside: World):
    outside.configure(siren_seconds=1)
    await outside.start()
    await outside.settle_in()
    await outside.click(HOLD)
    await outside.until(lambda: outside.pins == [True, False], 5)
    outside.kill()
    await outside.start()
    assert outside.pins == [True, False]


async def test_killed_before_the_all_clear_left(world: World):
    await world.click(DOUBLE)
    await world.until(world.all_told)
    world.network.faults.add(TWILIO_HANGS)
    world.network.faults.add(MAIL_HANGS)
    id = (await world.incident())["id"]
    await world.ask("resolve", id=id, kind="false_alarm")
    await again(world)
    await world.until(lambda: world.all_told(texts=2, mails=2))
    assert (await world.ask("status"))["open_incident"] is None


async def test_killed_and_started_a_stored_press_is_not_heard_twice(world: World):
    await world.click(DOUBLE)
    await world.until(world.all_told)
    world.kill()
    await world.start()
    world.again(DOUBLE)
    await world.click(SINGLE)  # once it is heard, the frame before it was

    async def heard():
        return len((await world.incident())["events"]) > 1

    await world.until(heard)
    happened = [(event["what"], event["detail"].split()[0]) for event in (await world.incident())["events"]]
    assert happened == [("opened", "double"), (happened[1][0], "single")]


@pytest.mark.parametrize("chance", range(6))
async def test_killed_at_any_moment_after_it_was_stored_everybody_is_told(world: World, chance: int):
    await world.click(DOUBLE)
    await world.until(lambda: stored(world))
    await asyncio.sleep(random.Random(chance).uniform(0.0, 0.3))
    world.kill()
    await world.start()
    await world.until(world.all_told, 10)


async def test_it_ends_in_good_order_when_asked_to(world: World):
    await world.click(HOLD)
    await world.until(lambda: world.sounding)
    assert await world.stop() == 0
    assert not world.sounding
