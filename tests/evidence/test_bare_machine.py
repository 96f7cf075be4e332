"""A copy is checked, and heard, on a machine that has the named tools and nothing else, not even a network."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pyrage
import pytest

from hub.evidence.hearing import hear
from hub.evidence.keys import fingerprint
from hub.evidence.segment import decode

from .test_export import CHECKING, HEARING, access, copy
from .test_tampering import TAMPERINGS, forge
from .test_verify import flip, identity, recording

__all__ = ["access", "copy", "identity", "recording"]

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root may change the root")

INSIDE = 'mount --bind /dev/null "$0/dev/null" && exec chroot "$0" /bin/sh "$@"'


class Machine:
    """A root of its own. Its tools are this machine's, with the libraries they name."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in ("bin", "dev", "home"):
            (root / folder).mkdir(parents=True)
        (root / "dev" / "null").touch()
        for tool in CHECKING + HEARING:
            found = shutil.which("dash" if tool == "sh" else tool)
            assert found, f"this needs {tool}"
            self._install(Path(found), root / "bin" / tool)
        for plugin in Path("/usr/lib").glob("*/sox/libsox_fmt_flac.so"):  # sox opens it by its name
            self._install(plugin, root / plugin.relative_to("/"))

    def _install(self, file: Path, place: Path) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, place)
        needed = subprocess.run(["ldd", file], capture_output=True, text=True, check=True).stdout
        for library in re.findall(r"(/\S+) \(0x", needed):
            (self.root / library[1:]).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(library, self.root / library[1:])

    def bring(self, *files: Path) -> None:
        """Into /home, where nothing else is then."""
        shutil.rmtree(self.root / "home")
        (self.root / "home" / "out").mkdir(parents=True)
        for file in files:
            place = self.root / "home" / file.name
            shutil.copytree(file, place) if file.is_dir() else shutil.copy(file, place)

    def sh(self, *words: str) -> tuple[int, str]:
        done = subprocess.run(
            ["unshare", "--mount", "--net", "sh", "-c", INSIDE, self.root, *words],
            env={"PATH": "/bin:/usr/bin:/sbin:/usr/sbin", "LC_ALL": "C"},
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return Machine(tmp_path_factory.mktemp("machine") / "root")


def test_there_is_nothing_of_ours_on_it(machine: Machine) -> None:
    for name in ("python3", "hub", "ls"):
        code, said = machine.sh("-c", name)
        assert (code, "not found" in said) == (127, True)


def test_it_is_checked_and_heard(
    machine: Machine, copy: Path, tmp_path: Path, identity: pyrage.x25519.Identity
) -> None:
    key = tmp_path / "key.txt"
    key.write_text(f"{identity}\n")
    machine.bring(copy, key)
    code, said = machine.sh("/home/K7Q2M-1/verify.sh", "/home/key.txt", "/home/out")
    assert (code, said.splitlines()[-1]) == (0, "✓ nothing is wrong / aucune anomalie"), said
    assert all(line.startswith(("·", "✓")) for line in said.splitlines()), said
    out = machine.root / "home" / "out"
    ours = tmp_path / "ours"
    ours.mkdir()
    theirs = decode((out / "K7Q2M-1.flac").read_bytes())
    assert theirs[:2] == decode(hear(copy, ours, str(identity)).sound.read_bytes())[:2]
    assert (out / "K7Q2M-1.png").read_bytes().startswith(b"\x89PNG")
    assert machine.sh("-c", "cd /home/out && sha256sum --check K7Q2M-1.flac.sha256")[0] == 0


@pytest.mark.parametrize("name", TAMPERINGS)
def test_each_tampering_is_found_and_named(machine: Machine, copy: Path, name: str) -> None:
    tamper, _, expected = TAMPERINGS[name]
    tamper(copy)
    machine.bring(copy)
    code, said = machine.sh("/home/K7Q2M-1/verify.sh")
    assert code == 1
    for part in expected:
        assert part in said


def test_a_script_from_elsewhere_is_not_fooled_by_the_one_that_lies_there(
    machine: Machine, copy: Path, tmp_path: Path
) -> None:
    trusted = Path(shutil.copy(copy / "verify.sh", tmp_path / "trusted.sh"))
    sheet = fingerprint((copy / "hub.pub").read_bytes())
    machine.bring(copy, trusted)
    elsewhere = ("/home/trusted.sh", "-d", "/home/K7Q2M-1", "-k", sheet)
    assert machine.sh(*elsewhere)[0] == 0
    flip(copy / "000003.age")
    (copy / "verify.sh").write_text("echo '✓ nothing is wrong / aucune anomalie'\n")
    machine.bring(copy, trusted)
    assert machine.sh("/home/K7Q2M-1/verify.sh")[0] == 0
    code, said = machine.sh(*elsewhere)
    assert (code, "000003.age: FAILED" in said, "verify.sh: FAILED" in said) == (1, True, True)
    forge(copy)
    machine.bring(copy, trusted)
    code, said = machine.sh(*elsewhere)
    assert (code, "hub.pub: not the key that was given" in said) == (1, True)
