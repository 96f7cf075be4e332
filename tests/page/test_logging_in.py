"""The commands that open the page and let somebody in, as the page's process gives them."""

import os
import pwd

import pytest

from hub import passcode
from hub.control import table
from hub.page.session import IDLE, Role
from hub.page.tries import MOST, SPAN
from hub.page.window import LONGEST
from hub.store.page import LoadedPage
from tests.page.conftest import CODES, House

NOBODY = pwd.getpwnam("nobody").pw_uid


async def test_the_page_is_closed_by_default_and_lets_nobody_try(house: House):
    assert await house.refused(house.page("page try")) == "page_closed"
    shown = await house.page("page", token=None)
    assert shown == {
        "open": False, "until": None, "fresh": False, "role": None, "wait": 0, "language": "fr", "answers": True,
    }  # fmt: skip


async def test_a_right_code_gives_a_token_with_the_rights_of_its_role(house: House):
    await house.root("page open")
    technician = await house.try_code(CODES["technician"].lower().replace("-", ""))
    assert (await house.page("page", technician))["role"] == "technician"
    assert (await house.page("technicians", technician))["technicians"] == []
    wearer = await house.try_code(CODES["wearer"])
    assert (await house.page("page", wearer))["role"] == "wearer"
    assert (await house.visits())[0] == ("login", "wearer", "")
    assert await house.refused(house.page("technicians", wearer)) == "not_allowed"
    assert await house.refused(house.page("technicians", technician)) == "log_in"


async def test_a_wrong_code_opens_nothing_and_is_told(house: House):
    await house.root("page open")
    assert await house.refused(house.try_code("482914")) == "wrong_code"
    assert (await house.visits())[0] == ("refused", "", "")


async def test_a_try_serves_once_and_for_a_minute(house: House):
    await house.root("page open")
    found = await house.page("page try")
    key = passcode.key(CODES["wearer"], bytes.fromhex(found["salt"]), 1, 8, 1).hex()
    assert await house.refused(house.page("page login", **{"try": found["try"], "key": "00" * 32})) == "wrong_code"
    assert await house.refused(house.page("page login", **{"try": found["try"], "key": key})) == "late_try"
    found = await house.page("page try")
    house.seconds = 60.0
    assert await house.refused(house.page("page login", **{"try": found["try"], "key": key})) == "late_try"
    assert await house.refused(house.page("page login", **{"try": "made up", "key": key})) == "late_try"


@pytest.mark.parametrize("key", ["", "00", "0" * 63, "G" * 64, "0" * 64 + "\n", "é" * 64])
async def test_what_is_no_key_is_refused(house: House, key: str):
    await house.root("page open")
    found = await house.page("page try")
    assert await house.refused(house.page("page login", **{"try": found["try"], "key": key})) == "malformed_request"


async def test_one_session_at_a_time_ten_idle_minutes_and_the_windows_end(house: House):
    await house.root("page open")
    token = await house.try_code(CODES["technician"])
    house.seconds = IDLE - 1
    await house.page("status", token)
    house.seconds = 2 * IDLE - 2
    assert (await house.page("page", token))["open"]  # use has prolonged the window
    house.seconds += IDLE
    assert await house.refused(house.page("status", token)) == "log_in"


async def test_nothing_keeps_a_session_beyond_the_hour_of_its_window(house: House):
    await house.root("page open")
    token = await house.try_code(CODES["technician"])
    while house.seconds < LONGEST - 60:
        house.seconds += 60
        await house.page("status", token)
    house.seconds = LONGEST
    assert await house.refused(house.page("status", token)) == "page_closed"
    assert (await house.visits())[0] == ("closed", "", "")
    await house.root("page open")
    assert await house.refused(house.page("status", token)) == "log_in"


async def test_no_login_opens_the_window_again(house: House):
    """Only somebody at the hub does: or the hour would have no end."""
    await house.root("page open")
    token = await house.try_code(CODES["technician"])
    assert await house.refused(house.page("page open", token)) == "not_allowed"


async def test_a_page_that_asks_by_itself_prolongs_nothing(house: House):
    await house.root("page open")
    token = await house.try_code(CODES["technician"])
    until = (await house.page("page", token))["until"]
    house.seconds = IDLE - 1
    assert (await house.page("page", token, poll=True))["until"] == until
    house.seconds = IDLE
    assert await house.refused(house.page("status", token)) == "log_in"


async def test_logging_out_and_closing_end_it(house: House):
    await house.root("page open")
    token = await house.try_code(CODES["wearer"])
    await house.page("page logout", token)
    assert await house.refused(house.page("page logout", token)) == "log_in"
    token = await house.try_code(CODES["technician"])
    await house.page("page close", token)
    assert await house.refused(house.page("status", token)) == "page_closed"
    assert [what for what, _, _ in await house.visits()][:2] == ["closed", "login"]


async def test_a_new_code_ends_the_session_of_its_role_but_for_whoever_asks(house: House):
    await house.root("page open")
    token = await house.try_code(CODES["wearer"])
    await house.make_code("technician", "T7Q2MX4TRD")
    await house.page("status", token)
    await house.make_code("wearer", "594837")
    assert await house.refused(house.page("status", token)) == "log_in"
    house.seconds = 10
    token = await house.try_code("T7Q2M-X4TRD")
    await house.make_code("technician", token=token)
    assert (await house.page("page", token))["role"] == "technician"


@pytest.mark.parametrize("role", ["technician", "wearer"])
async def test_no_two_codes_are_the_same(house: House, role: str):
    assert await house.refused(house.make_code(role, CODES["duress"])) == "code_taken"
    assert (await house.root("codes"))["codes"] == {"technician": True, "wearer": True, "duress": True}


async def test_codes_survive_a_restart_and_sessions_do_not(house: House):
    await house.root("page open")
    token = await house.try_code(CODES["wearer"])
    await house.again()
    assert await house.refused(house.page("status", token)) == "page_closed"
    await house.root("page open")
    assert await house.refused(house.page("status", token)) == "log_in"
    await house.try_code(CODES["technician"])


async def test_no_code_is_on_the_disk(house: House, tmp_path):
    content = b"".join(path.read_bytes() for path in tmp_path.glob("hub.db*"))
    for role, code in CODES.items():
        key = passcode.key(code, house.hub.gate.codes.recipe.salt, 1, 8, 1)
        for trace in (code.encode(), code.replace("-", "").encode(), key, key.hex().encode()):
            assert trace not in content, role


async def test_no_first_code_is_made_while_those_on_the_disk_could_not_be_read(house: House):
    """It would bring a salt of its own, which none of theirs fits."""
    house.start()
    house.hub.gate.load(LoadedPage(), complete=False)
    assert await house.refused(house.make_code("duress")) == "codes_unread"
    await house.again()
    await house.root("page open")
    for code in CODES.values():
        assert await house.try_code(code)


async def test_a_new_hubs_page_is_open_until_it_is_set_up_and_asks_for_a_code(house: House):
    house.start()
    house.hub.gate.load(LoadedPage(), complete=True)
    house.seconds = 7 * 24 * 3600.0
    assert (await house.page("page"))["fresh"]
    assert (await house.page("page"))["open"]
    assert await house.refused(house.page("page try")) == "no_codes"
    await house.make_code("technician")
    for _ in range(MOST):
        house.seconds += 60
        await house.refused(house.try_code("000000"))
    assert 0 < (await house.page("page"))["wait"] <= SPAN
    house.seconds += SPAN
    assert (await house.page("page"))["wait"] == 0


async def test_a_hub_whose_disk_cannot_be_read_is_not_taken_for_a_new_one(house: House):
    house.start()
    house.hub.gate.load(LoadedPage(), complete=False)
    assert not (await house.page("page"))["open"]
    house.hub.gate.load(LoadedPage(finished=True), complete=True)
    assert not (await house.page("page"))["open"]


async def test_who_came_is_told_newest_first(house: House):
    await house.root("page open")
    token = await house.try_code(CODES["duress"])
    assert (await house.visits())[:2] == [("login", "wearer", "threat"), ("opened", "command", "")]
    seen = (await house.page("visits", token))["visits"]
    assert seen[0] == {"at": "2026-11-23T19:14:00.000Z", "what": "login", "who": "wearer", "detail": ""}
    assert "duress" not in str(seen) + str(await house.page("page", token))


# Rights.


@pytest.mark.parametrize("command", sorted(table.COMMANDS))
async def test_without_a_login_the_pages_user_may_ask_for_one_and_nothing_else(house: House, command: str):
    await house.root("page open")
    if Role.NOBODY in table.COMMANDS[command].roles:
        assert command in ("page", "page try", "page login")
        return
    for token, why in ((None, "not_allowed"), ("", "log_in"), ("0" * 64, "log_in")):
        assert await house.refused(house.page(command, token)) == why


@pytest.mark.parametrize("command", sorted(table.COMMANDS))
async def test_a_token_in_a_strangers_hands_is_worth_nothing(house: House, command: str):
    await house.root("page open")
    token = await house.try_code(CODES["technician"])
    assert await house.refused(house.desk(NOBODY, {"command": command, "token": token})) == "not_allowed"


async def test_exactly_these_commands_are_hers():
    hers = {name for name, command in table.COMMANDS.items() if Role.WEARER in command.roles}
    assert hers == {
        "page", "page try", "page login", "page logout", "status", "doctor", "incidents", "incident", "resolve", "home",
        "contacts", "pending", "visits", "setup",
    }  # fmt: skip
    assert all(Role.TECHNICIAN in command.roles for command in table.COMMANDS.values())


async def test_root_with_a_token_has_the_rights_of_that_login(house: House):
    await house.root("page open")
    token = await house.try_code(CODES["wearer"])
    assert await house.refused(house.root("technicians", token=token)) == "not_allowed"


async def test_nobody_can_say_who_they_are(house: House):
    """What the daemon finds out itself is not taken from the request."""
    await house.root("page open")
    token = await house.try_code(CODES["wearer"])
    forged = {"who": "root", "login": {"role": "technician", "token": "x"}}
    assert await house.refused(house.page("technicians", token, **forged)) == "not_allowed"
    assert (await house.page("page", token, **forged))["role"] == "wearer"
    assert os.getuid() != house.page_uid
