"""An upgrade cut off at each single step of it, and the next boot: one version is ready, with its files and its store.

The real scripts run; systemd, the hub and the accounts are a few lines here. The whole of it: `tests/device`.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(240)  # hundreds of bash runs, half a minute alone
ROOT = Path(__file__).parent.parent
MOVED = re.compile(r"(?<=[\s\"=])/(opt/hub|var/lib/hub|etc/|usr/local/bin/)")
HUB = r"""
# What a version makes of the store: the new one changes it, and the old one takes that, or none, for a damaged one.
hub_starts() {
    local store=$STATE/hub.db
    if [[ $(current_version) == new ]]; then
        grep -qs newer "$store" || printf 'newer\n' >>"$store"
    elif [[ ! -f $store ]] || grep -q newer "$store"; then
        printf 'damaged\n' >"$store"
    fi
    current_version >"$T/started"
}
is_ready_in_time() { hub_runs && [[ $GOOD || $(<"$T/started") == old ]]; }
hub_runs() { [[ -f $T/started ]]; }
open_incident() { hub_runs && echo None; }
hub_command() { false; }
"""
SCRIPT = (
    r"""
set -euo pipefail
T=$1 CUTS=$2 GOOD=$3 FOLDER=$1 RUN_PACKAGES=()
fail() { printf '✗ %s\n' "$*" >&2; exit 1; }
say() { :; }
for part in "$T"/setup/*.sh; do source "$part"; done
for done in check_root alone check_configuration make_users take_up_files; do eval "$done() { :; }"; done
running() { :; }
# What is on the card if the power goes before this step is kept, under its number; a copy is half written by then.
step() {
    local number
    [[ $CUTS ]] || return 0
    read -r number <"$CUTS/steps"
    "$@"
    command cp -a "$T" "$CUTS/$number"
    printf '%03d\n' $((10#$number + 1)) >"$CUTS/steps"
}
half_copy() { command cp "$@" && if [[ -f ${*: -1} ]]; then truncate -s 1 "${*: -1}"; fi; }
for command in rm mv ln mkdir chmod find; do eval "$command() { step :; command $command \"\$@\"; }"; done
sync() { step :; }
cp() { step half_copy "$@"; command cp "$@"; }
install() {
    step :
    if [[ ${3-} == -g ]]; then command install "$1" "$2" "${@:5}"; else command install "$@"; fi
}
systemctl() {
    step :
    case $* in
        stop*hub.service) command rm -f "$T/started" ;;
        *start*hub.service) hub_starts ;;
    esac
}
"""
    + HUB
    + '"${@:4}"\n'
)
BOOT = 'command rm -f "$T/started"; hub_starts; if [[ -e $LEDGER/upgrading ]]; then device_settle; fi'


Tree = tuple[tuple[Path, int, Path | bytes], ...]


class Card:
    """What is on the card of a hub with one version, `old`, and another one beside it."""

    def __init__(self, root: Path, good: bool) -> None:
        self.root, self.good = root, good
        for part in (ROOT / "systemd" / "setup").iterdir():
            _write(root / "setup" / part.name, MOVED.sub(lambda found: f"{root}{found[0]}", part.read_text()))
        for version in ("old", "new"):
            self._add_version(version)
        _write(root / "var/lib/hub/hub.db", "data\n")
        laid = 'switch_to old; place_files "$VERSIONS/old/systemd"; rm -f "$LEDGER/changed"; hub_starts'
        assert self.run("eval", laid) == 0

    def _add_version(self, version: str) -> None:
        home = self.root / "opt/hub/versions" / version
        units = ["hub.service", "hub-settle.service", *(["hub-more.service"] if version == "new" else [])]
        others = ["etc/a.conf", "a.rules", "bluetooth.conf", "bluetooth.service.d/hub.conf", "setup/settle.sh"]
        for name in (*units, *others):
            _write(home / "systemd" / name, f"# {version}\n")
        _write(home / "complete", "")

    def run(self, *command: str, cuts: str | Path = "") -> int:
        """The exit code; -9 if the power went."""
        run = ["bash", "-c", SCRIPT, "_", str(self.root), str(cuts), "yes" if self.good else "", *command]
        done = subprocess.run(run, capture_output=True, text=True, timeout=20)
        assert done.returncode in (0, 1, -9), done.stderr
        return done.returncode

    def cut(self, *command: str) -> list[Path]:
        """The card as each single cut of this command leaves it, in their order."""
        cuts = self.root.with_name("cuts")
        _write(cuts / "steps", "000\n")
        self.run(*command, cuts=cuts)
        return sorted(one for one in cuts.iterdir() if one.is_dir())

    def boot(self) -> int:
        return self.run("eval", BOOT)

    def settle(self, cuts: list[Path]) -> list[str]:
        """The version that the next boot after each of them settles on. Many cuts leave the same behind."""
        settled: dict[Tree, str] = {}
        for cut in cuts:
            if (left := _tree(cut)) not in settled:
                shutil.rmtree(self.root)
                shutil.copytree(cut, self.root, symlinks=True)
                assert self.boot() == 0, cut
                settled[left] = self.settled()
        return [settled[_tree(cut)] for cut in cuts]

    def settled(self) -> str:
        """The version that runs, once everything was looked at that must fit it."""
        version = (self.root / "opt/hub/.venv").readlink().parent.name
        assert (self.root / "started").read_text() == f"{version}\n"
        assert self.store() == {"old": "data\n", "new": "data\nnewer\n"}[version]
        units = self.root / "etc/systemd/system"
        assert (units / "hub.service").read_text() == f"# {version}\n"
        assert (units / "hub-more.service").exists() == (version == "new")
        assert (units / "hub-settle.service").exists()
        assert not (self.root / "opt/hub/setup/upgrading").exists()
        return version

    def store(self) -> str:
        return (self.root / "var/lib/hub/hub.db").read_text()


def _tree(root: Path) -> Tree:
    return tuple((path.relative_to(root), path.lstat().st_mode, _content(path)) for path in sorted(root.rglob("*")))


def _content(path: Path) -> Path | bytes:
    if path.is_symlink():
        return path.readlink()
    return path.read_bytes() if path.is_file() else b""


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize("good", [True, False], ids=["good", "broken"])
def test_an_upgrade_that_was_cut_off_at_any_step_is_settled_by_the_next_boot(tmp_path, good):
    card = Card(tmp_path / "card", good)
    cuts = card.cut("replace_version", "new")
    assert len(cuts) >= 60
    seen = card.settle(cuts)
    assert seen[0] == "old"
    assert seen[-1] == ("new" if good else "old")
    assert seen == sorted(seen, reverse=True)  # once the new one was there and is ready, it stays


def test_the_boot_that_settles_may_be_cut_off_at_any_step_itself(tmp_path):
    card = Card(tmp_path / "card", good=False)
    assert card.run("eval", "is_ready_in_time() { kill -9 $$; }; replace_version new") == -9
    assert "newer" in card.store()
    cuts = card.cut("eval", BOOT)
    assert len(cuts) > 30
    assert set(card.settle(cuts)) == {"old"}


def test_a_store_that_was_put_back_is_not_put_back_again(tmp_path):
    """Neither version is ready in its time; the hub runs all the same, and a later boot must not take its days away."""
    card = Card(tmp_path / "card", good=False)
    late = "is_ready_in_time() { return 1; }; "
    assert card.run("eval", f"{late} replace_version new") == 1
    assert card.run("eval", f"printf 'days\\n' >>$STATE/hub.db; {late} {BOOT}") == 1
    assert card.store() == "data\ndays\n"
    assert card.boot() == 0
    assert card.store() == "data\ndays\n"
