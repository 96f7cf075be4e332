"""Which recordings are nowhere but on this hub: `python -m hub.evidence.unsaved FOLDER`, before it is removed."""

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from hub.evidence.access import EXPORTED
from hub.evidence.folder import ACCESS, NAME, numbered
from hub.evidence.offsite import is_offsite


def unsaved(evidence: Path) -> list[str]:
    """The ids of recordings that are neither off-site nor were ever exported, in order. Raises OSError."""
    if not evidence.is_dir():
        return []
    found = sorted(path for path in evidence.iterdir() if path.is_dir() and NAME.fullmatch(path.name))
    return [path.name for path in found if not is_offsite(path) and EXPORTED not in _done_with(path)]


def _done_with(recording: Path) -> Iterator[str]:
    for path in numbered(recording, ACCESS).values():
        with contextlib.suppress(ValueError, KeyError, TypeError):
            yield str(json.loads(path.read_text("utf-8", "replace"))["what"])


if __name__ == "__main__":
    print(*unsaved(Path(sys.argv[1])), sep="\n")
