"""Logging and the service manager. A journal that hangs must not hold up a press: a thread of its own writes."""

import logging
import logging.handlers
import os
import queue
import sys

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


def notify(state: str) -> None:
    """Tell the service manager; harmless where there is none."""
    daemon.notify(state)
