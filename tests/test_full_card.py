"""A card that is full while a version lays its files: what did not get there as a whole takes nobody's place."""

import pytest

from tests.test_settling import Card

# Files stop growing at 1 KiB, and what writes hears so, as on a full card.
FULL = "trap '' XFSZ; ulimit -f 1; "
TOO_LONG = "# new\n" * 500


@pytest.mark.parametrize("name", ["hub.service", "etc/a.conf", "a.rules", "bluetooth.conf"])
def test_a_version_whose_files_do_not_fit_is_given_up_and_the_old_ones_stay(tmp_path, name):
    card = Card(tmp_path / "card", good=True)
    (card.root / "opt/hub/versions/new/systemd" / name).write_text(TOO_LONG)
    assert card.run("eval", f"{FULL} replace_version new") == 1
    assert card.settled() == "old"
    laid = [path for path in (card.root / "etc").rglob("*") if path.is_file() and not path.name.endswith(".part")]
    assert [path for path in laid if path.stat().st_size > 500] == []


def test_what_cannot_be_written_down_is_not_done(tmp_path):
    card = Card(tmp_path / "card", good=True)
    (card.root / "opt/hub/setup/files").write_text(f"{'x' * 1023}\n")
    assert card.run("eval", f"{FULL} put $T/etc/new.conf 644 <$T/started || exit 1") == 1
    assert not (card.root / "etc/new.conf").exists()


def test_the_old_hub_is_started_even_if_its_own_files_do_not_fit_any_more(tmp_path):
    card = Card(tmp_path / "card", good=True)
    for version in ("old", "new"):
        (card.root / "opt/hub/versions" / version / "systemd/a.rules").write_text(f"# {version}\n" * 500)
    assert card.run("eval", f"{FULL} replace_version new") == 1
    assert (card.root / "started").read_text() == "old\n"
    assert card.boot() == 0  # when there is room again
    assert card.settled() == "old"
