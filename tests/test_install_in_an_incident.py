"""An incident that begins while install.sh is at work: nothing is stopped or started anew until it is over."""

from tests.test_settling import Card

BEGUN = (
    'open_incident() { if [[ -e $%s ]]; then echo 7; else echo None; fi; }; stop_hub() { : >"$T/stopped"; }; '
    'fail() { printf "%%s" "$*" >"$T/said"; exit 1; }; '
)
SAID = "The incident 7 is open: end it first, or wait. Then the same command again."


def test_an_upgrade_asks_again_when_all_is_written_down(tmp_path):
    card = Card(tmp_path / "card", good=True)
    assert card.run("eval", BEGUN % "LEDGER/upgrading" + "replace_version new") == 1
    assert (card.root / "said").read_text() == SAID
    assert not (card.root / "stopped").exists()
    assert card.settled() == "old"


def test_a_further_run_does_not_start_a_hub_anew_that_is_needed(tmp_path):
    card = Card(tmp_path / "card", good=True)
    at_work = 'note changed yes; systemctl() { : >"$T/restarted"; }; become_ready'
    assert card.run("eval", BEGUN % "LEDGER/changed" + at_work) == 1
    assert (card.root / "said").read_text() == SAID
    assert not (card.root / "restarted").exists()
    assert card.run("eval", at_work) == 0
    assert (card.root / "restarted").exists()


def test_a_removal_asks_again_when_a_person_has_answered(tmp_path):
    card = Card(tmp_path / "card", good=True)
    removal = "agree() { : >$T/agreed; }; rm() { :; }; remove_what_the_ledger_has"
    assert card.run("eval", BEGUN % "T/agreed" + removal) == 1
    assert (card.root / "agreed").exists()
    assert (card.root / "said").read_text() == SAID
    assert not (card.root / "opt/hub/setup/removing").exists()
