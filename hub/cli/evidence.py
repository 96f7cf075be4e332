"""`hub evidence`: list recordings, take a copy out of the hub, check a copy."""

from pathlib import Path

import click

from hub.cli.desk import REFUSED, Desk, as_json, end, local, pass_desk, print_json


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
@pass_desk
def verify(desk: Desk, folder: Path) -> None:
    """Check a recording in the folder DIR; works on any machine, without the hub."""
    from hub.evidence.verify import verify as flaws_of

    flaws = flaws_of(folder)
    if flaws:
        end(REFUSED, *(desk.word(f"flaw_{flaw.code}", file=flaw.file, detail=flaw.detail) for flaw in flaws))
    desk.say("verified", folder=folder)
