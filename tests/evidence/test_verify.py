"""Whoever changes a recording is found out, and what was changed is named."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyrage
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.evidence.folder import events, promised
from hub.evidence.hearing import hear
from hub.evidence.keys import signer
from hub.evidence.recording import Gap, Sound
from hub.evidence.segment import decode
from hub.evidence.spool import Begin, End, Item, Spool
from hub.evidence.verify import Flaw, flaws, verify

RATE = 8000
START = datetime(2025, 1, 1, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def second(number: int) -> Sound:
    """Each is another one."""
    return Sound(bytes(number * i % 251 for i in range(2 * RATE)), at(number), float(number))


def record(evidence: Path, *items: Item) -> Path:
    spool = Spool(evidence, RATE, evidence.with_name("keys"))
    for item in items:
        spool.put(item)
    assert spool.close(10)
    return evidence / "K7Q2M-1"


@pytest.fixture(scope="module")
def identity() -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.generate()


@pytest.fixture
def recording(evidence: Path, identity: pyrage.x25519.Identity) -> Path:
    """25 seconds, sealed; after 12 of them three are missing."""
    begin = Begin("K7Q2M", at(0), (str(identity.to_public()),))
    gap = Gap(at(12), at(15), "microphone", (12, 15))
    seconds = [second(n) for n in range(28) if not 12 <= n < 15]
    return record(evidence, begin, *seconds[:12], gap, *seconds[12:], End(at(28), "stopped"))


def test_what_was_recorded_is_signed_from_its_start_to_its_end(recording: Path) -> None:
    assert flaws(recording) == []
    assert [path.suffix for path in sorted(recording.glob("0*"))] == [".age"] * 25
    assert [event["what"] for event in events(recording)] == ["start", "gap", "end"]


def test_no_second_can_be_read_where_it_lies(recording: Path) -> None:
    for path in recording.iterdir():
        content = path.read_bytes()
        assert b"fLaC" not in content
        assert path.suffix != ".age" or content.startswith(b"age-encryption.org/v1\n")


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [flip, cut, empty])
@pytest.mark.parametrize("name", ["000000.age", "000013.age", "000024.age", "e000001.json", "hub.pub"])
def test_a_byte_that_was_changed_or_cut_is_found(recording: Path, name: str, damage: Callable[[Path], None]) -> None:
    damage(recording / name)
    found = flaws(recording)
    assert Flaw("changed", name) in found
    assert {flaw.file for flaw in found if flaw.code == "changed"} == {name}


@pytest.mark.parametrize("name", ["000000.age", "000013.age", "000024.age", "e000000.json", "e000002.json"])
def test_a_file_that_is_missing_is_named(recording: Path, name: str) -> None:
    (recording / name).unlink()
    assert Flaw("missing", name) in flaws(recording)


def test_two_seconds_that_were_swapped_are_named(recording: Path) -> None:
    one, two = (recording / f"00000{number}.age" for number in (3, 4))
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    assert flaws(recording) == [Flaw("swapped", one.name, two.name), Flaw("swapped", two.name, one.name)]


def test_a_second_of_another_recording_is_foreign(recording: Path) -> None:
    (recording / "000025.age").write_bytes((recording / "000024.age").read_bytes())
    assert flaws(recording) == [Flaw("foreign", "000025.age")]


def test_a_sound_recording_inside_hides_nothing(recording: Path, tmp_path: Path) -> None:
    whole = tmp_path / "Z-1"
    shutil.copytree(recording, whole)
    flip(recording / "000003.age")
    shutil.move(whole, recording)
    assert verify(recording) == [Flaw("changed", "000003.age"), Flaw("renamed", "Z-1/e000000.json", "K7Q2M-1")]


def test_a_tail_that_was_made_up_is_foreign_although_there_is_no_end(recording: Path) -> None:
    last = max(recording.glob("c*.sums"))
    for path in (last, last.with_name(f"{last.name}.sig"), recording / "e000002.json"):
        path.unlink()
    signed = len({name for path in recording.glob("c*.sums") for name in promised(path) if name.endswith(".age")})
    for number in range(signed, signed + 12):
        (recording / f"{number:06d}.age").write_bytes(b"made up")
    found = flaws(recording)
    assert Flaw("no_end") in found
    assert {flaw.file for flaw in found if flaw.code == "foreign"} == {
        f"{number:06d}.age" for number in range(signed + 10, signed + 12)
    }


def test_a_list_that_was_written_anew_is_signed_wrongly(recording: Path) -> None:
    path = recording / "c000001.sums"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    assert Flaw("signature", path.name) in flaws(recording)


def test_what_somebody_else_signed_is_found(recording: Path, tmp_path: Path) -> None:
    stranger = signer(tmp_path / "strange keys")
    for path in recording.glob("c*.sums"):
        path.with_name(f"{path.name}.sig").write_bytes(stranger.sign(path.read_bytes()))
    assert [flaw.code for flaw in flaws(recording)] == ["signature"] * len(list(recording.glob("c*.sums")))


def test_a_checkpoint_that_is_missing_breaks_the_chain(recording: Path) -> None:
    (recording / "c000002.sums").unlink()
    found = flaws(recording)
    assert Flaw("missing", "c000002.sums") in found


def test_a_recording_whose_end_was_cut_off_has_none(recording: Path) -> None:
    last = max(recording.glob("c*.sums"))
    for path in (last, last.with_name(f"{last.name}.sig"), recording / "e000002.json", recording / "000024.age"):
        path.unlink()
    assert Flaw("no_end") in flaws(recording)


def test_unsigned_and_empty_folders_say_so(tmp_path: Path) -> None:
    assert verify(tmp_path) == [Flaw("empty")]
    (tmp_path / "000000.flac").write_bytes(b"sound")
    assert verify(tmp_path) == [Flaw("unsigned")]
    assert verify(tmp_path / "nowhere") == [Flaw("no_folder", str(tmp_path / "nowhere"))]


def test_all_recordings_in_a_folder_are_verified(evidence: Path, recording: Path) -> None:
    (recording / "000001.age").unlink()
    assert verify(evidence) == [Flaw("missing", "K7Q2M-1/000001.age")]


def test_a_key_that_was_made_one_of_an_unknown_kind_is_found(recording: Path) -> None:
    public = recording / "hub.pub"
    public.write_bytes(public.read_bytes().replace(b"MCowBQYDK2Vw", b"MCowBQYDK2Vs"))
    assert Flaw("changed", "hub.pub") in flaws(recording)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_change_of_any_byte_of_any_file_goes_unnoticed(recording: Path, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(recording.iterdir())))
    content = path.read_bytes()
    place = data.draw(st.integers(0, len(content) - 1))
    bit = data.draw(st.integers(0, 7))
    changed = bytearray(content)
    changed[place] ^= 1 << bit
    path.write_bytes(changed)
    try:
        assert flaws(recording) != []
    finally:
        path.write_bytes(content)


def test_whoever_has_the_key_gets_one_uncut_sound_and_its_picture(
    recording: Path, tmp_path: Path, identity: pyrage.x25519.Identity
) -> None:
    heard = hear(recording, tmp_path, str(identity))
    samples, rate, _ = decode(heard.sound.read_bytes())
    assert rate == RATE
    assert samples == b"".join(second(n).samples for n in range(28) if not 12 <= n < 15)
    assert heard.flaws == ()
    assert heard.hash.read_text().endswith("  K7Q2M-1.flac\n")
    assert heard.picture.read_text().count("microphone") == 1


def test_another_key_opens_nothing(recording: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no second of it can be opened"):
        hear(recording, tmp_path, str(pyrage.x25519.Identity.generate()))
    assert not list(tmp_path.glob("*.flac"))


def test_a_second_that_cannot_be_opened_is_named_and_the_others_are_heard(
    recording: Path, tmp_path: Path, identity: pyrage.x25519.Identity
) -> None:
    flip(recording / "000003.age")
    heard = hear(recording, tmp_path, str(identity))
    assert set(heard.flaws) == {Flaw("unplayable", "000003.age"), Flaw("chain", "000004.age")}
