"""verify.sh takes what people type as they mean it, or says that it does not understand."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pyrage
import pytest

from .authority import TimeStampAuthority
from .conftest import ROOT
from .test_export import access, check, copy
from .test_forged_stamps import stamp
from .test_verify import identity, recording

__all__ = ["access", "copy", "identity", "recording"]

SCRIPT = str(ROOT / "hub/evidence/export/verify.sh")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TimeStampAuthority]:
    authority = TimeStampAuthority(tmp_path_factory.mktemp("script") / "authority")
    yield authority
    authority.close()


@pytest.fixture
def stamped(recording: Path, authority: TimeStampAuthority) -> Path:
    """As from a store, with a stamp."""
    (recording / "c000000.sums.tsr").write_bytes(stamp(authority, (recording / "c000000.sums").read_bytes()))
    return recording


def test_what_comes_after_the_words_it_takes_is_not_passed_over(copy: Path, tmp_path: Path) -> None:
    """A fingerprint that is typed last would not be compared, and all would be well."""
    key, out = tmp_path / "key.txt", tmp_path / "out"
    key.write_text(f"{pyrage.x25519.Identity.generate()}\n")
    out.mkdir()
    for words in ((key, out, "-k", "0" * 16), (key,), (key, out, "more"), ("",), (key, "")):
        code, said = check(copy, *words)
        assert (code, said.startswith("sh verify.sh [-d COPY]")) == (2, True), words


def script(where: Path, chain: str, *words: str) -> tuple[int, str]:
    environment = os.environ | {"TSA": chain}
    done = subprocess.run(["sh", SCRIPT, *words], cwd=where, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("place", ["beside it", "in it"])
def test_the_certificates_may_be_named_from_where_one_is(
    stamped: Path, authority: TimeStampAuthority, place: str
) -> None:
    inside = place == "in it"
    where = stamped if inside else stamped.parent
    shutil.copy(authority.certificate, where / "chain.pem")
    code, said = script(where, "chain.pem", "-d", "." if inside else stamped.name)
    assert (code, "authority: 1, checked" in said) == (0, True), said
    if inside:
        shutil.copy(where / "chain.pem", where / "other.pem")
        assert "does not belong here: other.pem" in script(where, "chain.pem", "-d", ".")[1]


@pytest.mark.parametrize("chain", ["missing.pem", "/dev", "a/b/c.pem"])
def test_certificates_that_cannot_be_read_are_said_and_nothing_else(stamped: Path, chain: str) -> None:
    code, said = script(stamped.parent, chain, "-d", stamped.name)
    assert (code, said) == (2, f"TSA: {chain} cannot be read\n")


def test_words_that_are_no_place_are_said_and_nothing_else(copy: Path) -> None:
    assert check(copy, "no-key.txt", "nowhere")[0] == 2
