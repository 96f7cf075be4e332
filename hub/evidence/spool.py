"""What waits for the disk. A slow or full disk delays nobody: one thread writes, and tries until it can.

What does not fit the memory any more is not recorded, and is written down as a gap.
"""

import contextlib
import json
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from hub.evidence import clock, keys
from hub.evidence.ballast import FOR_NOTES, give_up, is_full
from hub.evidence.folder import RecordingFolder, interruption, new_folder, stamp
from hub.evidence.items import Begin, End, Item, SealedTo, between, gap_facts, is_older, size
from hub.evidence.recipients import kept
from hub.evidence.recording import SAMPLE_BYTES, Gap, Sound
from hub.evidence.recover import recover
from hub.evidence.seal import PLAIN, Seal, seal_to
from hub.evidence.segment import encode

__all__ = ["Begin", "End", "Item", "SealedTo", "Spool"]

RETRY_SECONDS = (0.2, 5.0)  # first, longest
SLOW_SECONDS = 5.0


class Spool:
    """Takes items in order and never blocks; `holds` is how many seconds of sound may wait.

    `secrets`: the folder with the key that signs, and with a list of recipients; `recipients`: where there is none.
    What a restart left without a signature gets one first.
    """

    def __init__(
        self, evidence: Path, rate: int, secrets: Path, recipients: tuple[str, ...] = (), holds: float = 300.0
    ) -> None:
        self.k = 0
        self.segments = 0
        self._evidence, self._rate, self._secrets = evidence, rate, secrets
        self._fallback = self._recipients = recipients
        self._seal: Seal = bytes
        self._suffix = PLAIN
        self._signer: keys.Signer | None = None
        self._sealed: tuple[Sound, bytes] | None = None
        self._limit = int(holds * rate) * SAMPLE_BYTES
        self._items: deque[Item] = deque()
        self._bytes = 0
        self._dropped: Sound | None = None  # the first that did not fit
        self._folder: RecordingFolder | None = None
        self._over = False
        self._problem = ""
        self._full = False
        self._since: float | None = None
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._work, name="spool", daemon=True)
        self._thread.start()

    def put(self, item: Item) -> None:
        """Hand over an item; sound that does not fit becomes a gap."""
        with self._changed:
            if isinstance(item, Sound) and self._bytes + len(item.samples) > self._limit:
                self._dropped = self._dropped or item
                return
            if self._dropped and not is_older(item, self._dropped):
                self._items.append(between(self._dropped, item))
                self._dropped = None
            self._items.append(item)
            self._bytes += size(item)
            self._changed.notify()

    def fault(self, now: float) -> str:
        """Return what is wrong with the disk, "" when nothing is."""
        if not self._thread.is_alive():
            raise RuntimeError("nobody writes any more")  # ends the process; the daemon starts it again
        if self._problem:
            return self._problem
        since = self._since
        return "disk does not answer" if since is not None and now - since > SLOW_SECONDS else ""

    def was_full(self) -> bool:
        """Whether the disk was full since this was asked last."""
        full, self._full = self._full, False
        return full

    @property
    def waiting(self) -> bool:
        """Whether anything is not on the disk yet."""
        return bool(self._items)

    @property
    def safe(self) -> tuple[int, int]:
        """`k` of the recording begun last, and how many segments of it are on the disk; both 0 until its folder is."""
        with self._changed:
            begins = any(isinstance(item, Begin) for item in self._items)
        return (0, 0) if begins else (self.k, self.segments)

    def close(self, seconds: float) -> bool:
        """Wait until everything is on the disk; False when that took too long."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._items, seconds)

    def _work(self) -> None:
        self._prepare()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._items)
                item = self._items[0]
            self._until_done(partial(self._write, item))
            self._until_done(self._sign)
            with self._changed:
                self._items.popleft()
                self._bytes -= size(item)
                self._changed.notify_all()

    def _prepare(self) -> None:
        """A recording is made without a key as well: what cannot be proven is still heard."""
        self._find_key()
        with contextlib.suppress(OSError):
            recover(self._evidence, self._signer)

    def _find_key(self) -> None:
        with contextlib.suppress(OSError):
            self._signer = self._signer or keys.signer(self._secrets)

    def _until_done(self, act: Callable[[], None]) -> None:
        pause, longest = RETRY_SECONDS
        self._since = time.monotonic()
        while not self._done(act):
            time.sleep(pause)
            pause = min(pause * 2, longest)
        self._since = None

    def _done(self, act: Callable[[], None]) -> bool:
        try:
            act()
        except OSError as problem:
            self._problem = f"disk: {problem.strerror}"
            return is_full(problem) and self._has_room() and self._done(act)
        self._problem = ""
        return True

    def _has_room(self) -> bool:
        """Whether some could be made."""
        self._full = True
        with contextlib.suppress(OSError):
            return give_up(self._evidence, leaving=FOR_NOTES)
        return False

    def _write(self, item: Item) -> None:
        match item:
            case Begin():
                self._begin(item)
            case SealedTo():
                self._reseal(item)
            case Sound():
                self._add(item)
            case Gap():
                self._note("gap", gap_facts(item, self._rate))
            case End():
                self._open_folder().witness()
                self._finish(item)
                self._over = True

    def _sign(self) -> None:
        if self._folder is not None and self._folder.due:
            self._folder.checkpoint()
        if self._over:
            self._folder, self._over = None, False

    def _begin(self, item: Begin) -> None:
        """In steps that can be taken again: the disk may fail between any two."""
        if self._folder is None:
            self._find_key()
            self._folder = new_folder(self._evidence, item.incident, self._signer)
        folder = self._folder
        self._seal_to(self._found() if item.recipients is None else item.recipients)
        self.k, self.segments = folder.k, 0
        if folder.events == 0:
            folder.introduce()
            folder.note(self._start(item))
        before = interruption(self._evidence, item.incident, self.k)
        if before and folder.events == 1:
            seconds = max(
                0.0, (item.at - before[0]).total_seconds()
            )  # of the other one's clock that nobody sets nothing is known
            frames = {"frames_expected": round(seconds * self._rate), "frames_got": 0}
            self._note("gap", {"from": stamp(before[0]), "to": stamp(item.at), "why": before[1], **frames})

    def _start(self, item: Begin) -> dict[str, object]:
        return {
            "what": "start",
            "at": stamp(item.at),
            "incident": item.incident,
            "k": self.k,
            "rate": self._rate,
            "recipients": self._recipients,
            "synchronised": clock.synchronised(),
        }

    def _found(self) -> tuple[str, ...]:
        found = kept(self._secrets)
        return self._fallback if found is None else found

    def _seal_to(self, recipients: tuple[str, ...]) -> None:
        self._recipients = recipients
        self._seal, self._suffix = seal_to(recipients)

    def _reseal(self, item: SealedTo) -> None:
        if item.recipients != self._recipients:
            self._note("sealed", {"at": stamp(item.at), "recipients": item.recipients})
            self._seal_to(item.recipients)

    def _add(self, sound: Sound) -> None:
        folder = self._open_folder()
        count = len(sound.samples) // SAMPLE_BYTES
        comment = {
            "recording": folder.path.name,
            "n": folder.segments,
            "prev": folder.last,
            "utc": stamp(sound.at),
            "mono": round(sound.mono, 3),
            "synchronised": clock.synchronised(),
            "frames": count,
        }
        if self._sealed is None or self._sealed[0] is not sound:  # a try after this one writes the same bytes
            self._sealed = sound, self._seal(encode(sound.samples, self._rate, json.dumps(comment)))
        folder.add(self._sealed[1], self._suffix, count)
        self.segments = folder.segments

    def _finish(self, end: End) -> None:
        facts = {
            "at": stamp(end.at),
            "why": end.why,
            "synchronised": clock.synchronised(),
            "frames_expected": end.expected,
            "frames_got": self._open_folder().samples,
            "overruns": end.overruns,
        }
        self._note("end", facts)

    def _note(self, what: str, facts: Mapping[str, object]) -> None:
        folder = self._open_folder()
        seconds = round(folder.samples / self._rate, 3)
        folder.note({"what": what, **facts, "segments": folder.segments, "seconds": seconds})

    def _open_folder(self) -> RecordingFolder:
        assert self._folder is not None, "an item outside of a recording"
        return self._folder
