"""`hub evidence`: list recordings, take a copy out of the hub, check a copy."""

import sys
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
    """Copy the recording ID into the folder DIR.

    The hub goes on with it when this command is broken off; the same command then joins it.
    """
    wanted = {"id": id, "folder": str(folder.absolute())}
    try:
        answer = desk.ask("evidence export", **wanted)
        while not answer.get("done", True):
            _show_progress(desk.word("exporting", copied=answer["copied"], files=answer["files"]))
            answer = desk.ask("evidence exporting", **wanted)
    finally:
        _show_progress("")
    desk.say("exported", count=answer["files"], folder=answer["folder"])


def _show_progress(line: str) -> None:
    """For a person who looks: one line that is written over."""
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{line}", nl=False, err=True)


def _fingerprints(_context: click.Context, _option: click.Parameter, typed: Sequence[str]) -> list[str]:
    from hub.evidence.keys import typed_fingerprint

    try:
        return [typed_fingerprint(one) for one in typed]
    except ValueError:
        raise click.BadParameter("16 or more of its 64 hexadecimal digits, as on the sheet.") from None


@evidence.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--identity", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A private age key.")
@click.option("--authority", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="For time stamps: PEM.")
@click.option("--into", type=click.Path(path_type=Path, exists=True, file_okay=False), help="For sound and picture.")
@click.option("--key", "keys", multiple=True, callback=_fingerprints, help="The fingerprint of the hub's key.")
@pass_desk
def verify(
    desk: Desk, folder: Path, identity: Path | None, authority: Path | None, into: Path | None, keys: Sequence[str]
) -> None:
    """Check a recording in the folder DIR; works on any machine, without the hub.

    Give the fingerprint that is on the sheet with --key: whoever made a recording anew signed it, too, with another
    key. After the hub's key was replaced give both.

    With --authority also check the time stamps against these certificates.
    With --into, and with --identity where it is sealed, also make one uncut sound of it, and a picture,
    unless it was changed.
    """
    from hub.evidence.verify import verify as flaws_of

    try:
        found = flaws_of(folder, keys, authority)
        _say_stamps(desk, folder, authority)
    except ErrandError as problem:
        end(REFUSED, desk.word("stamps_unread", problem=problem))
    whole = all(flaw.code == "no_end" for flaw in found)
    flaws = [*found, *(_hear(desk, folder, identity, into) if into and whole else ())]
    if flaws:
        end(REFUSED, *(desk.word(f"flaw_{flaw.code}", file=flaw.file, detail=flaw.detail) for flaw in flaws))
    desk.say("verified", folder=folder)
    _say_signers(desk, folder, keys)


def _say_signers(desk: Desk, folder: Path, given: Sequence[str]) -> None:
    """Of each recording that was checked the keys that signed it, and no other that lies there."""
    from hub.evidence.keys import fingerprint, is_given
    from hub.evidence.signatures import signers
    from hub.evidence.verify import recordings

    for one in recordings(folder):
        for key in (path.read_bytes() for path in signers(one)):
            told = "signed_as_given" if is_given(key, given) else "signed_with"
            desk.say(told, recording=one.resolve().name, by=fingerprint(key))


def _say_stamps(desk: Desk, folder: Path, authority: Path | None) -> None:
    """Of each recording. A stamp that is missing is no flaw: there may have been no network."""
    from hub.evidence.stamps import stamped
    from hub.evidence.verify import recordings

    for one in recordings(folder):
        has, name = stamped(one, authority), one.resolve().name
        if not has.first or not has.last:
            desk.say("stamps_none", recording=name)
            continue
        key = "stamps" if authority else "stamps_unchecked"
        first, last = f"{has.first:%Y-%m-%d %H:%M:%S}", f"{has.last:%Y-%m-%d %H:%M:%S}"
        desk.say(key, recording=name, count=has.count, checkpoints=has.checkpoints, first=first, last=last)
        if has.missing:
            desk.say("stamps_missing", recording=name, names=", ".join(has.missing))


def _hear(desk: Desk, folder: Path, identity: Path | None, into: Path) -> Sequence["Flaw"]:
    from hub.evidence.hearing import hear  # brings numpy

    try:
        heard = hear(folder.resolve(), into, _key_in(identity) if identity else "")
    except (ValueError, OSError) as problem:
        end(REFUSED, desk.word("not_opened", problem=problem))
    for path in (heard.sound, heard.hash, heard.picture):
        click.echo(path)
    return heard.flaws


def _key_in(file: Path) -> str:
    """The private keys in a file as age-keygen writes it. Raises OSError; "" when there are none."""
    lines = file.read_text("utf-8", "replace").splitlines()
    return " ".join(line.strip() for line in lines if line.startswith("AGE-SECRET-KEY-1"))
