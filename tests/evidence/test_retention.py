"""Which recordings are deleted, and what stays of them."""

import contextlib
import errno
import json
import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.evidence import ballast, keys, retention
from hub.evidence.folder import CHECKPOINT, DELETED, digest, new_folder, numbered
from hub.evidence.offsite import Mark, Marks, waiting
from hub.evidence.retention import Kept, Rules, doomed, sweep
from hub.evidence.spool import Begin, End
from hub.evidence.verify import verify
from hub.evidence.write import make_folder, write
from tests.mounts import card, fill

from .test_verify import at, record, second

YEAR = timedelta(days=365)
NOW = at(0) + 2 * YEAR
recordings = st.lists(
    st.builds(
        Kept,
        st.sampled_from([Path(f"r-{k}") for k in range(20)]),
        st.floats(0, 730).map(lambda days: at(0) + timedelta(days=days)),
        st.integers(1, 100),
        st.booleans(),
        st.booleans(),
    ),
    max_size=20,
    unique_by=lambda kept: kept.path,
)
rules = st.builds(Rules, st.sampled_from([None, YEAR]), st.booleans())


@given(recordings, rules, st.integers(-50, 500))
def test_nothing_goes_that_is_running_or_should_be_elsewhere_and_is_not(
    kept: Sequence[Kept], rules: Rules, lacking: int
) -> None:
    for one, why in doomed(kept, rules, NOW, lacking):
        assert one.closed
        assert one.offsite or (why == "kept" and not rules.elsewhere)
        assert why == "space" or (rules.keep is not None and NOW - one.ended > rules.keep)


@given(recordings, rules, st.integers(-50, 500))
def test_for_space_the_oldest_go_first_and_no_more_than_it_takes(
    kept: Sequence[Kept], rules: Rules, lacking: int
) -> None:
    gone = [one for one, _ in doomed(kept, rules, NOW, lacking)]
    for_space = [one for one, why in doomed(kept, rules, NOW, lacking) if why == "space"]
    assert gone == sorted(gone, key=lambda one: one.ended)
    if for_space:
        assert sum(one.bytes for one in gone[: gone.index(for_space[-1])]) < lacking
    left = [one for one in kept if one not in gone and one.closed and one.offsite]
    assert not left or sum(one.bytes for one in gone) >= lacking


@given(recordings)
def test_what_was_kept_long_enough_goes_where_there_is_space_as_well(kept: Sequence[Kept]) -> None:
    gone = {one.path for one, _ in doomed(kept, Rules(YEAR, False), NOW, 0)}
    assert gone == {one.path for one in kept if one.closed and one.dated and NOW - one.ended > YEAR}


@pytest.fixture
def secrets(evidence: Path) -> Path:
    return evidence.with_name("keys")


@pytest.fixture(autouse=True)
def set_clock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file that says that the clock was set."""
    path = tmp_path / "synchronised"
    path.touch()
    monkeypatch.setattr("hub.evidence.clock.SYNCHRONISED", path)
    return path


def whole(evidence: Path) -> Path:
    return record(evidence, Begin("K7Q2M", at(0)), *(second(n) for n in range(12)), End(at(12), "stopped"))


def put_off_site(recording: Path) -> None:
    files = waiting(recording, set())
    Marks(recording).add(Mark.now(path.name, digest(path.read_bytes()), "1") for path in files)


AT_ONCE = Rules(timedelta(0), elsewhere=False)


def test_of_what_is_deleted_a_signed_note_stays(evidence: Path, secrets: Path) -> None:
    recording = whole(evidence)
    last = list(numbered(recording, CHECKPOINT).values())[-1]
    vouched = {last.name: digest(last.read_bytes())}
    assert sweep(evidence, secrets, AT_ONCE)["deleted"] == 1
    assert [path.name for path in evidence.iterdir()] == [DELETED]
    note, signature, public = sorted((evidence / DELETED).iterdir())
    said = json.loads(note.read_text())
    assert (said["recording"], said["why"], said["segments"], said["last"]) == ("K7Q2M-1", "kept", 12, vouched)
    assert (said["who"], said["prev"]) == ("retention", {})
    assert public.read_bytes() == keys.signer(secrets).public
    assert keys.genuine(keys.signer(secrets).public, note.read_bytes(), signature.read_bytes())
    assert set(waiting(evidence / DELETED, set())) == {note, signature, public}  # they go off-site
    assert verify(evidence) == []


def test_the_next_recording_of_the_incident_has_a_number_of_its_own(evidence: Path, secrets: Path) -> None:
    whole(evidence)
    sweep(evidence, secrets, AT_ONCE)
    assert new_folder(evidence, "K7Q2M").k == 2
    assert new_folder(evidence, "K7Q2").k == 1


def test_on_a_disk_that_is_nearly_full_what_is_off_site_goes(
    evidence: Path, secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = whole(evidence)
    monkeypatch.setattr(retention, "SPARE_BYTES", 1 << 60)
    assert sweep(evidence, secrets, Rules(YEAR, elsewhere=True)) == {"short": True, "deleted": 0}
    put_off_site(recording)
    assert sweep(evidence, secrets, Rules(YEAR, elsewhere=True)) == {"short": True, "deleted": 1}
    (note,) = (evidence / DELETED).glob("*.json")
    assert json.loads(note.read_text())["offsite"] is True


def test_a_recording_without_an_end_stays(evidence: Path, secrets: Path) -> None:
    recording = whole(evidence)
    max(recording.glob("e*.json")).unlink()
    assert sweep(evidence, secrets, AT_ONCE)["deleted"] == 0


def test_a_clock_that_nobody_set_deletes_nothing(evidence: Path, secrets: Path, set_clock: Path) -> None:
    whole(evidence)
    set_clock.unlink()
    assert sweep(evidence, secrets, AT_ONCE)["deleted"] == 0


@pytest.mark.parametrize(
    ("start", "what", "end", "deleted"),
    [
        (True, "end", True, 1),
        (True, "recovered", False, 1),  # a power cut, and no network yet at the next start
        (True, "end", False, 0),
        (False, "end", True, 0),
        (False, "recovered", True, 0),
        (None, "end", True, 0),
    ],
)
def test_only_what_was_made_by_a_clock_that_was_set_is_ever_kept_long_enough(
    evidence: Path, secrets: Path, start: bool | None, what: str, end: bool, deleted: int
) -> None:
    recording = whole(evidence)
    first, last = recording / "e000000.json", recording / "e000001.json"
    first.write_text(json.dumps({"what": "start", "synchronised": start}))
    last.write_text(json.dumps({"what": what, "synchronised": end}))
    assert sweep(evidence, secrets, AT_ONCE)["deleted"] == deleted


needs_a_disk = pytest.mark.skipif(os.getuid() != 0, reason="a disk of its own to fill takes root")


@needs_a_disk
def test_on_a_card_that_is_full_to_the_last_byte_what_is_off_site_goes(tmp_path: Path) -> None:
    with card(tmp_path / "card", 60) as disk:
        evidence, secrets = disk / "evidence", disk / "keys"
        recording = whole(evidence)
        put_off_site(recording)
        ballast.lay(evidence)
        filler = fill(disk)
        assert sweep(evidence, secrets, Rules(YEAR, elsewhere=True)) == {"short": True, "deleted": 1}
        assert not recording.exists()
        (note,) = (evidence / DELETED).glob("*.json")
        assert keys.genuine(
            keys.signer(secrets).public, note.read_bytes(), (note.parent / f"{note.name}.sig").read_bytes()
        )
        filler.unlink()
        sweep(evidence, secrets, Rules(YEAR, elsewhere=True))
        assert len(list((disk / ballast.FOLDER).iterdir())) == ballast.COUNT


@needs_a_disk
def test_where_not_even_a_note_finds_room_the_sound_goes_and_the_note_is_made_up_for(tmp_path: Path) -> None:
    """Programs of root took what was freed: nothing the hub gives up is given to the hub."""
    with card(tmp_path / "card", 60) as disk:
        evidence, secrets = disk / "evidence", disk / "keys"
        recording = whole(evidence)
        put_off_site(recording)
        make_folder(evidence / DELETED)
        last = list(numbered(recording, CHECKPOINT).values())[-1]
        vouched = {last.name: digest(last.read_bytes())}
        filler = fill(disk)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("hub.evidence.access.write", no_room)
            assert sweep(evidence, secrets, Rules(YEAR, elsewhere=True)) == {"short": True, "deleted": 1}
            assert not recording.exists()
            assert not list(evidence.rglob("*.flac"))
            assert new_folder(evidence, "K7Q2M").k == 2
            sweep(evidence, secrets, Rules(YEAR, elsewhere=True))
            assert not list((evidence / DELETED).glob("*.json"))
        sweep(evidence, secrets, Rules(YEAR, elsewhere=True))
        said = json.loads((evidence / DELETED / "K7Q2M-1.json").read_text())
        assert (said["why"], said["segments"], said["last"], said["offsite"]) == ("space", 12, vouched, True)
        assert verify(evidence / DELETED) == []
        assert not [path for path in (evidence / DELETED).iterdir() if path.is_dir()]
        assert filler.exists()


def no_room(folder: Path, name: str, content: bytes) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@needs_a_disk
def test_a_card_without_names_for_more_files_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "SPARE_BYTES", 1 << 20)
    with card(tmp_path / "card", 60, inodes=256) as disk:
        evidence, secrets = disk / "evidence", disk / "keys"
        put_off_site(whole(evidence))
        assert sweep(evidence, secrets, Rules(YEAR, elsewhere=True)) == {"short": False, "deleted": 0}
        with contextlib.suppress(OSError):
            for number in range(256):
                (disk / f"{number}").touch()
        assert sweep(evidence, secrets, Rules(YEAR, elsewhere=True)) == {"short": True, "deleted": 1}


@pytest.mark.parametrize("steps", range(7))
def test_a_power_cut_in_the_middle_of_it_is_made_up_for(
    evidence: Path, secrets: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    """Before and after each file that is written, and before the rest goes: the first note stays as it is."""
    recording, left = whole(evidence), iter(range(steps))

    def or_cut(path: Path) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt

    def cut_write(folder: Path, name: str, content: bytes) -> None:
        or_cut(folder)
        write(folder, name, content)
        or_cut(folder)

    with monkeypatch.context() as patched:
        patched.setattr("hub.evidence.access.write", cut_write)
        patched.setattr(retention.shutil, "rmtree", or_cut)
        with pytest.raises(KeyboardInterrupt):
            sweep(evidence, secrets, AT_ONCE)
    said = {path.name: path.read_bytes() for path in (evidence / DELETED).glob("*.json")}
    sweep(evidence, secrets, AT_ONCE)
    assert not recording.exists()
    after = {path.name: path.read_bytes() for path in (evidence / DELETED).iterdir()}
    assert after.keys() == {"K7Q2M-1.json", "K7Q2M-1.json.sig", "hub.pub"}
    assert verify(evidence) == []
    assert said.items() <= after.items()
