"""Commands that list, copy and seal recordings. Who asked is written down beside each."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from hub import safekeeping
from hub.control import history
from hub.control import requests as ask
from hub.control.settings import saved
from hub.core import Hub
from hub.errors import Refusal
from hub.evidence import catalogue
from hub.evidence.access import BEGUN, EXPORTED, FAILED, LISTED
from hub.evidence.exporting import Copying, Tell, Wanted

Json = dict[str, object]
SOON, AGAIN = 3.0, 1.0  # s; how long the first answer waits for the end of a copy, and each later one


async def recipients(hub: Hub, _: ask.Nothing) -> Json:
    """`signed_by`: for the sheet that is handed over."""
    return {"keys": list(hub.household.recipients), "signed_by": await safekeeping.signed_by(hub)}


async def add_recipient(hub: Hub, request: ask.Recipient) -> Json:
    return await _sealed_to(hub, hub.household.add_recipient(request.key))


async def remove_recipient(hub: Hub, request: ask.Recipient) -> Json:
    return await _sealed_to(hub, hub.household.remove_recipient(request.key))


async def _sealed_to(hub: Hub, keys: tuple[str, ...]) -> Json:
    await saved(hub)
    return {"keys": list(keys)}


async def all_recordings(hub: Hub, request: ask.Nothing) -> Json:
    def work() -> list[catalogue.RecordingFacts]:
        found = catalogue.recordings(_folder(hub))
        for one in found:
            _note(hub, _folder(hub) / one.id, request.who, LISTED)
        return found

    return {"recordings": [asdict(one) for one in await asyncio.to_thread(work)]}


async def export(hub: Hub, request: ask.Export) -> Json:
    """Answered soon in any case: a copy takes as long as the stick needs."""
    source = await asyncio.to_thread(catalogue.path_of, _folder(hub), request.id)
    incident = json.dumps(await _incident(hub, source.name.rpartition("-")[0]), indent=2).encode() + b"\n"

    def work(tell: Tell) -> int:
        _note(hub, source, request.who, BEGUN)
        return _copied(
            hub, source, request, lambda folder: catalogue.export(source, folder, incident, hub.access, tell)
        )

    return await _progress(hub.exports.begin(_wanted(request), work), SOON)


def _copied(hub: Hub, source: Path, request: ask.Export, copy: Callable[[Path], list[Path]]) -> int:
    """How many files there are; what became of the copy is written down."""
    try:
        files = copy(Path(request.folder))
    except Refusal:
        with contextlib.suppress(OSError):  # that it was begun is written down
            hub.access.note(source, request.who, FAILED)
        raise
    try:
        hub.access.note(source, request.who, EXPORTED)
    except OSError as problem:
        raise Refusal("copy_unwritten", folder=request.folder, problem=problem.strerror or "") from problem
    return len(files)


async def exporting(hub: Hub, request: ask.Export) -> Json:
    return await _progress(hub.exports.latest(_wanted(request)), AGAIN)


def _wanted(request: ask.Export) -> Wanted:
    return Wanted(request.id, request.folder, request.who)


async def _progress(copying: Copying, seconds: float) -> Json:
    await asyncio.wait({asyncio.wrap_future(copying.end)}, timeout=seconds)
    done = copying.end.done()
    if done and (refusal := copying.end.result()) is not None:
        raise refusal
    return {"folder": copying.wanted.folder, "files": copying.files, "copied": copying.copied, "done": done}


def _note(hub: Hub, recording: Path, who: str, what: str) -> None:
    try:
        hub.access.note(recording, who, what)
    except OSError as problem:
        raise Refusal("access_unwritten", problem=problem.strerror or "") from problem


async def _incident(hub: Hub, id: str) -> Json:
    """Times, outcomes and answers; no name and no number of anybody."""
    try:
        found = await history.one_incident(hub, id, "en")
    except Refusal:
        return {"id": id, "known": False}
    return {**found, "deliveries": [{**one, "name": ""} for one in found["deliveries"]], "contacts": _unnamed(found)}


def _unnamed(incident: Json) -> list[Json]:
    contacts = incident["contacts"]
    assert isinstance(contacts, list)
    return [{**one, "name": ""} for one in contacts]


def _folder(hub: Hub) -> Path:
    return hub.config.state.dir / "evidence"
