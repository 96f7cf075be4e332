"""A hub that is returned forgets everything. Asked for with one file, done at the next start, before anything is read.

First all of it leaves its place, which takes no time; then it is deleted beside the new start. A cut of power in
between changes nothing: the next start goes on.
"""

import logging
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

from hub.evidence.write import sync, write

log = logging.getLogger(__name__)

ASKED, GOING = "wipe", "wiped"
KNOWN = ("keys", "hub.db*", "evidence", "ballast", "addresses*.json")  # the keys first: without them the rest says less


def ask(state: Path) -> None:
    """From the next start on. Raises OSError."""
    write(state, ASKED, b"")


def begin(state: Path) -> bool:
    """Whether there was something to forget: it is out of its place now, and goes on being deleted. Raises OSError."""
    going = state / GOING
    if (state / ASKED).exists():
        going.mkdir(mode=0o700, exist_ok=True)
        for path in list(_known(state)):
            path.rename(_free_name(going, path.name))
        (state / ASKED).unlink()
        sync(state)
    if not going.is_dir():
        return False
    threading.Thread(target=_delete, args=(going,), name="wipe", daemon=True).start()
    return True


def _known(state: Path) -> Iterator[Path]:
    for name in KNOWN:
        yield from sorted(state.glob(name))


def _free_name(going: Path, name: str) -> Path:
    """An earlier one of that name may be there still."""
    number = sum(1 for _ in going.glob("*"))
    return going / f"{number:03d}-{name}"


def _delete(going: Path) -> None:
    try:
        shutil.rmtree(going)
    except OSError as problem:
        log.error("not everything was deleted, the next start goes on: %s", problem.strerror)
