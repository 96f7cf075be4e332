"""The recorder: a process of its own, so that nothing it does can hold up an alert.

Commands are JSON lines on standard input, reports are JSON lines on standard output (`docs/recording.md`).
It ends when standard input closes, and closes the recording first; signals that end the daemon do not end it.
"""

import os
import select
import signal
import time
from pathlib import Path

from hub.evidence.commands import Command, CommandReader, Listen, SealTo, Stop
from hub.evidence.look import Found, Look
from hub.evidence.loudness import loudness
from hub.evidence.reports import Reports
from hub.evidence.segment import encode, level
from hub.evidence.session import Session
from hub.evidence.spool import Spool
from hub.ports import Microphone

TICK_SECONDS = 0.1
REPORT_SECONDS = 1.0
IDLE_SECONDS = 60.0  # an idle child looks whether its microphone is still there, and says that it lives
CLOSE_SECONDS = 30.0
LAST_RESORT_SECONDS = 60  # whatever hangs at the end: after this the process is gone


def main(microphone: Microphone, folder: Path, secrets: Path, recipients: tuple[str, ...] = ()) -> int:
    """Record for whoever holds standard input. Standard output is kept free of what libraries print.

    `folder` gets the recordings, `secrets` has the key that signs them and the file with whom they are sealed to;
    without that, and where the daemon does not know, it is `recipients`.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    reports = Reports(os.dup(1))
    os.dup2(2, 1)
    level(bytes(2))
    encode(bytes(2 * microphone.rate), microphone.rate, "warm-up")  # the first one is slow
    child = Child(microphone, Spool(folder, microphone.rate, secrets, recipients), reports)
    child.run(0)
    return 0


class Child:
    """Waits for commands and, while it records, looks at everything ten times a second."""

    def __init__(self, microphone: Microphone, spool: Spool, reports: Reports) -> None:
        self._microphone, self._spool, self._reports = microphone, spool, reports
        self._session: Session | None = None
        self._look = Look(microphone.check)
        self._listening = Look(lambda: loudness(microphone))
        self._absence = ""
        self._due = 0.0  # when something is to be said or looked at again
        self._heard = False  # whether it was said that there is sound
        self._sound = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)  # so that a second is on the disk at once

    def run(self, commands: int) -> None:
        """Until `commands` closes."""
        reader = CommandReader()
        self._reports.say({"state": "ready"})
        while True:
            waits = [commands, self._sound, *self._look.answers, *self._listening.answers]
            due = select.select(waits, [], [], self._pause(time.monotonic()))[0]
            if self._sound in due:
                os.eventfd_read(self._sound)
            if commands in due:
                data = os.read(commands, 65536)
                if not data:
                    break
                for command in reader.feed(data):
                    self._obey(command)
            self._tick(time.monotonic())
        signal.alarm(LAST_RESORT_SECONDS)
        self._let_go()
        self._end("closed")
        self._spool.close(CLOSE_SECONDS)

    def _pause(self, now: float) -> float:
        if self._session:
            return TICK_SECONDS
        longest = REPORT_SECONDS if self._spool.waiting else IDLE_SECONDS
        looks = [look.pause(now) for look in (self._look, self._listening) if look.answers]
        return max(0.0, min([*looks, longest] if looks else [self._due - now, longest]))

    def _obey(self, command: Command) -> None:
        if isinstance(command, Stop):
            self._end("stopped")
        elif isinstance(command, SealTo):
            if self._session:
                self._session.seal(command.recipients)
        elif isinstance(command, Listen):
            self._listen(time.monotonic())
        elif self._session is None or self._session.incident != command.incident:
            self._end("another")
            self._let_go()
            now = time.monotonic()
            self._session = Session(command, self._microphone, self._spool, now, self._wake)
            self._due, self._heard = now + REPORT_SECONDS, False
        else:
            self._session.ends_at = time.monotonic() + command.seconds

    def _let_go(self) -> None:
        """Of the microphone, which one at a time can have."""
        self._look.end()
        self._listening.end()

    def _listen(self, now: float) -> None:
        """Never beside a recording, which says how loud it is."""
        if not self._session:
            self._look.end()
            self._listening.begin(now)

    def _wake(self) -> None:
        os.eventfd_write(self._sound, 1)

    def _end(self, why: str) -> None:
        session, self._session = self._session, None
        if session:
            session.end(why)
            self._reports.say_idle(why=why)
            self._due = 0.0

    def _tick(self, now: float) -> None:
        if self._session:
            self._session.tick(now)
            if now >= self._session.ends_at:
                self._end("limit")
        if self._session:
            self._report(self._session, now)
            self._say_fault(self._session.fault)
        else:
            if now >= self._due and not self._listening.answers:
                self._look.begin(now)
                self._due = now + IDLE_SECONDS
            self._idle(self._look.result(now))
            self._say_level(self._listening.result(now))
        if self._spool.was_full():
            self._reports.say({"full": True})

    def _report(self, session: Session, now: float) -> None:
        if now >= self._due or session.heard > self._heard:
            self._reports.say(session.report())
            self._due, self._heard = now + REPORT_SECONDS, session.heard

    def _say_level(self, found: Found | None) -> None:
        if found is not None:
            self._reports.say({"deaf": found.problem} if found.problem else {"level": found.said})

    def _idle(self, found: Found | None) -> None:
        """`found`: what a look at the microphone came to; with it is said that the child lives."""
        self._absence = self._absence if found is None else found.problem
        self._say_fault(self._absence)
        if found is not None:
            self._reports.say_idle()

    def _say_fault(self, microphone: str) -> None:
        self._reports.say_fault(microphone, self._spool.fault(time.monotonic()))
