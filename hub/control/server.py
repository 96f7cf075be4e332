"""JSON lines on a UNIX socket: one request, one answer, five seconds; the kernel says who asks."""

import asyncio
import json
import logging
import os
import socket
import struct
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from hub.errors import Refusal
from hub.model import LANGUAGES
from hub.texts import sentence

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

log = logging.getLogger(__name__)

LONGEST_REQUEST = 64 * 1024
LONGEST_ANSWER = 1024 * 1024
PATIENCE = 5.0  # s
MOST = 16  # connections of one user: a page that is taken over must not leave the hub without files and time
MOST_OF_OURS = 64  # of root, and of the hub itself

Request = Mapping[str, object]
Answer = Callable[[int, Request], Awaitable[dict[str, object]]]


@asynccontextmanager
async def serve(path: Path, answer: Answer, mode: int = 0o660) -> "AsyncIterator[None]":
    """Listen at `path`; `answer(uid, request)` gives the answer without "ok", or raises Refusal."""
    await asyncio.to_thread(_make_room, path)

    here: Counter[int] = Counter()  # connections of each user

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        uid = _peer(writer.get_extra_info("socket"))
        if here[uid] >= _most(uid):
            writer.transport.abort()
            return
        here[uid] += 1
        try:
            with suppress(OSError, TimeoutError):
                await _talk(answer, uid, reader, writer)
        finally:
            here[uid] -= 1
            writer.close()

    server = await asyncio.start_unix_server(talk, path, limit=LONGEST_REQUEST)
    try:
        await asyncio.to_thread(path.chmod, mode)
        yield
    finally:
        server.close()
        await asyncio.to_thread(_make_room, path)


def _make_room(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)


def _most(uid: int) -> int:
    return MOST_OF_OURS if uid in (0, os.geteuid()) else MOST


async def _talk(answer: Answer, uid: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        try:
            async with asyncio.timeout(PATIENCE):
                line = await reader.readline()
        except ValueError:  # longer than the limit: what follows cannot be told apart from the rest of it
            writer.write(_line(_refused(Refusal("request_too_long"), "en")))
            return
        if not line:
            return
        writer.write(_line(await reply(answer, uid, line)))
        async with asyncio.timeout(PATIENCE):
            await writer.drain()


def _peer(connection: socket.socket) -> int:
    size = struct.calcsize("3i")
    _, uid, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return int(uid)


async def reply(answer: Answer, uid: int, line: bytes) -> dict[str, object]:
    """One request line in, one answer out; never raises."""
    language = "en"
    try:
        request = _request(line)
        language = reader(request)
        async with asyncio.timeout(PATIENCE):
            return {"ok": True, **await answer(uid, request)}
    except Refusal as refusal:
        return _refused(refusal, language)
    except TimeoutError:
        return _refused(Refusal("no_answer_in_time"), language)
    except Exception as problem:  # noqa: BLE001 - one control command: a bug in it must not take the daemon along
        log.error("a control command broke: %s", type(problem).__name__)
        return _refused(Refusal("command_broke", problem=type(problem).__name__), language)


def _request(line: bytes) -> Request:
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        raise Refusal("malformed_request", problem="not JSON") from None
    if not isinstance(request, dict) or not isinstance(request.get("command"), str):
        raise Refusal("malformed_request", problem='not an object with a "command"')
    return request


def reader(request: Request) -> str:
    """The language of whoever reads the answer."""
    language = request.get("answer_in")
    return language if isinstance(language, str) and language in LANGUAGES else "en"


def _refused(refusal: Refusal, language: str) -> dict[str, object]:
    text = sentence(language, "refusals", refusal.key, **refusal.values)
    return {"ok": False, "error": text, "code": refusal.key}


def _line(answer: Mapping[str, object]) -> bytes:
    line = json.dumps(answer).encode() + b"\n"
    if len(line) <= LONGEST_ANSWER:
        return line
    return json.dumps(_refused(Refusal("answer_too_long"), "en")).encode() + b"\n"
