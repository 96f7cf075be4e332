"""Says exactly what is wrong with one recording. What was signed is the measure, not what lies there."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hub.evidence.access import ACCESS, COPIED
from hub.evidence.folder import (
    CHECKPOINT,
    EVENT,
    NAME,
    PUBLIC,
    SEGMENT,
    SIGNED_EACH,
    digest,
    is_closed,
    numbered,
    promised,
)
from hub.evidence.keys import genuine
from hub.evidence.stamps import spoiled


@dataclass(frozen=True, slots=True, order=True)
class Flaw:
    """`code`: a sentence of the texts is named `flaw_<code>`; `file`: which, "" for the whole; `detail`: more of it."""

    code: str
    file: str = ""
    detail: str = ""


def verify(folder: Path, authority: Path | None = None) -> list[Flaw]:
    """What is wrong with one recording, or with all in a folder; [] is fine. Needs no private key.

    `authority`: certificates (PEM) of the time stamp service, or its stamps are not checked against any. Raises
    ErrandError when OpenSSL cannot be asked about stamps that are there.
    """
    if not folder.is_dir():
        return [Flaw("no_folder", str(folder))]
    inside = sorted(path for path in folder.iterdir() if path.is_dir() and NAME.fullmatch(path.name))
    empty = inside and not any(numbered(folder, kind) for kind in (SEGMENT, EVENT, CHECKPOINT))
    own = [] if empty else flaws(folder, authority)
    return [*own, *(Flaw(f.code, f"{path.name}/{f.file}", f.detail) for path in inside for f in flaws(path, authority))]


def flaws(folder: Path, authority: Path | None = None) -> list[Flaw]:
    """Of one recording."""
    checkpoints = list(numbered(folder, CHECKPOINT).values())
    if not numbered(folder, SEGMENT):
        return [Flaw("empty")]
    if not checkpoints:
        return [Flaw("unsigned")]
    there = {path.name: digest(path.read_bytes()) for path in sorted(folder.iterdir()) if path.is_file()}
    signed = {name: sum for checkpoint in checkpoints for name, sum in promised(checkpoint).items()}
    return [
        *_signatures(folder, checkpoints, signed),
        *_chain(checkpoints),
        *_contents(signed, there),
        *_foreign(folder, signed, there),
        *_holes(folder),
        *_end(folder),
        *_access(folder),
        *(Flaw(code, file) for code, file in spoiled(folder, authority)),
    ]


def _signatures(folder: Path, checkpoints: Sequence[Path], signed: dict[str, str]) -> Iterator[Flaw]:
    """A checkpoint that the power took the signature of is vouched for by the one after it; the last has its own."""
    *_, last = checkpoints
    public = _read(folder / PUBLIC)
    if not public:
        yield Flaw("missing", PUBLIC)
        return
    for path in checkpoints:
        signature = _read(path.with_name(f"{path.name}.sig"))
        if signature and not genuine(public, path.read_bytes(), signature):
            yield Flaw("signature", path.name)
        elif not signature and (path == last or path.name not in signed):
            yield Flaw("unsigned_checkpoint", path.name)


def _chain(checkpoints: list[Path]) -> Iterator[Flaw]:
    """Each names the one before; the first names none."""
    for number, path in enumerate(checkpoints):
        if path.name != f"c{number:06d}.sums":
            yield Flaw("missing", f"c{number:06d}.sums")
            return
        named = [name for name in promised(path) if CHECKPOINT.fullmatch(name)]
        if named[-1:] != [before.name for before in checkpoints[max(0, number - 1) : number]]:
            yield Flaw("chain", path.name)


def _contents(signed: dict[str, str], there: dict[str, str]) -> Iterator[Flaw]:
    names = {sum: name for name, sum in signed.items()}
    for name, sum in signed.items():
        if name not in there:
            yield Flaw("missing", name)
        elif there[name] != sum:
            other = names.get(there[name])
            yield Flaw("swapped", name, other) if other else Flaw("changed", name)


def _foreign(folder: Path, signed: dict[str, str], there: dict[str, str]) -> Iterator[Flaw]:
    """What no signature knows, and cannot be what was being written just then: the few seconds after the last list."""
    closed = is_closed(folder)
    last = max((int(name[:6]) for name in signed if SEGMENT.fullmatch(name)), default=-1)
    for name in there:
        if name in signed or not (SEGMENT.fullmatch(name) or EVENT.fullmatch(name)):
            continue
        if closed or (SEGMENT.fullmatch(name) and not last < int(name[:6]) <= last + SIGNED_EACH):
            yield Flaw("foreign", name)


def _holes(folder: Path) -> Iterator[Flaw]:
    """A second that nobody signed and nobody has: of the tail that is not signed yet."""
    found = numbered(folder, SEGMENT)
    signed = {name for path in numbered(folder, CHECKPOINT).values() for name in promised(path)}
    known = {int(name[:6]) for name in signed if SEGMENT.fullmatch(name)} | set(found)
    for number in range(max(known, default=-1) + 1):
        if number not in known:
            yield Flaw("missing", f"{number:06d}")


def _end(folder: Path) -> Iterator[Flaw]:
    if not is_closed(folder):
        yield Flaw("no_end")


def _access(folder: Path) -> Iterator[Flaw]:
    """Who listed and copied it: each entry signed, and after the one before. What was added to a copy: as it was."""
    entries = numbered(folder, ACCESS)
    for path in [*entries.values(), *folder.glob(COPIED)]:
        if not genuine(_read(folder / PUBLIC), path.read_bytes(), _read(path.with_name(f"{path.name}.sig"))):
            yield Flaw("signature", path.name)
    for before, path in itertools.pairwise(entries.values()):
        if digest(before.read_bytes()) not in path.read_text("utf-8", "replace"):
            yield Flaw("chain", path.name)
    lists = [digest(path.read_bytes()) for path in numbered(folder, CHECKPOINT).values()]
    for path in list(entries.values())[:1]:
        if not any(link in path.read_text("utf-8", "replace") for link in lists):
            yield Flaw("chain", path.name)
    if entries and max(entries) + 1 != len(entries):
        yield Flaw("missing", f"a{min(set(range(max(entries))) - set(entries)):06d}.json")
    for name, sum in promised(folder / COPIED).items() if (folder / COPIED).exists() else ():
        if not (folder / name).exists():
            yield Flaw("missing", name)
        elif digest((folder / name).read_bytes()) != sum:
            yield Flaw("changed", name)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
