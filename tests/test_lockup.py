"""What `hub doctor` makes of the hardware watchdog, read where the kernel shows it."""

from pathlib import Path

import pytest

from hub.lockup import check


@pytest.mark.parametrize(
    ("state", "timeout", "key"),
    [
        ("active\n", "14\n", "watchdog_ok"),
        ("active\n", "15\n", "watchdog_ok"),
        ("active\n", "60\n", "watchdog_long"),
        ("inactive\n", "14\n", "watchdog_off"),
        ("inactive\n", "60\n", "watchdog_off"),
        ("active\n", "", "watchdog_unseen"),
    ],
)
def test_a_watchdog_is_good_when_it_is_armed_and_short_enough(
    tmp_path: Path, state: str, timeout: str, key: str
) -> None:
    (tmp_path / "state").write_text(state)
    (tmp_path / "timeout").write_text(timeout)
    found = check(tmp_path)
    assert (found.key, found.ok, found.blocking) == (key, key == "watchdog_ok", False)


def test_a_machine_without_one_says_so(tmp_path: Path) -> None:
    assert check(tmp_path / "watchdog0").key == "watchdog_none"


def test_a_kernel_that_shows_nothing_of_it_says_so(tmp_path: Path) -> None:
    assert check(tmp_path).key == "watchdog_unseen"
