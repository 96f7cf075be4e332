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
    entrance.setFormatter(Discreet("%(message)s"))
    logging.getLogger("asyncio").addFilter(_first_line)
    logging.basicConfig(level=logging.INFO, handlers=[entrance], force=True)
    for chatty in (
        "twilio",
        "urllib3",
        "aiosmtplib",
        "bleak",
        "bleak_retry_connector",
        "dbus_fast",
    ):  # they quote numbers and addresses
        logging.getLogger(chatty).setLevel(logging.CRITICAL)
    listener = logging.handlers.QueueListener(lines, handler)
    listener.start()
    return listener


class Discreet(logging.Formatter):
    """An exception by where and what kind, not its text, which may hold numbers, names and addresses."""

    def formatException(self, ei: object) -> str:  # noqa: N802 - the name is logging's
        problem = ei[1] if isinstance(ei, tuple) else None
        return _kind_and_place(problem) if problem else ""


def _first_line(record: logging.LogRecord) -> bool:
    """What asyncio says below it quotes the task, and with it the text of its exception."""
    record.msg, record.args = record.getMessage().partition("\n")[0], None
    return True


def _kind_and_place(problem: BaseException) -> str:
    frame = traceback.extract_tb(problem.__traceback__)[-1:]
    where = f"{frame[0].filename}:{frame[0].lineno}" if frame else "?"
    return f"{type(problem).__name__} at {where}"


def last_words(problem: BaseException) -> None:
    """Why the daemon ends."""
    problems = problem.exceptions if isinstance(problem, BaseExceptionGroup) else (problem,)
    for one in problems:
        logging.getLogger("hub").critical("the hub ends: %s", _kind_and_place(one))


def notify(state: str) -> None:
    """Tell the service manager; harmless where there is none."""
    daemon.notify(state)
