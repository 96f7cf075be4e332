"""What the radio cannot do by itself: reset the adapter, restart bluetoothd. Done by root, asked for with one word.

The radio writes the word into a file; `systemd/hub-radio.path` sees it and starts `hub-radio.service`, which is this
module's `main`. The radio has no rights, and this helper believes nothing but two exact words.
"""

import asyncio
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ADAPTER, BLUETOOTHD = "adapter", "bluetoothd"
SYSTEMCTL = "/usr/bin/systemctl"
_LONGEST = 16  # bytes

ADAPTER_TIMEOUT = 40.0  # seconds; less than TimeoutStartSec of the unit, both together
RESTART_TIMEOUT = 30.0


class Refused(Exception):
    """Nothing was asked for by somebody who may. The text names no content of the file."""


def ask(path: Path, word: str) -> None:
    """The radio's side: leave the word, whole or not at all. Raises OSError."""
    handle, name = tempfile.mkstemp(prefix=".radio-", dir=path.parent)
    try:
        with os.fdopen(handle, "w") as file:
            os.fchmod(handle, 0o644)  # the helper is root without the right to read everything
            file.write(word)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def read(path: Path) -> str:
    """The helper's side: the word. Raises Refused, also for a link, a device, or a stranger's file."""
    try:
        folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            return _read(path.name, folder)
        finally:
            os.close(folder)
    except OSError as problem:
        raise Refused(f"the file cannot be opened: {problem.strerror}") from problem


def _read(name: str, folder: int) -> str:
    handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC, dir_fd=folder)
    try:
        _check(os.fstat(handle), os.fstat(folder).st_uid)
        return _word(os.read(handle, _LONGEST + 1))
    finally:
        os.close(handle)


def _check(facts: os.stat_result, owner: int) -> None:
    if not stat.S_ISREG(facts.st_mode) or facts.st_nlink != 1:
        raise Refused("it is not a plain file")
    if facts.st_uid != owner:
        raise Refused("it does not belong to the owner of its folder")
    if facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise Refused("others may write it")


def _word(content: bytes) -> str:
    for word in (ADAPTER, BLUETOOTHD):
        if content == word.encode():
            return word
    raise Refused("it holds no known word")


def recover(word: str, adapter: str) -> bool:
    """Whether it worked, in a bounded time. When the adapter cannot be reset, nothing else is tried."""
    return asyncio.run(_reset(adapter)) if word == ADAPTER else _restart()


async def _reset(adapter: str) -> bool:
    """Power cycle, and a USB reset: an adapter that says it is on and hears nothing needs both."""
    from bluetooth_auto_recovery import recover_adapter

    async with asyncio.timeout(ADAPTER_TIMEOUT):
        return bool(await recover_adapter(int(adapter.removeprefix("hci")), "", gone_silent=True))


def _restart() -> bool:
    command = [SYSTEMCTL, "restart", "bluetooth.service"]
    return subprocess.run(command, timeout=RESTART_TIMEOUT, check=False).returncode == 0


def main(arguments: Sequence[str]) -> int:
    """`adapter` ("hci0") and the path of the file."""
    adapter, path = arguments
    try:
        word = read(Path(path))
        done = recover(word, adapter)
    except (Refused, OSError, TimeoutError, subprocess.TimeoutExpired) as problem:
        print(f"radio: {problem or type(problem).__name__}", file=sys.stderr)
        return 1
    print(f"radio: {word} {'done' if done else 'failed'}", file=sys.stderr)
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
