"""What needs root is asked for with one word in a file: a path unit sees it and starts the helper that does it, once.

The hub has no right to any of it. The helper believes nothing but the exact words it knows (docs/decisions/0010).
"""

import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

SYSTEMCTL = "/usr/bin/systemctl"
_LONGEST = 16  # bytes


class Refused(Exception):
    """Nothing was asked for by somebody who may. The text names no content of the file."""


def ask(path: Path, word: str) -> None:
    """The hub's side: leave the word, whole or not at all. Raises OSError."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "w") as file:
            os.fchmod(handle, 0o644)  # the helper is root without the right to read everything
            file.write(word)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def help_out(path: Path, cures: Mapping[str, Callable[[], bool]]) -> int:
    """The helper's side: do what is asked for, and return its exit code. A cure says whether it worked."""
    try:
        word = read(path, frozenset(cures))
        done = cures[word]()
    except (Refused, OSError, TimeoutError, subprocess.TimeoutExpired) as problem:
        print(f"{path.name}: {problem or type(problem).__name__}", file=sys.stderr)
        return 1
    print(f"{path.name}: {word} {'done' if done else 'failed'}", file=sys.stderr)
    return 0 if done else 1


def restart(unit: str, seconds: float) -> bool:
    """Whether systemd did it. Raises OSError or subprocess.TimeoutExpired."""
    return subprocess.run([SYSTEMCTL, "restart", unit], timeout=seconds, check=False).returncode == 0


def read(path: Path, words: frozenset[str]) -> str:
    """Which of these words it is. Raises Refused, also for a link, a device, or a stranger's file."""
    try:
        folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            return _word(_read(path.name, folder), words)
        finally:
            os.close(folder)
    except OSError as problem:
        raise Refused(f"the file cannot be opened: {problem.strerror}") from problem


def _read(name: str, folder: int) -> bytes:
    handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC, dir_fd=folder)
    try:
        _check(os.fstat(handle), os.fstat(folder).st_uid)
        return os.read(handle, _LONGEST + 1)
    finally:
        os.close(handle)


def _check(facts: os.stat_result, owner: int) -> None:
    if not stat.S_ISREG(facts.st_mode) or facts.st_nlink != 1:
        raise Refused("it is not a plain file")
    if facts.st_uid != owner:
        raise Refused("it does not belong to the owner of its folder")
    if facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise Refused("others may write it")


def _word(content: bytes, words: frozenset[str]) -> str:
    for word in words:
        if content == word.encode():
            return word
    raise Refused("it holds no known word")
