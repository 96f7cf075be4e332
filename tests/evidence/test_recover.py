"""After a power cut at any moment: what is there is signed as found, and the next recording begins."""

import contextlib
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.exceptions import InternalError, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from hub.evidence import keys
from hub.evidence.access import Access
from hub.evidence.folder import events, new_folder
from hub.evidence.recover import recover
from hub.evidence.spool import Begin, End
from hub.evidence.verify import Flaw, flaws
from hub.evidence.write import write

from .test_verify import at, record, second


@pytest.fixture
def files(evidence: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Of a whole recording, in the order in which they came to the disk."""
    order: list[Path] = []

    def watched(folder: Path, name: str, content: bytes) -> None:
        write(folder, name, content)
        order.append(folder / name)

    monkeypatch.setattr("hub.evidence.folder.write", watched)
    record(evidence, Begin("K7Q2M", at(0)), *(second(n) for n in range(12)), End(at(12), "stopped"))
    return order


def test_after_a_cut_between_any_two_files_the_recording_is_closed(
    evidence: Path, tmp_path: Path, files: list[Path]
) -> None:
    signer = keys.signer(evidence.with_name("keys"))
    for count in range(1, len(files) + 1):
        copy = tmp_path / f"after {count}" / "K7Q2M-1"
        copy.mkdir(parents=True)
        for path in files[:count]:
            shutil.copy2(path, copy)
        (copy / "000099.flac.part").write_bytes(b"half")
        recover(copy.parent, signer)
        assert not list(copy.glob("*.part"))
        assert flaws(copy) in ([], [Flaw("empty")]), count
        ended = files[0].with_name("e000001.json") in files[:count]
        assert events(copy)[-1]["what"] == ("end" if ended else "recovered")


def test_what_was_closed_is_not_touched_again(evidence: Path, files: list[Path]) -> None:
    before = {path: path.read_bytes() for path in files}
    recover(evidence, keys.signer(evidence.with_name("keys")))
    assert {path: path.read_bytes() for path in files[0].parent.iterdir()} == before


def test_a_recovery_says_when_the_last_sound_came_to_the_disk(evidence: Path, files: list[Path]) -> None:
    for path in files[-4:]:
        path.unlink()
    recover(evidence, keys.signer(evidence.with_name("keys")))
    event = events(files[0].parent)[-1]
    assert event["what"] == "recovered"
    assert abs((datetime.fromisoformat(str(event["last"])) - datetime.now(UTC)).total_seconds()) < 60


def test_a_hub_without_a_key_closes_it_too_and_only_once(evidence: Path, files: list[Path]) -> None:
    for path in [*files[0].parent.glob("*.sig"), *files[-4:]]:
        path.unlink(missing_ok=True)
    recover(evidence, None)
    after = sorted(files[0].parent.iterdir())
    recover(evidence, None)
    assert sorted(files[0].parent.iterdir()) == after


def test_a_key_that_is_damaged_is_set_aside(tmp_path: Path) -> None:
    first = keys.signer(tmp_path)
    assert keys.signer(tmp_path).public == first.public
    (tmp_path / keys.NAME).write_bytes(b"damaged")
    assert keys.signer(tmp_path).public != first.public
    assert (tmp_path / "recorder.damaged").read_bytes() == b"damaged"
    assert (tmp_path / keys.NAME).stat().st_mode & 0o777 == 0o600


def one_bit_changed(content: bytes) -> Iterator[bytes]:
    for bit in range(len(content) * 8):
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << bit % 8
        yield bytes(changed)


def is_read(pem: bytes) -> bool:
    with contextlib.suppress(ValueError, UnsupportedAlgorithm, InternalError):
        return isinstance(load_pem_private_key(pem, None), Ed25519PrivateKey)
    return False


def test_a_key_of_which_any_bit_is_wrong_is_set_aside_where_it_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.evidence.write.sync", lambda _folder: None)
    keys.signer(tmp_path)
    path, damaged = tmp_path / keys.NAME, tmp_path / keys.DAMAGED
    for wrong in one_bit_changed(path.read_bytes()):
        path.write_bytes(wrong)
        damaged.unlink(missing_ok=True)
        assert keys.signer(tmp_path).sign(b"said")
        assert damaged.exists() is not is_read(wrong)
        assert keys.existing(tmp_path).sign(b"said")


def test_with_a_key_of_which_any_bit_is_wrong_it_is_recorded_and_noted_who_looked(tmp_path: Path) -> None:
    """As the libraries name what they cannot read in more ways than one."""
    keys.signer(tmp_path)
    kinds: dict[type[Exception], bytes] = {}
    for wrong in one_bit_changed((tmp_path / keys.NAME).read_bytes()):
        try:
            load_pem_private_key(wrong, None)
        except (ValueError, UnsupportedAlgorithm, InternalError) as problem:
            kinds[type(problem)] = wrong
    assert len(kinds) > 1
    for number, wrong in enumerate(kinds.values()):
        evidence, secrets = tmp_path / f"{number}" / "evidence", tmp_path / f"{number}" / "keys"
        secrets.mkdir(parents=True)
        (secrets / keys.NAME).write_bytes(wrong)
        (evidence / "BEFOR-1").mkdir(parents=True)
        Access(secrets).note(evidence / "BEFOR-1", "somebody", "listed")
        record(evidence, Begin("K7Q2M", at(0)), second(0), End(at(1), "stopped"))
        assert flaws(evidence / "K7Q2M-1") == []


def test_what_the_daemon_is_writing_at_that_moment_is_left_to_it(evidence: Path) -> None:
    """Who looks just after a start; its signature was lost so."""
    folder = new_folder(evidence, "K7Q2M", None)
    for name in ("a000000.json.sig.part", "000000.age.part"):
        (folder.path / name).touch()
    recover(evidence, None)
    assert [path.name for path in folder.path.glob("*.part")] == ["a000000.json.sig.part"]
