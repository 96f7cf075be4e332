"""A copy for a lawyer: whole, explained, and checked with nothing of ours."""

import shutil
import subprocess
from pathlib import Path

import pyrage
import pytest

from hub.errors import Refusal
from hub.evidence.access import Access
from hub.evidence.catalogue import export, path_of
from hub.evidence.folder import digest
from hub.evidence.hearing import hear
from hub.evidence.segment import decode
from hub.evidence.spool import Begin, End
from hub.evidence.verify import Flaw, flaws
from tests.mounts import remount, small_disk

from .test_verify import at, flip, identity, record, recording, second

__all__ = ["identity", "recording"]

BASIC = ("sh", "basename", "cat", "cut", "dirname", "grep", "realpath", "rm", "sed", "sort", "tr", "uniq")
CHECKING = (*BASIC, "sha256sum", "openssl")
HEARING = ("age", "flac", "sox")


@pytest.fixture
def access(evidence: Path) -> Access:
    return Access(evidence.with_name("keys"))


@pytest.fixture
def copy(recording: Path, tmp_path: Path, access: Access) -> Path:
    """What was exported, once."""
    access.note(recording, "uma", "exported")
    export(recording, tmp_path, b'{"id": "K7Q2M"}\n', access)
    return tmp_path / "K7Q2M-1"


def check(copy: Path, *arguments: Path | str, tools: tuple[str, ...] = CHECKING) -> tuple[int, str]:
    """What verify.sh says where nothing but these tools is in the path."""
    bare = copy.parent / "bin"
    shutil.rmtree(bare, ignore_errors=True)
    bare.mkdir()
    for tool in tools:
        found = shutil.which(tool)
        assert found, f"this needs {tool}"
        (bare / tool).symlink_to(found)
    done = subprocess.run(
        [shutil.which("sh") or "sh", str(copy / "verify.sh"), *map(str, arguments)],
        env={"PATH": str(bare), "LC_ALL": "C"},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_copy_is_whole_and_its_original_stays(recording: Path, copy: Path) -> None:
    assert flaws(copy) == flaws(recording) == []
    assert {path.name for path in recording.iterdir()} < {path.name for path in copy.iterdir()}
    for name in ("README.txt", "LISEZMOI.txt", "verify.sh", "incident.json"):
        assert (copy / name).stat().st_size


def test_with_two_ordinary_tools_anybody_can_check_it(copy: Path) -> None:
    code, said = check(copy)
    assert (code, said.splitlines()[-1]) == (0, "✓ nothing is wrong / aucune anomalie"), said


@pytest.mark.parametrize(
    "name",
    ["000003.age", "e000001.json", "c000001.sums", "a000000.json", "incident.json", "hub.pub", "c000002.sums.sig"],
)
def test_both_ways_of_checking_find_what_was_changed(copy: Path, name: str) -> None:
    flip(copy / name)
    code, said = check(copy)
    assert code == 1
    assert name.removesuffix(".sig") in said or name == "hub.pub"
    assert flaws(copy)


@pytest.mark.parametrize("name", ["000000.age", "000024.age", "e000001.json", "c000001.sums"])
def test_both_ways_of_checking_find_what_is_missing(copy: Path, name: str) -> None:
    (copy / name).unlink()
    code, said = check(copy)
    assert (code, name in said) == (1, True)
    assert Flaw("missing", name) in flaws(copy)


def test_a_missing_signature_matters_where_no_later_one_vouches(copy: Path, access: Access) -> None:
    lists = sorted(copy.glob("c*.sums"))
    lists[1].with_name(f"{lists[1].name}.sig").unlink()
    sums = [line for line in (copy / "export.sums").read_text().splitlines(keepends=True) if lists[1].name not in line]
    access.sign(copy, "export.sums", "".join(sums).encode())  # the power went before it was copied
    assert (check(copy)[0], flaws(copy)) == (0, [])
    lists[-1].with_name(f"{lists[-1].name}.sig").unlink()
    assert f"{lists[-1].name}: its signature is missing" in check(copy)[1]
    assert Flaw("unsigned_checkpoint", lists[-1].name) in flaws(copy)


def test_a_recording_that_nobody_signed_is_not_whole_because_it_says_so(copy: Path) -> None:
    """Forged from its first list on, with the genuine key beside it."""
    for path in [*copy.glob("c*.sig"), *copy.glob("export.*"), *copy.glob("a0*")]:
        path.unlink()
    for path in sorted(copy.glob("c*.sums"))[1:]:
        path.unlink()
    files = [*copy.glob("0*.age"), *copy.glob("e0*.json"), copy / "hub.pub"]
    names = "".join(f"{digest(path.read_bytes())}  {path.name}\n" for path in files)
    (copy / "c000000.sums").write_text(f"{names}x  c000000.sums\n")
    code, said = check(copy)
    assert (code, "c000000.sums: its signature is missing" in said) == (1, True)
    assert Flaw("unsigned_checkpoint", "c000000.sums") in flaws(copy)


@pytest.mark.parametrize(
    "name", ["000000.x.age", "0.*.age", "e0.json", "e000000.*.json", "|touch it;#.flac", "new\nline.age"]
)
def test_no_other_name_is_taken_for_a_part_of_it(copy: Path, name: str) -> None:
    shutil.copy(copy / "000003.age", copy / name)
    code, said = check(copy)
    assert (code, "a file that does not belong here" in said) == (1, True)
    assert not (copy / "it").exists()


def test_both_ways_of_checking_find_a_stranger_and_a_missing_end(copy: Path) -> None:
    shutil.copy(copy / "000003.age", copy / "000025.age")
    assert "000025.age: was never signed" in check(copy)[1]
    (copy / "e000002.json").unlink()
    assert "it has no end" in check(copy)[1]
    assert Flaw("no_end") in flaws(copy)


def test_with_the_key_anybody_hears_the_same_as_we_do(
    copy: Path, tmp_path: Path, identity: pyrage.x25519.Identity
) -> None:
    key, theirs, ours = tmp_path / "key.txt", tmp_path / "theirs", tmp_path / "ours"
    key.write_text(f"# created: now\n{identity}\n")
    theirs.mkdir()
    ours.mkdir()
    code, said = check(copy, key, theirs, tools=CHECKING + HEARING)
    assert code == 0, said
    samples, rate, _ = decode((theirs / "K7Q2M-1.flac").read_bytes())
    own, own_rate, _ = decode(hear(copy, ours, str(identity)).sound.read_bytes())
    assert (samples, rate) == (own, own_rate)
    assert (theirs / "K7Q2M-1.png").stat().st_size
    assert subprocess.run(["sha256sum", "--check", "--quiet", "K7Q2M-1.flac.sha256"], cwd=theirs).returncode == 0


def test_what_was_changed_is_not_joined(copy: Path, tmp_path: Path, identity: pyrage.x25519.Identity) -> None:
    key, out = tmp_path / "key.txt", tmp_path / "out"
    key.write_text(f"{identity}\n")
    out.mkdir()
    flip(copy / "000003.age")
    assert check(copy, key, out, tools=CHECKING + HEARING)[0] == 1
    assert not list(out.glob("*.flac"))


def test_a_wrong_key_is_said_for_each_second(copy: Path, tmp_path: Path) -> None:
    key, out = tmp_path / "key.txt", tmp_path / "out"
    key.write_text(f"{pyrage.x25519.Identity.generate()}\n")
    out.mkdir()
    code, said = check(copy, key, out, tools=CHECKING + HEARING)
    assert code == 1
    assert said.count("cannot be opened with this key") == 25


def test_a_recording_of_a_hub_without_a_key_is_noted_and_copied_all_the_same(evidence: Path, tmp_path: Path) -> None:
    folder = record(evidence, Begin("K7Q2M", at(0)), second(0), End(at(1), "stopped"))
    keyless = Access(tmp_path / "no keys")
    keyless.note(folder, "uma", "listed")
    assert export(folder, tmp_path, b"{}", keyless)
    assert not (folder / "a000000.json.sig").exists()


@pytest.mark.parametrize("id", ["K7Q2M-2", "..", "", "K7Q2M", "../evidence/K7Q2M-1"])
def test_what_is_no_recording_is_not_found(evidence: Path, recording: Path, id: str) -> None:
    with pytest.raises(Refusal, match="unknown_recording"):
        path_of(evidence, id)


def refused(recording: Path, destination: Path, access: Access) -> str:
    """The key of the sentence."""
    with pytest.raises(Refusal) as refusal:
        export(recording, destination, b"{}", access)
    return refusal.value.key


def test_a_folder_that_is_missing_or_holds_it_already_is_refused(
    recording: Path, copy: Path, tmp_path: Path, access: Access
) -> None:
    assert refused(recording, tmp_path / "missing", access) == "folder_unusable"
    assert refused(recording, tmp_path, access) == "export_exists"
    assert flaws(copy) == []


def test_a_stick_that_is_too_small_is_said_before_anything_is_copied(
    recording: Path, tmp_path: Path, access: Access
) -> None:
    copied: list[int] = []
    with small_disk(tmp_path / "stick", "16k") as stick:
        with pytest.raises(Refusal, match="folder_full"):
            export(recording, stick, b"{}", access, lambda number, _: copied.append(number))
        assert (copied, list(stick.iterdir())) == ([], [])


def test_a_stick_that_fills_up_keeps_nothing_of_it(recording: Path, tmp_path: Path, access: Access) -> None:
    bytes = sum(path.stat().st_size for path in recording.iterdir())
    copied: list[int] = []
    with small_disk(tmp_path / "stick", f"{bytes // 1024 + 8}k") as stick:  # each file takes more than it holds
        with pytest.raises(Refusal, match="folder_full"):
            export(recording, stick, b"{}", access, lambda number, _: copied.append(number))
        assert list(stick.iterdir()) == []
    assert len(copied) > 5


def test_a_stick_that_is_write_protected_is_refused(recording: Path, tmp_path: Path, access: Access) -> None:
    with small_disk(tmp_path / "stick", "8m") as stick:
        remount(stick, "ro")
        assert refused(recording, stick, access) == "folder_unusable"


def test_a_second_that_cannot_be_read_leaves_nothing_behind(recording: Path, tmp_path: Path, access: Access) -> None:
    (recording / "000001.age").unlink()
    (recording / "000001.age").symlink_to("nowhere")
    assert refused(recording, tmp_path, access) == "recording_unread"
    assert not list(tmp_path.glob("K7Q2M-1*"))


def test_the_pages_are_one_page_each() -> None:
    from hub.evidence import catalogue

    for page in ("README.txt", "LISEZMOI.txt"):
        lines = (Path(catalogue.__file__).with_name("export") / page).read_text().splitlines()
        assert len(lines) < 60
        assert max(map(len, lines)) <= 125
