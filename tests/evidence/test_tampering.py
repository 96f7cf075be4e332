"""Each way to tamper with a copy is found, and the file named, by `hub evidence verify` and by verify.sh alike."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from hub.cli import build
from hub.evidence.access import Access
from hub.evidence.catalogue import export
from hub.evidence.folder import CHECKPOINT, digest, numbered
from hub.evidence.keys import NAME, Signer, fingerprint, signer
from hub.evidence.recover import recover
from hub.evidence.verify import Flaw, flaws

from .test_export import access, check, copy
from .test_verify import cut, flip, identity, recording

__all__ = ["access", "copy", "identity", "recording"]

Check = Callable[..., tuple[int, str]]


def by_the_hub(copy: Path, *keys: str) -> tuple[int, str]:
    typed = ["evidence", "verify", str(copy), *(word for key in keys for word in ("--key", key))]
    done = CliRunner().invoke(build(lambda *_: 0, {}), typed, env={"HUB_LANG": "en"}, prog_name="hub")
    return done.exit_code, done.output


def by_the_script(copy: Path, *keys: str) -> tuple[int, str]:
    return check(copy, *(word for key in keys for word in ("-k", key)))


both = pytest.mark.parametrize("check_with", [by_the_hub, by_the_script])


def flip_a_byte(copy: Path) -> None:
    flip(copy / "000003.age")


def take_one_out(copy: Path) -> None:
    (copy / "000013.age").unlink()


def swap_two(copy: Path) -> None:
    one, two = copy / "000003.age", copy / "000004.age"
    one.rename(copy / "aside")
    two.rename(one)
    (copy / "aside").rename(two)


def cut_one_short(copy: Path) -> None:
    cut(copy / "000024.age")


def add_one(copy: Path) -> None:
    shutil.copy(copy / "000003.age", copy / "000025.age")


def put_another_in_its_place(copy: Path) -> None:
    (copy / "000013.age").write_bytes(b"age-encryption.org/v1\nof another recording")


def sign_with_another_key(copy: Path) -> None:
    for path in copy.glob("c*.sums"):
        path.with_name(f"{path.name}.sig").write_bytes(stranger(copy).sign(path.read_bytes()))


def cut_off_the_end(copy: Path) -> None:
    last = max(copy.glob("c*.sums"))
    for path in (last, last.with_name(f"{last.name}.sig"), copy / "e000002.json"):
        path.unlink()


TAMPERINGS = {
    "a flipped byte": (flip_a_byte, ["000003.age: changed"], ["000003.age: FAILED"]),
    "missing": (take_one_out, ["000013.age: missing"], ["000013.age: FAILED open"]),
    "swapped": (swap_two, ["000003.age: it holds what", "000004.age: it holds"], ["000003.age: FAILED", "000004.age:"]),
    "cut": (cut_one_short, ["000024.age: changed"], ["000024.age: FAILED"]),
    "a foreign segment": (add_one, ["000025.age: it does not belong"], ["000025.age: was never signed"]),
    "a foreign segment in its place": (put_another_in_its_place, ["000013.age: changed"], ["000013.age: FAILED"]),
    "a wrong key": (sign_with_another_key, ["c000000.sums: the signature"], ["c000000.sums: wrong signature"]),
    "a missing end": (cut_off_the_end, ["has no end"], ["has no end"]),
}


@both
@pytest.mark.parametrize("name", TAMPERINGS)
def test_each_tampering_is_found_and_named(copy: Path, name: str, check_with: Check) -> None:
    tamper, *said = TAMPERINGS[name]
    tamper(copy)
    code, output = check_with(copy)
    assert code == 1
    for part in said[check_with is by_the_script]:
        assert part in output


def stranger(copy: Path) -> Signer:
    return signer(copy.parent / "strange keys")


def forge(copy: Path) -> None:
    """One who has everything but the hub's key makes all of it anew."""
    flip(copy / "000003.age")
    (copy / "hub.pub").write_bytes(stranger(copy).public)
    lists = list(numbered(copy, CHECKPOINT).values())
    for path in lists:
        names = [line[66:] for line in path.read_text().splitlines()]
        path.write_text("".join(f"{digest((copy / name).read_bytes())}  {name}\n" for name in names))
    for path in copy.glob("a0*"):
        path.unlink()
    listed = {line[66:] for path in lists for line in path.read_text().splitlines()}
    for path in lists:
        path.with_name(f"{path.name}.sig").write_bytes(stranger(copy).sign(path.read_bytes()))
    for path in copy.glob("export.*"):
        path.unlink()
    others = [path for path in sorted(copy.iterdir()) if path.name not in listed]
    sums = "".join(f"{digest(path.read_bytes())}  {path.name}\n" for path in others)
    Access(copy.parent / "strange keys").sign(copy, "export.sums", sums.encode())


@both
def test_one_that_was_made_anew_is_found_by_the_fingerprint_alone(copy: Path, check_with: Check) -> None:
    sheet = fingerprint((copy / "hub.pub").read_bytes())
    assert check_with(copy, sheet)[0] == 0
    forge(copy)
    assert check_with(copy)[0] == 0, "nothing in the copy itself can tell"
    code, said = check_with(copy, sheet)
    assert (code, "hub.pub: not the key that was given" in said) == (1, True)
    assert check_with(copy, fingerprint(stranger(copy).public))[0] == 0


@both
def test_a_fingerprint_may_be_typed_as_people_type(copy: Path, check_with: Check) -> None:
    sheet = fingerprint((copy / "hub.pub").read_bytes())
    for typed in (sheet.upper(), sheet.replace(" ", ""), sheet[:17], f" {sheet[:20]} "):
        assert check_with(copy, typed)[0] == 0, typed
    assert check_with(copy, "0" * 16)[0] == 1


@both
@pytest.mark.parametrize("typed", ["", "0123456789abcde", "0123456789abcdeg"])
def test_what_is_no_fingerprint_proves_nothing(copy: Path, check_with: Check, typed: str) -> None:
    assert check_with(copy, typed)[0] == 2


@both
def test_a_key_that_replaced_another_is_named_as_that(
    recording: Path, access: Access, tmp_path: Path, check_with: Check
) -> None:
    old, new = replace_key(access, recording, tmp_path)
    copy = tmp_path / recording.name
    code, said = check_with(copy, old)
    assert (code, "signature" in said) == (1, False)
    for name in ("a000001.json", "export.sums"):
        assert f"{name}: signed with another key" in said
    assert "a000000.json" not in said
    assert check_with(copy)[0] == 1, "nothing in the copy can vouch for the new one"
    assert check_with(copy, new)[0] == 1, "it was begun with the old one"
    assert check_with(copy, old, new)[0] == 0


def replace_key(access: Access, recording: Path, destination: Path) -> tuple[str, str]:
    """Looked at with the old one, exported with the new one; their fingerprints."""
    keys = recording.parents[1] / "keys"
    access.note(recording, "uma", "listed")
    (keys / NAME).write_bytes(b"damaged")
    new = signer(keys).public
    access.note(recording, "uma", "exported")
    export(recording, destination, b"{}", access)
    return fingerprint((recording / "hub.pub").read_bytes()), fingerprint(new)


def test_a_recording_that_was_cut_off_is_closed_with_the_new_key(evidence: Path, recording: Path) -> None:
    cut_off_the_end(recording)
    new = signer(evidence.with_name("new keys"))
    recover(evidence, new)
    found = flaws(recording)
    assert {flaw.code for flaw in found} == {"other_key"}
    assert {flaw.detail for flaw in found} == {fingerprint(new.public)}
    trusted = [fingerprint(public.read_bytes()).replace(" ", "") for public in recording.glob("hub*.pub")]
    assert flaws(recording, trusted) == []


@both
def test_an_entry_that_a_stranger_signed_is_a_forgery(copy: Path, check_with: Check) -> None:
    (copy / "a000000.json.sig").write_bytes(stranger(copy).sign((copy / "a000000.json").read_bytes()))
    code, said = check_with(copy)
    assert (code, "a000000.json: wrong signature" in said or "a000000.json: the signature is wrong" in said) == (
        1,
        True,
    )
    assert Flaw("signature", "a000000.json") in flaws(copy)
