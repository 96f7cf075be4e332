"""A key that replaced another goes on where that one ended, and signs nothing from before."""

from pathlib import Path

import pytest

from hub.evidence.access import Access
from hub.evidence.catalogue import export
from hub.evidence.folder import CHECKPOINT, digest, numbered
from hub.evidence.keys import NAME, Signer, fingerprint, signer
from hub.evidence.recover import recover
from hub.evidence.spool import Begin

from .test_export import access, check, copy
from .test_tampering import Check, both, by_the_hub
from .test_verify import at, flip, identity, record, recording, second

__all__ = ["access", "copy", "identity", "recording"]


def replace(recording: Path) -> Signer:
    keys = recording.parents[1] / "keys"
    (keys / NAME).rename(keys / "old.key")
    return signer(keys)


def sheets(recording: Path) -> list[str]:
    return [fingerprint(path.read_bytes()) for path in sorted(recording.glob("hub*.pub"))]


@both
def test_who_has_the_new_key_cannot_make_an_older_recording_anew(
    recording: Path, access: Access, tmp_path: Path, check_with: Check
) -> None:
    new = replace(recording)
    flip(recording / "000003.age")
    for path in numbered(recording, CHECKPOINT).values():
        names = [line[66:] for line in path.read_text().splitlines()]
        path.write_text("".join(f"{digest((recording / name).read_bytes())}  {name}\n" for name in names))
        path.with_name(f"{path.name}.sig").write_bytes(new.sign(path.read_bytes()))
    access.note(recording, "uma", "exported")
    export(recording, tmp_path, b"{}", access)
    copy = tmp_path / recording.name
    assert len(sheets(copy)) == 2
    code, said = check_with(copy, *sheets(copy))
    told = "not this key's turn" if check_with is by_the_hub else "a recording is begun with hub.pub"
    assert (code, f"c000000.sums: {told}" in said or f"c000000.sums: it was {told}" in said) == (1, True)


@both
def test_the_old_key_signs_nothing_after_the_new_one(
    recording: Path, access: Access, tmp_path: Path, check_with: Check
) -> None:
    access.note(recording, "eve", "exported")
    replace(recording)
    access.note(recording, "uma", "exported")
    copy = tmp_path / recording.name
    export(recording, tmp_path, b"{}", access)
    assert check_with(copy, *sheets(copy))[0] == 0
    keys = recording.parents[1] / "keys"
    (keys / "old.key").rename(keys / NAME)
    access.note(copy, "mallory", "exported")
    code, said = check_with(copy, *sheets(copy))
    told = "it was not this key's turn" if check_with is by_the_hub else "signed with hub.pub, after another key"
    assert (code, f"a000002.json: {told}" in said) == (1, True)


@pytest.fixture
def cut_off(evidence: Path) -> Path:
    """The power went before its first signature was on the disk, and the key with it."""
    recording = record(evidence, Begin("K7Q2M", at(0)), *(second(n) for n in range(3)))
    for path in recording.glob("c*.sig"):
        path.unlink()
    recover(evidence, replace(recording))
    return recording


@both
def test_one_that_was_cut_off_before_its_first_signature_is_closed_with_the_new_key(
    cut_off: Path, access: Access, tmp_path: Path, check_with: Check
) -> None:
    export(cut_off, tmp_path, b"{}", access)
    copy = tmp_path / cut_off.name
    new, old = sheets(copy)
    assert check_with(copy, old, new)[0] == 0
    code, said = check_with(copy, old)
    assert (code, "signed with another key" in said) == (1, True)
    assert not any(word in said for word in ("turn", "a recording is begun with"))


def test_but_only_the_list_that_closes_it(cut_off: Path, access: Access, tmp_path: Path) -> None:
    """Whoever says that it was cut off cannot sign more than its end."""
    first = min(cut_off.glob("c*.sums"))
    new = signer(cut_off.parents[1] / "keys")
    first.with_name(f"{first.name}.sig").write_bytes(new.sign(first.read_bytes()))
    export(cut_off, tmp_path, b"{}", access)
    copy = tmp_path / cut_off.name
    assert by_the_hub(copy, *sheets(copy))[0] == 1
    assert (
        "c000000.sums: a recording is begun with hub.pub"
        in check(copy, *(w for k in sheets(copy) for w in ("-k", k)))[1]
    )


@both
def test_the_keys_that_signed_are_said_and_no_other(
    cut_off: Path, access: Access, tmp_path: Path, check_with: Check
) -> None:
    export(cut_off, tmp_path, b"{}", access)
    copy = tmp_path / cut_off.name
    new, old = sheets(copy)
    said = check_with(copy, old, new)[1].replace(" ", "")
    assert (new.replace(" ", "") in said, old.replace(" ", "") in said) == (True, False)
