"""Says exactly what is wrong with one recording. What was signed is the measure, not what lies there."""

from collections.abc import Collection, Container, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hub.evidence import notes
from hub.evidence.access import COPIED, LIST, before
from hub.evidence.catalogue import INCIDENT, PAGES
from hub.evidence.folder import (
    ACCESS,
    CHECKPOINT,
    DELETED,
    EVENT,
    NAME,
    SEGMENT,
    SIGNED_EACH,
    digest,
    events,
    is_closed,
    named,
    numbered,
    promised,
)
from hub.evidence.keys import PUBLIC, fingerprint, is_given
from hub.evidence.offsite import MARKS
from hub.evidence.signatures import others, out_of_turn, read, signer_of
from hub.evidence.stamps import spoiled


@dataclass(frozen=True, slots=True, order=True)
class Flaw:
    """`code`: a sentence of the texts is named `flaw_<code>`; `file`: which, "" for the whole; `detail`: more of it."""

    code: str
    file: str = ""
    detail: str = ""


def verify(folder: Path, trusted: Collection[str] = (), authority: Path | None = None) -> list[Flaw]:
    """What is wrong with one recording, or with all in a folder; [] is fine. Needs no private key.

    `trusted`: fingerprints of the keys that are known to be the hub's, from `typed_fingerprint`; () takes any key.
    `authority`: certificates (PEM) of the time stamp service, or its stamps are not checked against any. Raises
    ErrandError when OpenSSL cannot be asked about stamps that are there.
    """
    if not folder.is_dir():
        return [Flaw("no_folder", str(folder))]
    there, deleted = recordings(folder), _deleted(folder)
    found = [
        Flaw(flaw.code, flaw.file if path == folder else f"{path.name}/{flaw.file}", flaw.detail)
        for path in there
        for flaw in flaws(path, trusted, authority)
    ]
    found += [Flaw("not_checked", path.name) for path in _unnamed(folder)]
    found += _notes(deleted, trusted) if deleted else ()
    return found if found or there or deleted else [Flaw("empty")]


def recordings(folder: Path) -> list[Path]:
    """Those that `verify` looks at: itself if it is one, and all in it."""
    own = [folder] if _holds_one(folder) else []
    return own + sorted(path for path in folder.iterdir() if path.is_dir() and NAME.fullmatch(path.name))


def _holds_one(folder: Path) -> bool:
    return any(numbered(folder, kind) for kind in (SEGMENT, EVENT, CHECKPOINT))


def _unnamed(folder: Path) -> Iterator[Path]:
    """What would be a recording, and is not called as one."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not NAME.fullmatch(path.name) and folder.name != DELETED and _holds_one(path):
            yield path


def _deleted(folder: Path) -> Path | None:
    """The notes that are in it, or that it is."""
    there = folder if folder.name == DELETED else folder / DELETED
    return there if there.is_dir() and any(there.glob("*.json")) else None


def _notes(deleted: Path, trusted: Collection[str]) -> Iterator[Flaw]:
    """By the key beside them; older ones have none there, but the recordings of the same hub have."""
    own = read(deleted / PUBLIC)
    first = [own] if own else [read(path / PUBLIC) for path in recordings(deleted.parent)]
    keys = [*first, *map(read, others(deleted))]
    known = [key for key in keys if is_given(key, trusted)] if trusted else first
    for code, name, key in notes.flaws(deleted, known, keys):
        yield Flaw(code, f"{deleted.name}/{name}", _named(key))
    if trusted and own and not is_given(own, trusted):
        yield Flaw("wrong_key", f"{deleted.name}/{PUBLIC}", _named(own))


def flaws(folder: Path, trusted: Collection[str] = (), authority: Path | None = None) -> list[Flaw]:
    """Of one recording."""
    checkpoints = list(numbered(folder, CHECKPOINT).values())
    if not numbered(folder, SEGMENT):
        return [Flaw("empty")]
    if not checkpoints:
        return [Flaw("unsigned")]
    there = {path.name: digest(path.read_bytes()) for path in sorted(folder.iterdir()) if path.is_file()}
    signed = {name: sum for checkpoint in checkpoints for name, sum in promised(checkpoint).items()}
    found = [
        *_renamed(folder),
        *_key(folder, trusted),
        *_signatures(folder, checkpoints, signed, trusted),
        *(Flaw("key_order", name) for name in out_of_turn(folder)),
        *_chain(checkpoints),
        *_contents(signed, there),
        *_foreign(folder, signed, there),
        *_holes(folder),
        *_end(folder),
        *_access(folder, signed),
        *_added(folder, signed, trusted),
        *(Flaw(code, file) for code, file in spoiled(folder, authority)),
    ]
    return list(dict.fromkeys(found))  # what is missing may be missed by more than one


def _renamed(folder: Path) -> Iterator[Flaw]:
    """It is called as it began, or a recording of another day would lie in its place."""
    match events(folder)[:1]:
        case [{"incident": str(incident), "k": int(k)}]:
            name = f"{incident}-{k}"
            if NAME.fullmatch(name) and name != folder.resolve().name:
                yield Flaw("renamed", "e000000.json", name)


def _key(folder: Path, trusted: Collection[str]) -> Iterator[Flaw]:
    """Whoever made all of it anew, with a key of his own, is found by this alone."""
    public = read(folder / PUBLIC)
    if not public:
        yield Flaw("missing", PUBLIC)
    elif trusted and not is_given(public, trusted):
        yield Flaw("wrong_key", PUBLIC, _named(public))


def _signatures(
    folder: Path, checkpoints: Sequence[Path], signed: dict[str, str], trusted: Collection[str]
) -> Iterator[Flaw]:
    """A checkpoint that the power took the signature of is vouched for by the one after it; the last has its own."""
    *_, last = checkpoints
    if not (folder / PUBLIC).exists():
        return
    for path in checkpoints:
        if read(path.with_name(f"{path.name}.sig")):
            yield from _signature(path, trusted)
        elif path == last or path.name not in signed:
            yield Flaw("unsigned_checkpoint", path.name)


def _signature(path: Path, trusted: Collection[str]) -> Iterator[Flaw]:
    """By the key it was begun with. Nothing can vouch for the one that replaced it but who knows its fingerprint."""
    signer = signer_of(path)
    if not signer:
        yield Flaw("signature", path.name)
    elif signer.name != PUBLIC and not is_given(read(signer), trusted):
        yield Flaw("other_key", path.name, _named(read(signer)))


def _named(public: bytes) -> str:
    try:
        return fingerprint(public)
    except ValueError:
        return ""


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


def _access(folder: Path, signed: Container[str]) -> Iterator[Flaw]:
    """Who listed and copied it: each entry signed, after the one before, and when there was the list that it names."""
    entries = list(numbered(folder, ACCESS).values())
    lists = {path.name: digest(path.read_bytes()) for path in numbered(folder, CHECKPOINT).values()}
    first = [*lists.values(), *([""] if entries and entries[0].name in signed else [])]  # "": before there was a list
    for number, path in enumerate(entries):
        content = path.read_bytes()
        if before(content) not in ([digest(entries[number - 1].read_bytes())] if number else first):
            yield Flaw("chain", path.name)
        for name, sum in named(content, LIST).items():
            if lists.get(name) != sum:
                yield Flaw("chain", path.name) if name in lists else Flaw("missing", name)
    last = int(entries[-1].stem[1:]) if entries else -1
    for name in [f"a{number:06d}.json" for number in range(last)]:
        if not (folder / name).exists():
            yield Flaw("missing", name)


def _added(folder: Path, signed: Container[str], trusted: Collection[str]) -> Iterator[Flaw]:
    """What is signed apart: who looked, and what was added to a copy, as it was."""
    entries = list(numbered(folder, ACCESS).values())
    for path in [*entries, *folder.glob(COPIED)]:
        yield from _signature(path, trusted)
    added = [name for name in (INCIDENT, *PAGES) if (folder / name).exists()]
    if not (folder / COPIED).exists():
        yield from [Flaw("missing", COPIED)] if added else ()
        return
    copied = promised(folder / COPIED)
    for name, sum in copied.items():
        if not (folder / name).exists():
            yield Flaw("missing", name)
        elif digest((folder / name).read_bytes()) != sum:
            yield Flaw("changed", name)
    marks = [path.name for path in folder.glob(MARKS)]
    for name in [*added, *marks, *(path.name for path in entries)]:
        if name not in copied and name not in signed:
            yield Flaw("foreign", name)
