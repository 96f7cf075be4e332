"""Who takes away what tells of a deletion is found out by the next one."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.evidence import keys
from hub.evidence.access import Access
from hub.evidence.folder import DELETED
from hub.evidence.retention import sweep
from hub.evidence.spool import Begin, End
from hub.evidence.verify import Flaw, verify

from .test_retention import AT_ONCE, set_clock
from .test_verify import at, flip, record, second

__all__ = ["set_clock"]
pytestmark = pytest.mark.usefixtures("set_clock")


def deleted(evidence: Path, *incidents: str) -> Path:
    """One after the other; the folder of their notes."""
    for incident in incidents:
        record(evidence, Begin(incident, at(0)), second(0), End(at(1), "stopped"))
        assert sweep(evidence, evidence.with_name("keys"), AT_ONCE)["deleted"] == 1
    return evidence / DELETED


def test_each_names_the_one_before(evidence: Path) -> None:
    notes = deleted(evidence, "CCCCC", "AAAAA", "BBBBB")
    prev = {path.name: list(json.loads(path.read_text())["prev"]) for path in notes.glob("*.json")}
    assert prev == {"CCCCC-1.json": [], "AAAAA-1.json": ["CCCCC-1.json"], "BBBBB-1.json": ["AAAAA-1.json"]}
    assert verify(evidence) == verify(notes) == []


@pytest.mark.parametrize("name", ["CCCCC-1.json", "AAAAA-1.json"])
def test_one_that_was_taken_away_is_missed(evidence: Path, name: str) -> None:
    notes = deleted(evidence, "CCCCC", "AAAAA", "BBBBB")
    (notes / name).unlink()
    (notes / f"{name}.sig").unlink()
    assert verify(evidence) == [Flaw("missing", f"deleted/{name}")]


def signed_anew(note: Path) -> None:
    """Not even the key helps."""
    said = json.loads(note.read_text()) | {"segments": 0}
    Access(note.parents[2] / "keys").sign(note.parent, note.name, json.dumps(said).encode())


def without_signature(note: Path) -> None:
    note.with_name(f"{note.name}.sig").unlink()


@pytest.mark.parametrize(
    ("damage", "code"),
    [(flip, "signature"), (signed_anew, "chain"), (without_signature, "unsigned_checkpoint"), (Path.unlink, "missing")],
)
def test_what_was_changed_is_named(evidence: Path, damage: Callable[[Path], None], code: str) -> None:
    notes = deleted(evidence, "CCCCC", "AAAAA", "BBBBB")
    damage(notes / "AAAAA-1.json")
    found = {flaw.code: flaw.file for flaw in verify(evidence)}
    assert found.pop(code) == ("deleted/BBBBB-1.json" if code == "chain" else "deleted/AAAAA-1.json")
    assert found in ({}, {"chain": "deleted/BBBBB-1.json"})


def test_notes_from_before_they_named_each_other_hold_and_are_named_by_the_next(evidence: Path) -> None:
    notes = evidence / DELETED
    notes.mkdir(parents=True)
    secrets = evidence.with_name("keys")
    keys.signer(secrets)
    for incident in ("AAAAA", "BBBBB"):
        old = {"recording": f"{incident}-1", "deleted": "2025-01-01T00:00:00.000Z", "why": "kept"}
        Access(secrets).sign(notes, f"{incident}-1.json", json.dumps(old).encode())
    whole = record(evidence, Begin("K7Q2M", at(0)), second(0), End(at(1), "stopped"))
    assert verify(evidence) == []
    assert sweep(evidence, secrets, AT_ONCE)["deleted"] == 1
    assert not whole.exists()
    assert verify(evidence) == []
    (notes / "AAAAA-1.json").unlink()
    assert verify(evidence) == [Flaw("missing", "deleted/AAAAA-1.json")]


def test_a_hub_that_got_another_key_leaves_the_old_one_there(evidence: Path) -> None:
    deleted(evidence, "AAAAA")
    (evidence.with_name("keys") / keys.NAME).unlink()
    notes = deleted(evidence, "BBBBB", "CCCCC")
    public = [keys.fingerprint(path.read_bytes()) for path in sorted(notes.glob("hub*.pub"))]
    by_the_new_one = [Flaw("other_key", f"deleted/{name}-1.json", public[0]) for name in ("BBBBB", "CCCCC")]
    assert verify(evidence) == by_the_new_one, "nothing beside them can vouch for it"
    given = [keys.typed_fingerprint(one) for one in public]
    assert len(given) == 2
    assert verify(evidence, given) == []
    (notes / "hub.pub").unlink()
    assert verify(evidence, given) == [Flaw("signature", "deleted/AAAAA-1.json")]


def signed_by_a_stranger(notes: Path) -> bytes:
    """One note is forged and the one before it is gone; the key that signed it."""
    for path in notes.glob("AAAAA*"):
        path.unlink()
    note = notes / "BBBBB-1.json"
    content = json.dumps(json.loads(note.read_text()) | {"who": "nobody", "prev": {}}).encode()
    stranger = keys.signer(notes.parents[1] / "strange keys")
    note.write_bytes(content)
    note.with_name(f"{note.name}.sig").write_bytes(stranger.sign(content))
    return stranger.public


def sheet(recording: Path) -> str:
    return keys.typed_fingerprint(keys.fingerprint((recording / "hub.pub").read_bytes()))


def test_a_key_that_somebody_put_beside_them_vouches_for_nothing(evidence: Path) -> None:
    notes = deleted(evidence, "AAAAA", "BBBBB")
    given = [sheet(notes)]
    (notes / "hub-deadbeef.pub").write_bytes(signed_by_a_stranger(notes))
    for trusted in ([], given):
        assert [(flaw.code, flaw.file) for flaw in verify(evidence, trusted)] == [("other_key", "deleted/BBBBB-1.json")]


def test_a_key_in_a_folder_that_is_no_recording_vouches_for_nothing(evidence: Path) -> None:
    notes = deleted(evidence, "AAAAA", "BBBBB")
    record(evidence, Begin("CCCCC", at(0)), second(0), End(at(1), "stopped"))
    given = [sheet(notes)]
    (notes / "hub.pub").unlink()
    assert verify(evidence, given) == verify(evidence) == []
    (evidence / "x").mkdir()
    (evidence / "x" / "hub.pub").write_bytes(signed_by_a_stranger(notes))
    for trusted in ([], given):
        assert verify(evidence, trusted) == [Flaw("signature", "deleted/BBBBB-1.json")]
    (evidence / "ZZZZZ-1").mkdir()
    (evidence / "ZZZZZ-1" / "hub.pub").write_bytes((evidence / "x" / "hub.pub").read_bytes())
    found = verify(evidence, given)
    assert ("other_key", "deleted/BBBBB-1.json") in [(flaw.code, flaw.file) for flaw in found]


def test_no_notes_at_all_prove_nothing(evidence: Path) -> None:
    (evidence / DELETED).mkdir(parents=True)
    assert verify(evidence) == verify(evidence / DELETED) == [Flaw("empty")]
