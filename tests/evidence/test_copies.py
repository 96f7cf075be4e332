"""What lies in a copy beside the recording counts only if the hub signed it, and who looked only in one order."""

import json
import shutil
from pathlib import Path

import pyrage
import pytest
from click.testing import CliRunner

from hub.cli import build
from hub.evidence.access import Access
from hub.evidence.catalogue import export
from hub.evidence.keys import fingerprint
from hub.evidence.recording import Gap
from hub.evidence.spool import Begin
from hub.evidence.verify import Flaw, flaws

from .test_export import CHECKING, HEARING, access, check, copy
from .test_tampering import Check, both, by_the_hub, stranger
from .test_verify import at, flip, identity, record, recording, second

__all__ = ["access", "copy", "identity", "recording"]

PAGES = ("incident.json", "README.txt", "LISEZMOI.txt", "verify.sh")


def take_out(folder: Path, *patterns: str) -> None:
    for pattern in patterns:
        for path in folder.glob(pattern):
            path.unlink()


@both
def test_what_was_added_to_a_copy_counts_only_with_its_signed_list(copy: Path, check_with: Check) -> None:
    (copy / "incident.json").write_text('{"id": "K7Q2M", "presses": 0}')
    take_out(copy, "export.sums*")
    code, said = check_with(copy)
    assert (code, "export.sums: missing" in said) == (1, True)


@pytest.mark.parametrize("page", PAGES)
def test_each_thing_that_was_added_asks_for_the_list(copy: Path, page: str) -> None:
    for name in {*PAGES, "export.sums", "export.sums.sig"} - {page}:
        (copy / name).unlink()
    assert flaws(copy) == [Flaw("missing", "export.sums")]
    (copy / page).unlink()
    assert flaws(copy) == [], "it is then as it lies on the hub, or in a store"


@both
@pytest.mark.parametrize("name", ["incident.json", "LISEZMOI.txt", "a000000.json", "offsite.jsonl"])
def test_what_the_list_of_a_copy_does_not_name_does_not_belong_there(
    copy: Path, access: Access, name: str, check_with: Check
) -> None:
    (copy / name).touch()
    lines = (copy / "export.sums").read_text().splitlines(keepends=True)
    access.sign(copy, "export.sums", "".join(line for line in lines if not line.endswith(f"  {name}\n")).encode())
    code, said = check_with(copy)
    told = "does not belong to this recording" if check_with is by_the_hub else "not named in export.sums"
    assert (code, f"{name}: " in said, told in said) == (1, True, True)


@pytest.fixture
def looked(recording: Path, tmp_path: Path, access: Access) -> Path:
    """A copy at which three had looked, without what was added to it: as from a store, but with the script."""
    for who in ("eve", "mallory", "uma"):
        access.note(recording, who, "exported")
    export(recording, tmp_path, b"{}", access)
    return tmp_path / "K7Q2M-1"


def renumber(copy: Path, number: int, to: int) -> None:
    for suffix in ("json", "json.sig"):
        (copy / f"a{number:06d}.{suffix}").rename(copy / f"a{to:06d}.{suffix}")


@both
def test_nobody_can_be_taken_out_and_the_others_numbered_anew(looked: Path, check_with: Check) -> None:
    take_out(looked, "export.sums*", "a000000.json*")
    told = check_with(looked)[1]
    assert "a000000.json: missing" in told
    renumber(looked, 1, 0)
    renumber(looked, 2, 1)
    code, told = check_with(looked)
    assert (code, "a000000.json: it does not follow" in told or "a000000.json: does not follow" in told) == (1, True)
    assert "a000001.json" not in told


@both
def test_what_an_entry_says_elsewhere_is_not_the_one_before(looked: Path, access: Access, check_with: Check) -> None:
    """The sum of the entry before stands in it, but not where it counts."""
    said = json.loads((looked / "a000001.json").read_text())
    forged = said | {"who": said["prev"], "prev": "0" * 64}
    access.sign(looked, "a000001.json", json.dumps(forged).encode() + b"\n")
    take_out(looked, "export.sums*", "a000002.json*")
    code, told = check_with(looked)
    assert (code, "a000001.json: it does not follow" in told or "a000001.json: does not follow" in told) == (1, True)


@both
def test_the_first_who_looked_names_no_list_only_if_a_list_names_him(
    looked: Path, access: Access, check_with: Check
) -> None:
    said = json.loads((looked / "a000000.json").read_text())
    access.sign(looked, "a000000.json", json.dumps(said | {"prev": "", "list": {}}).encode() + b"\n")
    take_out(looked, "export.sums*", "a000001.json*", "a000002.json*")
    code, told = check_with(looked)
    assert (code, "a000000.json: it does not follow" in told or "a000000.json: does not follow" in told) == (1, True)


@both
def test_a_copy_that_three_had_looked_at_is_whole(looked: Path, tmp_path: Path, check_with: Check) -> None:
    assert check_with(looked)[0] == 0
    shutil.rmtree(looked)


def test_a_key_that_signed_nothing_is_not_said_to_have(copy: Path, tmp_path: Path) -> None:
    sheet, stray = (fingerprint(public) for public in ((copy / "hub.pub").read_bytes(), stranger(copy).public))
    (copy / "hub-deadbeef.pub").write_bytes(stranger(copy).public)
    (copy / "x").mkdir()
    (copy / "x" / "hub.pub").write_bytes(stranger(copy).public)
    for given in ([], [sheet]):
        code, said = by_the_hub(copy, *given)
        assert (code, said.count(sheet), stray in said) == (0, 1, False)


def test_nothing_is_said_of_a_folder_that_was_not_checked(copy: Path, tmp_path: Path) -> None:
    both, sheet = tmp_path / "both", fingerprint((copy / "hub.pub").read_bytes())
    shutil.copytree(copy, both / "K7Q2M-1")
    shutil.copytree(copy, both / "K7Q2M-1 copy")
    (both / "K7Q2M-1 copy" / "000003.age").write_bytes(b"changed")
    code, said = by_the_hub(both, sheet)
    assert (code, "K7Q2M-1 copy: this folder holds a recording" in said) == (1, True)
    assert "K7Q2M-1 copy: no time stamps" not in said


@both
def test_another_name_of_the_folder_is_told(copy: Path, tmp_path: Path, check_with: Check) -> None:
    """Two recordings whose names were exchanged would each be whole, and tell of another day."""
    other = copy.rename(tmp_path / "QQQQQ-7")
    code, said = check_with(other)
    assert (code, "e000000.json: this is the recording K7Q2M-1: its folder has another name" in said) == (1, True)
    (tmp_path / "a link").symlink_to(other.rename(tmp_path / "K7Q2M-1"))
    assert check_with(tmp_path / "a link")[0] == 0


@pytest.mark.parametrize("name", ["000003.age", "incident.json", "a000000.json"])
def test_what_is_not_whole_is_neither_joined_nor_drawn(
    copy: Path, tmp_path: Path, identity: pyrage.x25519.Identity, name: str
) -> None:
    key, out = tmp_path / "key.txt", tmp_path / "out"
    key.write_text(f"{identity}\n")
    out.mkdir()
    flip(copy / name)
    assert verify_into(copy, key, out)[0] == check(copy, key, out, tools=CHECKING + HEARING)[0] == 1
    assert list(out.iterdir()) == []


def verify_into(copy: Path, key: Path, out: Path) -> tuple[int, str]:
    typed = ["evidence", "verify", str(copy), "--identity", str(key), "--into", str(out)]
    done = CliRunner().invoke(build(lambda *_: 0, {}), typed, env={"HUB_LANG": "en"}, prog_name="hub")
    return done.exit_code, done.output


def test_what_has_no_end_is_heard_all_the_same(
    evidence: Path, access: Access, tmp_path: Path, identity: pyrage.x25519.Identity
) -> None:
    key, out = tmp_path / "key.txt", tmp_path / "out"
    key.write_text(f"{identity}\n")
    begin = Begin("K7Q2M", at(0), (str(identity.to_public()),))
    running = record(evidence, begin, *(second(n) for n in range(9)), Gap(at(9), at(10), "microphone", (9, 10)))
    copy = tmp_path / export(running, tmp_path, b"{}", access)[0].parent.name
    for check_it in (lambda: verify_into(copy, key, out), lambda: check(copy, key, out, tools=CHECKING + HEARING)):
        out.mkdir()
        code, said = check_it()
        assert (code, "no end" in said, (out / "K7Q2M-1.flac").exists()) == (1, True, True), said
        shutil.rmtree(out)
