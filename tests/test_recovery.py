"""Root's helpers believe the exact words they know, and nothing else."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardware import recovery
from hardware.recovery import Refused, ask

ADAPTER, BLUETOOTHD = "adapter", "bluetoothd"
NOBODY = 65534


def read(path: Path) -> str:
    return recovery.read(path, frozenset({ADAPTER, BLUETOOTHD}))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "radio"


@pytest.mark.parametrize("word", [ADAPTER, BLUETOOTHD])
def test_what_is_asked_for_is_what_the_helper_reads(file: Path, word: str) -> None:
    for _ in range(2):
        ask(file, word)
        assert read(file) == word
    assert [path.name for path in file.parent.iterdir()] == ["radio"]


def test_root_without_the_right_to_read_everything_can_read_it(file: Path) -> None:
    before = os.umask(0o077)  # as in hub.service
    try:
        ask(file, ADAPTER)
    finally:
        os.umask(before)
    assert file.stat().st_mode & 0o777 == 0o644


def test_a_full_disk_leaves_nothing_behind(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int, _mode: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fchmod", full)
    with pytest.raises(OSError, match="No space"):
        ask(file, ADAPTER)
    assert list(file.parent.iterdir()) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=40))
@pytest.mark.parametrize("start", [b"", b"adapter", b"bluetoothd"])
def test_any_other_word_is_refused(file: Path, start: bytes, more: bytes) -> None:
    content = start + more
    file.write_bytes(content)
    if content in (b"adapter", b"bluetoothd"):
        assert read(file) == content.decode()
    else:
        with pytest.raises(Refused, match="no known word"):
            read(file)


def test_a_missing_file_is_refused(file: Path) -> None:
    with pytest.raises(Refused, match="cannot be opened: No such file"):
        read(file)


def test_a_link_is_refused_wherever_it_leads(file: Path, tmp_path: Path) -> None:
    real = tmp_path / "real"
    ask(real, ADAPTER)
    file.symlink_to(real)
    with pytest.raises(Refused, match="cannot be opened"):
        read(file)


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    ask(tmp_path / "real" / "radio", ADAPTER)
    (tmp_path / "link").symlink_to("real")
    with pytest.raises(Refused, match="cannot be opened"):
        read(tmp_path / "link" / "radio")


def test_a_second_name_of_a_file_is_refused(file: Path, tmp_path: Path) -> None:
    ask(tmp_path / "real", ADAPTER)
    file.hardlink_to(tmp_path / "real")
    with pytest.raises(Refused, match="plain file"):
        read(file)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_refused_without_waiting(file: Path, make: object) -> None:
    make(file)  # type: ignore[operator]
    with pytest.raises(Refused, match="plain file"):
        read(file)


@pytest.mark.parametrize("mode", [0o664, 0o646])
def test_a_file_that_others_may_write_is_refused(file: Path, mode: int) -> None:
    ask(file, ADAPTER)
    file.chmod(mode)
    with pytest.raises(Refused, match="others may write"):
        read(file)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
def test_a_strangers_file_is_refused(file: Path) -> None:
    ask(file, ADAPTER)
    os.chown(file, NOBODY, NOBODY)
    with pytest.raises(Refused, match="does not belong"):
        read(file)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder away")
def test_the_file_of_whoever_owns_the_folder_is_read(file: Path) -> None:
    ask(file, ADAPTER)
    for path in (file, file.parent):
        os.chown(path, NOBODY, NOBODY)
    assert read(file) == ADAPTER
