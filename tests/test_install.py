"""install.sh on a small machine of its own, whose apt, pip and programs write down what they are asked."""

import os
import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOOLS = (
    *("awk", "bash", "cat", "cp", "dirname", "env", "find", "grep", "id", "kill", "mktemp", "nproc"),
    *("rm", "sed", "sha256sum", "sleep", "stat", "tail", "tee", "touch", "xargs"),
)
NOBODY = 65534
MACHINE = "tests/machine"

DPKG_QUERY = 'while read -r package; do echo "$package installed"; done < "$WORLD/installed"'
APT_GET = """
echo "apt-get $*" >> "$WORLD/log"
case " $* " in
    *" update "*) touch "$WORLD/lists" ;;
    *) [[ -e $WORLD/lists ]] || exit 100
       for word in "$@"; do [[ $word == -* || $word == *=* ]] || echo "$word" >> "$WORLD/installed"; done ;;
esac
"""
PIP = 'echo "pip $*" >> "$WORLD/log"; [[ ! -e $WORLD/offline ]]'
HUB = 'echo "hub $* in $PWD"'
PYTHON = """
case "$*" in
    -V) echo Python 3.11.2 ;;
    *pytest*)
        echo "pytest $*" >> "$WORLD/log"
        case $* in *"-m alone"*) pass=alone ;; *tests/machine*) pass=machine ;; *) pass=pytest ;; esac
        [[ -e $WORLD/$pass-fails && ! ( -e $WORLD/pytest-passes-then && $* == *--last-failed* ) ]] || {
            echo "=== 7 passed in 1.00s ($pass) ===" && exit
        }
        cat "$WORLD/$pass-fails" && echo "=== failed in 1.00s ($pass) ===" && exit 1 ;;
    *tests.bench*) echo "bench in $PWD" ;;
    *--obstacle*) [[ ! -e $WORLD/obstacle ]] || echo "It is forbidden here." ;;
esac
"""
CHECK = 'echo "${0##*/} $*" >> "$WORLD/log"; [[ ! -e "$WORLD/${0##*/}-fails" ]]'


class World:
    """A machine with a copy of the project's folder, made of files that can be changed and read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.project = folder / "project"
        self._bin = folder / "bin"
        (self.project / ".venv" / "bin").mkdir(parents=True)
        self._bin.mkdir()
        (folder / "installed").write_text("swig\n")  # what only newer Pythons need
        shutil.copy(ROOT / "install.sh", self.project)
        shutil.copy(ROOT / "pyproject.toml", self.project)
        shutil.copytree(ROOT / "systemd", self.project / "systemd")
        (self.project / "tests" / "radio").mkdir(parents=True)
        shutil.copy(ROOT / "tests" / "run.sh", self.project / "tests")
        self._furnish()

    def _furnish(self) -> None:
        for tool in TOOLS:
            if found := shutil.which(tool):
                (self._bin / tool).symlink_to(found)
        for name, script in {"dpkg-query": DPKG_QUERY, "apt-get": APT_GET, "sudo": 'exec "$@"'}.items():
            self._program(self._bin / name, script)
        for name in ("shellcheck", "systemd-analyze"):
            self._program(self._bin / name, CHECK)
        inside = {"pip": PIP, "hub": HUB, "python": PYTHON, "ruff": CHECK, "mypy": CHECK}
        for name, script in inside.items():
            self._program(self.project / ".venv" / "bin" / name, script)
        self._program(self.project / "tests" / "radio" / "kernel.sh", CHECK)

    def _program(self, path: Path, script: str) -> None:
        path.write_text(f"#!/bin/bash\n{script}\n")
        path.chmod(0o755)

    def without(self, program: str) -> None:
        (self._bin / program).unlink()

    def mark(self, name: str, content: str = "") -> None:
        (self.folder / name).write_text(content)

    def unmark(self, name: str) -> None:
        (self.folder / name).unlink()

    def run(
        self, *arguments: str, cwd: Path | None = None, user: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.project / "install.sh"), *arguments],
            cwd=cwd or self.folder,
            env={"PATH": str(self._bin), "WORLD": str(self.folder), "CI": "true"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
            user=user,
        )

    def log(self) -> list[str]:
        """What was asked of apt, pip and the checks since the last time."""
        path = self.folder / "log"
        lines = path.read_text().splitlines() if path.exists() else []
        path.write_text("")
        return lines

    def passes(self) -> list[str]:
        """What was asked of pytest since the last time, without the machine of its own."""
        return [line for line in self.log() if line.startswith("pytest ") and MACHINE not in line]


@pytest.fixture
def world() -> Iterator[World]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield World(Path(folder))


@pytest.fixture
def set_up(world: World) -> World:
    """A world where everything was installed before."""
    assert world.run("test").returncode == 0
    world.log()
    return world


def test_the_first_start_installs_what_is_missing_and_starts_the_demo(world):
    done = world.run("demo")
    assert (done.returncode, done.stderr) == (0, "")
    assert "hub demo" in done.stdout
    assert [line.split()[0] for line in world.log()] == ["apt-get", "apt-get", "apt-get", "pip"]


def test_the_package_lists_are_fetched_only_when_those_at_hand_do_not_do(world):
    world.mark("lists")
    assert world.run("demo").returncode == 0
    assert not [line for line in world.log() if line.startswith("apt-get") and " update" in line]


def test_only_missing_packages_are_installed_and_none_is_ever_removed(world):
    world.mark("lists")
    (world.folder / "installed").write_text("swig\ngcc\npython3-venv\n")
    world.run("demo")
    (apt,) = [line for line in world.log() if line.startswith("apt-get")]
    assert {"--no-remove", "portaudio19-dev", "python3-dev"} <= set(apt.split())
    assert {"gcc", "python3-venv"} & set(apt.split()) == set()


@pytest.mark.parametrize("command", ["demo", "test", "bench"])
def test_a_later_start_asks_neither_apt_nor_pip(set_up, command):
    assert set_up.run(command).returncode == 0
    assert [line for line in set_up.log() if line.startswith(("apt-get", "pip"))] == []


def test_other_dependencies_are_installed_once(set_up):
    with (set_up.project / "pyproject.toml").open("a") as file:
        file.write("# a change\n")
    set_up.run("demo")
    set_up.run("demo")
    assert [line.split()[0] for line in set_up.log()] == ["pip"]


def test_a_start_without_the_network_says_so_and_the_next_one_tries_again(world):
    world.mark("offline")
    done = world.run("demo")
    assert (done.returncode, "hub demo" in done.stdout) == (1, False)
    assert done.stderr.splitlines()[-1] == "✗ The Python packages could not be installed; this step needs the network."
    world.unmark("offline")
    assert world.run("demo").returncode == 0


def test_the_demo_gets_its_arguments_and_the_folder_it_was_called_from(set_up):
    elsewhere = set_up.folder / "else where"
    elsewhere.mkdir()
    done = set_up.run("demo", "--port", "8000", "--state", "a b", cwd=elsewhere)
    own = set_up.project / ".demo"  # the last --state counts
    assert done.stdout == f"hub demo --state {own} --port 8000 --state a b in {elsewhere}\n"


def test_the_benchmarks_run_in_the_projects_folder(set_up):
    assert set_up.run("bench").stdout == f"bench in {set_up.project}\n"


def test_every_check_runs_even_when_one_fails(set_up):
    set_up.mark("ruff-fails")
    done = set_up.run("test", "-k", "siren")
    checks = [line.split()[0] for line in set_up.log()]
    assert checks == ["ruff", "ruff", "mypy", "shellcheck", "systemd-analyze", "kernel.sh", "pytest"]
    assert done.returncode == 1
    assert done.stdout.count("FAILED") == 2


@pytest.mark.skipif(os.geteuid() != 0 or platform.machine() != "x86_64", reason="Only there it can be had.")
def test_a_press_on_a_machine_of_its_own_is_part_of_the_whole(set_up):
    set_up.mark("machine-fails", "FAILED tests/machine/test_press.py::test_a\n")
    assert [set_up.run("test").returncode, sum(MACHINE in line for line in set_up.log())] == [1, 1]


def test_pytest_gets_its_arguments_and_has_the_last_word(set_up):
    done = set_up.run("test", "-k", "siren")
    (asked,) = set_up.passes()
    assert (asked.endswith(" -k siren"), " -n " in asked) == (True, False)
    assert done.stdout.splitlines()[-1] == "=== 7 passed in 1.00s (pytest) ==="
    assert done.returncode == 0


def test_without_arguments_all_run_side_by_side_but_those_that_are_to_be_alone(set_up):
    done = set_up.run("test")
    beside, alone = set_up.passes()
    assert re.search(r" -m not alone -n [1-9]\d* ", beside)
    assert (alone.endswith(" -m alone"), " -n " in alone) == (True, False)
    assert done.stdout.splitlines()[-2:] == ["=== 7 passed in 1.00s (pytest) ===", "=== 7 passed in 1.00s (alone) ==="]
    assert done.returncode == 0


@pytest.mark.parametrize(("which", "tries"), [("pytest", [False, True, False]), ("alone", [False, False, True])])
def test_a_failing_test_fails_the_whole_when_it_fails_twice(set_up, which, tries):
    set_up.mark(f"{which}-fails", "FAILED tests/test_a.py::test_a\n")
    assert set_up.run("test").returncode == 1
    assert ["--last-failed" in line for line in set_up.passes()] == tries


@pytest.mark.parametrize("said", ["FAILED", "ERROR", "\x1b[31mFAILED\x1b[0m"])
def test_a_test_that_passes_at_the_second_try_is_shown_and_fails_nothing(set_up, said):
    set_up.mark("pytest-fails", f"{said} tests/test_a.py::test_a\n")
    set_up.mark("pytest-passes-then")
    done = set_up.run("test")
    assert done.returncode == 0
    first, second, _ = done.stdout.splitlines()[-3:]
    assert (first, second) == ("=== failed in 1.00s (pytest) ===", "=== 7 passed in 1.00s (pytest) ===")


def test_the_second_try_has_nothing_beside_it(set_up):
    set_up.mark("pytest-fails", "FAILED tests/test_a.py::test_a\n")
    set_up.run("test")
    assert set_up.passes()[1].endswith(" -n 0")


@pytest.mark.parametrize(
    "said",
    ["", "FAILED tests/test_a.py::test_a\n" * 4, "ERROR gw3 - Different tests were collected between gw0 and gw3.\n"],
)
def test_a_run_that_broke_off_or_with_many_failures_is_not_tried_again(set_up, said):
    set_up.mark("pytest-fails", said)
    set_up.mark("pytest-passes-then")
    assert set_up.run("test").returncode == 1
    assert ["--last-failed" in line for line in set_up.passes()] == [False, False]


def test_a_kernel_that_cannot_be_built_fails_the_whole(set_up):
    set_up.mark("kernel.sh-fails")
    done = set_up.run("test")
    assert done.returncode == 1
    (line,) = [line for line in done.stdout.splitlines() if line.endswith("s  kernel of the virtual radio")]
    assert line.split()[0] == "FAILED"


def test_where_no_such_kernel_can_run_it_says_so_and_builds_none(set_up):
    set_up.mark("obstacle")
    done = set_up.run("test")
    assert done.returncode == 0
    assert "· The tests on a virtual radio are left out. It is forbidden here." in done.stdout.splitlines()
    assert not [line for line in set_up.log() if line.startswith("kernel.sh")]


def test_somebody_without_rights_is_told_which_packages_to_ask_for(world):
    world.without("sudo")
    done = world.run("demo", user=NOBODY if os.geteuid() == 0 else None)
    assert done.returncode == 1
    assert "portaudio19-dev" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_somebody_without_rights_starts_what_is_set_up_already(set_up):
    done = set_up.run("demo", user=NOBODY if os.geteuid() == 0 else None)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("arguments", [(), ("remove",)])
def test_installing_on_a_device_is_refused_with_one_sentence(world, arguments):
    done = world.run(*arguments)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)


def test_an_unknown_command_shows_what_there_is(world):
    done = world.run("dmeo")
    assert done.returncode == 2
    assert "./install.sh demo" in done.stderr


def test_what_runs_for_every_change_is_the_whole_of_the_tests():
    assert "exec ./install.sh test" in (ROOT / ".ci" / "run").read_text()
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
