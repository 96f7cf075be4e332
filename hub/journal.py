"""Logging and the service manager. A journal that hangs must not hold up a press: a thread of its own writes."""

import logging
import logging.handlers
import os
import queue
import sys
import traceback

from systemd.journal import JournalHandler

from systemd import daemon  # type: ignore[attr-defined]  # our own folder of units has the same name


def begin() -> logging.handlers.QueueListener:
    """Send the log to the journal, or to standard error where there is none; `stop()` the answer at the end."""
    handler: logging.Handler
    if "JOURNAL_STREAM" in os.environ:
        handler = JournalHandler(SYSLOG_IDENTIFIER="hub")
    else:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    lines: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    entrance = logging.handlers.QueueHandler(lines)
    entrance.setFormatter(logging.Formatter("%(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[entrance], force=True)
    for chatty in (
        "twilio",
        "urllib3",
        "aiosmtplib",
        "bleak",
        "dbus_fast",
    ):  # they quote numbers and addresses
        logging.getLogger(chatty).setLevel(logging.CRITICAL)
    listener = logging.handlers.QueueListener(lines, handler)
    listener.start()
    return listener


def last_words(problem: BaseException) -> None:
    """Why the daemon ends: where and what kind, not the text, which may hold numbers and names."""
    problems = problem.exceptions if isinstance(problem, BaseExceptionGroup) else (problem,)
    for one in problems:
        frame = traceback.extract_tb(one.__traceback__)[-1:]
        where = f"{frame[0].filename}:{frame[0].lineno}" if frame else "?"
        logging.getLogger("hub").critical("the hub ends: %s at %s", type(one).__name__, where)


def notify(state: str) -> None:
    """Tell the service manager; harmless where there is none."""
    daemon.notify(state)
