"""The page's gate: window, tries, codes, session and visits together, each change written down.

Nothing here waits for the disk; whoever must be sure waits for what is returned.
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil, isinf

from hub.errors import Refusal
from hub.incident import Incident
from hub.model import Moment
from hub.page.changes import Changes
from hub.page.codes import Codes, Holder
from hub.page.session import Role, Session, Sessions
from hub.page.tries import SPAN, Tries
from hub.page.visits import THREAT, Visit, Visits, What
from hub.page.window import Window
from hub.store import Feigned, Finished, Store
from hub.store.page import LoadedPage

TRY_LASTS = 60.0  # s; from the asking to the key


class Gate:
    """`finished`: the hub is set up. `feigned`: incidents that were ended under threat, as whoever logs in with that
    code sees them.
    """

    def __init__(self, store: Store, clock: Callable[[], Moment], delay: float) -> None:
        """`delay`: seconds until a contact who is written off is gone."""
        self._store = store
        self._clock = clock
        self._asked: dict[str, float] = {}  # tries that wait for their key, and when they were asked for
        self.window = Window()
        self.tries = Tries()
        self.codes = Codes()
        self.sessions = Sessions()
        self.visits = Visits()
        self.changes = Changes(delay)
        self.finished = False
        self.feigned: dict[str, Incident] = {}
        self._unread = False  # there may be codes that nobody knows yet

    def load(self, loaded: LoadedPage, *, complete: bool) -> None:
        """While the disk cannot be read nobody knows that the hub is new: its page stays closed."""
        self._unread = not complete
        self.tries = max(loaded.tries, self.tries, key=lambda tries: tries.count)
        self.codes.load(loaded.recipe, loaded.codes)
        self.changes.load(loaded.changes)
        self.visits.load(loaded.visits)
        self.finished = self.finished or loaded.finished
        self.feigned = {one.id: one for one in loaded.feigned} | self.feigned
        if complete and not self.finished and not self.window.fresh:
            self.window.fresh = True
            self.note(What.OPENED, "setup")

    def configuration(self) -> list[object]:
        """To fill a new file with."""
        recipe = [] if self.codes.recipe is None else [self.codes.recipe]
        return [*recipe, *self.codes, *self.changes.waiting.values(), *([Finished()] * self.finished)]

    def history(self) -> list[object]:
        return [self.tries, *reversed(self.visits.all)]

    def feigned_open(self, id: str) -> list[object]:
        """What belongs to this incident, once the new file has it."""
        return [Feigned(self.feigned[id])] if id in self.feigned else []

    # The window.

    @property
    def is_open(self) -> bool:
        return self.window.is_open(self._clock().mono)

    @property
    def until(self) -> datetime | None:
        """When it closes; None: it is closed, or has no end."""
        now, until = self._clock(), self.window.until
        return None if until is None or until <= now.mono else now.utc + timedelta(seconds=until - now.mono)

    def open(self, who: str) -> None:
        now = self._clock()
        self.window.open(now.mono)
        self.tries = self.tries.in_new_window(now)
        self._store.put(self.tries)
        self.note(What.OPENED, who)

    def close(self, who: str) -> None:
        if self.window.until is not None:
            self.note(What.CLOSED, who)
        self.window.close()
        self._end_with_window()

    def look(self) -> None:
        """Call it every second: what has run out is over."""
        if self.window.ended(self._clock().mono):
            self.note(What.CLOSED)
        self._end_with_window()

    def _end_with_window(self) -> None:
        if not self.is_open:
            self.sessions.end()
            self._asked.clear()

    # Logging in.

    def wait(self) -> float:
        """Seconds until a code may be tried; 0: now."""
        now = self._clock()
        if self.window.fresh:
            self.tries = self.tries.refreshed(now)
        seconds = self.tries.wait(now.mono)
        if not isinf(seconds):
            return seconds
        since, until = self.tries.since, self.window.until
        end = since.mono + SPAN if self.window.fresh and since else until or now.mono
        return max(1.0, end - now.mono)

    def ask_to_try(self) -> "tuple[str, asyncio.Future[None]]":
        """The id of a try, and what is done once it is written down. It counts from now on. Raises Refusal."""
        if not self.is_open:
            raise Refusal("page_closed")
        if self.codes.recipe is None or not self.codes:
            raise Refusal("no_codes")
        if seconds := self.wait():
            raise Refusal("too_many_tries", seconds=ceil(seconds))
        now, id = self._clock(), secrets.token_hex(8)
        self.tries = self.tries.one_more(now)
        self._asked = {one: at for one, at in self._asked.items() if now.mono - at < TRY_LASTS} | {id: now.mono}
        return id, self._store.put(self.tries)

    def log_in(self, id: str, key: bytes) -> Session:
        """Raises Refusal."""
        now = self._clock()
        if not self.is_open:
            raise Refusal("page_closed")
        if now.mono - self._asked.pop(id, float("-inf")) >= TRY_LASTS:
            raise Refusal("late_try")
        holder = self.codes.whose(key)
        if holder is None:
            self.note(What.REFUSED)
            raise Refusal("wrong_code")
        if holder is Holder.TECHNICIAN:  # a wearer's code gives nobody free tries at this one
            self.tries = replace(self.tries, count=0)  # no more in this window, for whoever tries beside
            self._store.put(self.tries)
        session = self.sessions.begin(holder, now.mono)
        self.window.use(now.mono)
        self.note(What.LOGIN, session.role, THREAT if session.threat else "")
        return session

    def session(self, token: str, *, used: bool) -> Session | None:
        """Of this token, while it lasts. `used`: the request prolongs it, and the window."""
        now = self._clock().mono
        self.look()
        found = self.sessions.of(token, now, used=used)
        if found is not None and used:
            self.window.use(now)
        return found

    def log_out(self, role: Role) -> None:
        self.sessions.end()
        self.note(What.LOGOUT, role)

    # Codes, and being set up.

    def set_code(self, holder: Holder, key: bytes, who: str, token: str) -> "asyncio.Future[None]":
        """Whoever is logged in with the old one is out, but for whoever asks. Raises Refusal."""
        if self._unread and not self.codes:  # a new salt would make those on the disk worthless
            raise Refusal("codes_unread")
        if self.codes.whose(key) not in (None, holder):
            raise Refusal("code_taken")
        recipe, code = self.codes.begin(), self.codes.set(holder, key)
        current = self.sessions.current(self._clock().mono)
        if current is not None and current.holder is holder and current.token != token:
            self.sessions.end()
        self.note(What.CODE, who, holder)
        return self._store.put_configuration(recipe, code)

    def finish(self) -> "asyncio.Future[None]":
        """From now on the page opens by windows only; whoever has just finished has one."""
        self.finished, self.window.fresh = True, False
        self.open("setup")
        return self._store.put_configuration(Finished())

    def note(self, what: What, who: str = "", detail: str = "") -> None:
        visit = Visit(self._clock(), what, who, detail)
        self.visits.add(visit)
        self._store.put(visit)
