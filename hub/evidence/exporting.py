"""The copy that is being made, one at a time, in a thread of its own: the hub never waits for a slow stick."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from hub.errors import Refusal

Tell = Callable[[int, int], None]  # files copied so far, of how many
Work = Callable[[Tell], int]  # how many files there are now; raises Refusal


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who wants which recording in which folder."""

    id: str
    folder: str
    who: str


class Copying:
    """`copied` of `files`, which is 0 until they are counted; `end`: why there is no copy, None when there is one."""

    def __init__(self, wanted: Wanted, work: Work) -> None:
        self.wanted = wanted
        self.copied, self.files = 0, 0
        self.end: Future[Refusal | None] = Future()
        threading.Thread(target=self._run, args=(work,), name="export", daemon=True).start()

    def _run(self, work: Work) -> None:
        end: Refusal | None = Refusal("command_broke", problem="export")
        try:
            files = work(self._tell)
            self._tell(files, files)
            end = None
        except Refusal as refusal:
            end = refusal
        finally:
            self.end.set_result(end)

    def _tell(self, copied: int, files: int) -> None:
        self.copied, self.files = copied, files


class Exports:
    """Remembers the latest one, so that whoever wants it can ask what became of it."""

    def __init__(self) -> None:
        self._latest: Copying | None = None

    def begin(self, wanted: Wanted, work: Work) -> Copying:
        """Start, or join the one that is under way if it is this one. Raises Refusal."""
        if self._latest is None or self._latest.end.done():
            self._latest = Copying(wanted, work)
        elif self._latest.wanted != wanted:
            raise Refusal("export_under_way", id=self._latest.wanted.id)
        return self._latest

    def latest(self, wanted: Wanted) -> Copying:
        """Raises Refusal when it is another one, or was before the hub was started again."""
        if self._latest is None or self._latest.wanted != wanted:
            raise Refusal("no_export", id=wanted.id)
        return self._latest
