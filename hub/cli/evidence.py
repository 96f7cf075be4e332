"""`hub evidence`: list recordings, take a copy out of the hub, check a copy."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli.desk import REFUSED, Desk, as_json, end, local, pass_desk, print_json
from hub.errors import ErrandError

if TYPE_CHECKING:
    from hub.evidence.verify import Flaw


@click.group()
def evidence() -> None:
    """List, export and verify recordings."""


@evidence.command("list")
@as_json
@pass_desk
def list_recordings(desk: Desk, as_json: bool) -> None:
    """List the recordings, one for each stretch of an incident."""
    recordings = desk.ask("evidence list")["recordings"]
    if as_json:
        print_json(recordings)
    elif not recordings:
        desk.say("no_recordings")
    else:
        keys = ("id", "incident", "segments", "seconds", "bytes")
        rows = [[*(one[key] for key in keys), local(one["started_at"])] for one in recordings]
        desk.table("recording_columns", rows)


@evidence.command()
@as_json
@pass_desk
def keys(desk: Desk, as_json: bool) -> None:
    """List the age public keys that recordings are sealed to."""
    _show(desk, desk.ask("evidence keys")["keys"], as_json)


@evidence.group()
def key() -> None:
    """Choose whom recordings are sealed to, from the next one on."""


@key.command("add")
@click.argument("key")
@pass_desk
def add_key(desk: Desk, key: str) -> None:
    """Seal recordings to the age public key KEY (age1…) as well."""
    _show(desk, desk.ask("evidence key add", key=key)["keys"])


@key.command("remove")
@click.argument("key")
@pass_desk
def remove_key(desk: Desk, key: str) -> None:
    """Seal no further recording to KEY."""
    _show(desk, desk.ask("evidence key remove", key=key)["keys"])


def _show(desk: Desk, keys: Sequence[str], as_json: bool = False) -> None:
    if as_json:
        print_json(keys)
    elif not keys:
        desk.say("no_recipients")
    else:
        click.echo("\n".join(keys))


@evidence.command()
@click.argument("id")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@pass_desk
def export(desk: Desk, id: str, folder: Path) -> None:
    """Copy the recording ID into the folder DIR."""
    answer = desk.ask("evidence export", id=id, folder=str(folder.absolute()))
    files = answer["files"]
    count = len(files) if isinstance(files, list) else files
    desk.say("exported", count=count, folder=answer["folder"])


@evidence.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--identity", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A private age key.")
@click.option("--authority", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="For time stamps: PEM.")
@click.option("--into", type=click.Path(path_type=Path, exists=True, file_okay=False), help="For sound and picture.")
@pass_desk
def verify(desk: Desk, folder: Path, identity: Path | None, authority: Path | None, into: Path | None) -> None:
    """Check a recording in the folder DIR; works on any machine, without the hub.

    With --authority also check the time stamps against these certificates.
    With --into, and with --identity where it is sealed, also make one uncut sound of it, and a picture.
    """
    from hub.evidence.verify import verify as flaws_of

    try:
        found = flaws_of(folder, authority)
        _say_stamps(desk, folder, authority)
    except ErrandError as problem:
        end(REFUSED, desk.word("stamps_unread", problem=problem))
    flaws = [*found, *(_hear(desk, folder, identity, into) if into else ())]
    if flaws:
        end(REFUSED, *(desk.word(f"flaw_{flaw.code}", file=flaw.file, detail=flaw.detail) for flaw in flaws))
    desk.say("verified", folder=folder)
    from hub.evidence.keys import fingerprint

    for key in sorted(folder.rglob("hub.pub")):
        desk.say("signed_with", recording=key.parent.name, by=fingerprint(key.read_bytes()))


def _say_stamps(desk: Desk, folder: Path, authority: Path | None) -> None:
    """Of each recording. A stamp that is missing is no flaw: there may have been no network."""
    from hub.evidence.stamps import stamped

    for one in sorted({path.parent for path in folder.rglob("c000000.sums")}):
        has = stamped(one, authority)
        if not has.first or not has.last:
            desk.say("stamps_none", recording=one.name)
            continue
        key = "stamps" if authority else "stamps_unchecked"
        first, last = f"{has.first:%Y-%m-%d %H:%M:%S}", f"{has.last:%Y-%m-%d %H:%M:%S}"
        desk.say(key, recording=one.name, count=has.count, checkpoints=has.checkpoints, first=first, last=last)
        if has.missing:
            desk.say("stamps_missing", recording=one.name, names=", ".join(has.missing))


def _hear(desk: Desk, folder: Path, identity: Path | None, into: Path) -> Sequence["Flaw"]:
    from hub.evidence.hearing import hear  # brings numpy

    try:
        heard = hear(folder, into, _key_in(identity) if identity else "")
    except (ValueError, OSError) as problem:
        end(REFUSED, desk.word("not_opened", problem=problem))
    for path in (heard.sound, heard.hash, heard.picture):
        click.echo(path)
    return heard.flaws


def _key_in(file: Path) -> str:
    """The first private key in a file as age-keygen writes it. Raises OSError; "" when there is none."""
    lines = file.read_text("utf-8", "replace").splitlines()
    return next((line.strip() for line in lines if line.startswith("AGE-SECRET-KEY-1")), "")
