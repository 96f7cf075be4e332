"""The socket: one line in, one line out, whatever comes."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.control import server
from hub.errors import Refusal

Exchange = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def echo(uid: int, request: server.Request) -> dict[str, object]:
    if request["command"] == "refuse":
        raise Refusal("unknown_contact", id="c9")
    if request["command"] == "break":
        raise ZeroDivisionError("a secret")
    if request["command"] == "sleep":
        await asyncio.sleep(60)
    if request["command"] == "flood":
        return {"much": "x" * server.LONGEST_ANSWER}
    return {"uid": uid, "said": request.get("word")}


@pytest.fixture
async def peer(tmp_path: Path) -> AsyncIterator[Exchange]:
    path = tmp_path / "control.sock"
    async with server.serve(path, echo):
        reader, writer = await asyncio.open_unix_connection(path, limit=2 * server.LONGEST_ANSWER)
        yield reader, writer
        writer.close()
        await writer.wait_closed()


async def exchange(peer: Exchange, line: bytes) -> dict[str, object]:
    peer[1].write(line + b"\n")
    return json.loads(await peer[0].readline())


async def test_the_kernel_says_who_asks(peer: Exchange):
    assert await exchange(peer, b'{"command":"x","word":"hello"}') == {"ok": True, "uid": os.getuid(), "said": "hello"}


async def test_several_requests_may_follow_one_another(peer: Exchange):
    for word in ("a", "b"):
        assert (await exchange(peer, json.dumps({"command": "x", "word": word}).encode()))["said"] == word


@pytest.mark.parametrize("line", [b"", b"no", b"[]", b"1", b"{}", b'{"command":1}', b"\xff", b"[" * 5000])
async def test_what_is_no_request_is_refused_with_a_sentence(peer: Exchange, line: bytes):
    answer = await exchange(peer, line)
    assert (answer["ok"], answer["code"]) == (False, "malformed_request")
    assert (await exchange(peer, b'{"command":"x"}'))["ok"]


async def test_a_refusal_is_said_in_the_readers_language(peer: Exchange):
    french = await exchange(peer, b'{"command":"refuse","answer_in":"fr"}')
    english = await exchange(peer, b'{"command":"refuse"}')
    assert "c9" in french["error"]
    assert french["error"] != english["error"]


async def test_a_command_that_breaks_is_told_without_its_secrets(peer: Exchange):
    answer = await exchange(peer, b'{"command":"break"}')
    assert answer["code"] == "command_broke"
    assert "a secret" not in answer["error"]


async def test_a_line_that_never_ends_is_refused(peer: Exchange):
    peer[1].write(b"x" * (server.LONGEST_REQUEST + 10))
    answer = json.loads(await peer[0].readline())
    assert answer["code"] == "request_too_long"


async def test_an_answer_that_is_too_long_is_refused(peer: Exchange):
    assert (await exchange(peer, b'{"command":"flood"}'))["code"] == "answer_too_long"


async def test_a_command_that_takes_too_long_is_given_up(peer: Exchange, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(server, "PATIENCE", 0.1)
    assert (await exchange(peer, b'{"command":"sleep"}'))["code"] == "no_answer_in_time"


async def test_the_socket_is_for_its_owner_and_group_only(tmp_path: Path):
    async with server.serve(tmp_path / "s", echo):
        assert (tmp_path / "s").stat().st_mode & 0o777 == 0o660


@asynccontextmanager
async def held(path: Path, many: int) -> AsyncIterator[int]:
    """So many connections at once; how many of them the hub answers."""
    peers = [await asyncio.open_unix_connection(path) for _ in range(many)]
    yield (await asyncio.gather(*map(answered, peers))).count(True)
    for _, writer in peers:
        writer.close()


async def answered(peer: Exchange) -> bool:
    try:
        return bool((await exchange(peer, b'{"command":"x"}'))["ok"])
    except (OSError, ValueError):  # closed
        return False


async def test_whoever_takes_every_connection_there_is_gets_a_few_and_locks_nobody_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """What the page's process could do to the hub if it were taken over."""
    path, uids = tmp_path / "s", [33] * 200 + [0] + [33] * 1000
    monkeypatch.setattr(server, "_peer", lambda connection: uids.pop(0))
    async with server.serve(path, echo):
        async with held(path, 200) as answers:
            assert answers == server.MOST
            async with held(path, 1) as ours:
                assert ours == 1
        async with asyncio.timeout(5):  # whoever is gone leaves room
            while not await alone(path):
                await asyncio.sleep(0.01)


async def alone(path: Path) -> int:
    async with held(path, 1) as answers:
        return answers


async def test_the_hubs_own_user_and_root_have_more_room(tmp_path: Path):
    async with server.serve(tmp_path / "s", echo), held(tmp_path / "s", server.MOST_OF_OURS + 20) as answers:
        assert answers == server.MOST_OF_OURS > server.MOST


@given(st.binary(max_size=300))
def test_no_bytes_at_all_get_more_than_an_answer(line: bytes):
    answer = asyncio.run(server.reply(echo, 0, line))
    assert isinstance(answer["ok"], bool)


words = st.sampled_from(["x", "refuse", "break"])
values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(), lambda v: st.lists(v) | st.dictionaries(st.text(), v)
)


@given(st.dictionaries(st.text(), values), words)
def test_no_request_at_all_gets_more_than_an_answer(request: dict[str, object], command: str):
    answer = asyncio.run(server.reply(echo, 0, json.dumps({**request, "command": command}).encode()))
    assert answer["ok"] is (command == "x")
