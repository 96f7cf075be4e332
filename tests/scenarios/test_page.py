"""The page's gate in the daemon as it runs: asked over its socket, killed, and started again."""

import asyncio
import contextlib

from hub import passcode
from hub.client import Refused
from tests.scenarios.world import HOLD, World

ANNA = "+33639980001"


async def log_in(world: World, code: str) -> str:
    found = await world.ask("page try", token="")
    cost = (bytes.fromhex(found["salt"]), found["passes"], found["memory"], found["lanes"])
    key = await asyncio.to_thread(passcode.key, code, *cost)
    return (await world.ask("page login", token="", **{"try": found["try"], "key": key.hex()}))["token"]


async def make_code(world: World, role: str) -> str:
    code, how = passcode.generate(role), await world.ask("page salt")
    key = passcode.key(code, bytes.fromhex(how["salt"]), how["passes"], how["memory"], how["lanes"])
    await world.ask("code new", role=role, key=key.hex())
    return code


async def wrong(world: World) -> None:
    with contextlib.suppress(Refused):
        await log_in(world, "000000")


async def test_codes_tries_and_what_waits_survive_a_kill_and_a_login_does_not(world: World):
    code = await make_code(world, "technician")
    contacts = (await world.ask("contacts"))["contacts"]
    await world.ask("setup finish")
    removed = await world.ask("contact remove", id=contacts[0]["id"])
    await world.until(lambda: any("ne vous écrira plus" in text for text in world.texts(ANNA)))
    token = await log_in(world, code)
    assert (await world.ask("page", token=token))["role"] == "technician"
    for _ in range(6):
        await world.until(lambda: free(world))
        await wrong(world)
    world.kill()
    await world.start()
    assert not (await world.ask("page"))["open"]
    await world.ask("page open")
    assert await world.refused("status", token=token)
    assert "wait" in await world.refused("page try", token="")
    (waiting,) = (await world.ask("pending"))["pending"]
    assert waiting["due"] == removed["due"]
    assert len(world.texts(ANNA)) == 1
    await world.until(lambda: free(world))
    await log_in(world, code)
    await world.ask("pending withdraw", id=waiting["id"])


async def free(world: World) -> bool:
    return (await world.ask("page"))["wait"] == 0


async def test_under_threat_the_page_shows_an_end_and_the_contacts_hear_the_truth(world: World):
    code = await make_code(world, "duress")
    await world.click(HOLD)
    await world.until(lambda: world.sounding)
    await world.until(world.all_told)
    token = await log_in(world, code)
    id = (await world.ask("status", token=token))["open_incident"]
    ended = (await world.ask("resolve", token=token, id=id, kind="false_alarm"))["incident"]
    assert (ended["state"], ended["kind"]) == ("resolved", "false_alarm")
    await world.until(lambda: not world.sounding)
    await world.until(lambda: "MENACE" in "".join(world.texts(ANNA)))
    world.kill()
    await world.start()
    token = await log_in(world, code)
    status = await world.ask("status", token=token)
    assert (status["open_incident"], status["recording"]) == (None, None)
    assert (await world.ask("incident", token=token, id=id))["incident"]["kind"] == "false_alarm"
    assert not world.sounding
    await world.until(lambda: truly_recording(world, id))


async def truly_recording(world: World, id: str) -> bool:
    return ((await world.ask("status"))["recording"] or {}).get("incident") == id
