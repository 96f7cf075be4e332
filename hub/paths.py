"""Which ways out there are, which of them work, and which one to take. Pure: facts and `now` in, decisions out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hub.model import Moment
from hub.network import Kind, Route

AGAIN = 5.0  # s; after a try that failed, and while an alert is being sent
LONG_AGO = float("-inf")


@dataclass(frozen=True, slots=True)
class Pace:
    """`every`: seconds between two tries of what works; `misses`: so many in a row are a fault."""

    every: float
    misses: int


HOME = Pace(30.0, 3)
METERED = Pace(48.0, 2)  # what a month of it costs: docs/performance.md


@dataclass(slots=True)
class Path:
    """One way out. `name`: a Kind's, or "" where the system has no route that can be seen; `route`: None while it has
    none; `ok`: None before the first try, `since`: when it became so; `tried`: when the last try began, monotonic
    seconds; `why` it failed. `doubted`: somebody who left by it since did not get through.
    """

    name: str
    route: Route | None = None
    ok: bool | None = None
    since: Moment | None = None
    tried: float = LONG_AGO
    missed: int = 0
    doubted: bool = False
    why: str = ""

    @property
    def device(self) -> str:
        return self.route.device if self.route else ""

    @property
    def lost(self) -> bool:
        return self.missed >= self._pace.misses

    def found(self, why: str, now: Moment) -> None:
        """A try ended: `why` it failed, or ""."""
        if self.ok is not (not why):
            self.ok, self.since = not why, now
        self.why, self.missed = why, self.missed + 1 if why else 0

    def due(self, now: float, *, hurried: bool) -> bool:
        """What is lost and metered is not knocked at without end."""
        soon = hurried or self.doubted or (self.missed and not (self.lost and self._pace is METERED))
        return now - self.tried >= (AGAIN if soon else self._pace.every)

    @property
    def _pace(self) -> Pace:
        return METERED if self.name == Kind.LTE else HOME


class Paths:
    """`named`: the names of those whose loss is a fault; without any, all that worked once in this home.

    `all`: by name; `main`: the one that the system uses, which is tried, and left by, as the system routes.
    """

    def __init__(self, named: Iterable[str] = ()) -> None:
        self.expected = frozenset(named)
        self._learns = not self.expected
        self.main = Path("")
        self.all: dict[str, Path] = {}

    def recall(self, worked: Iterable[str]) -> None:
        """These worked before the last start."""
        if self._learns:
            self.expected |= frozenset(worked)

    def see(self, routes: Sequence[Route]) -> None:
        """These are there now, the one that is used first. Of each kind one device is looked at."""
        best = {route.kind.value: route for route in reversed(routes)}
        for name in best.keys() | self.all.keys() | self.expected:
            path = self.all.setdefault(name, Path(name))
            if path.route != best.get(name):
                path.route, path.tried = best.get(name), LONG_AGO
        main = self.all[routes[0].kind] if routes else self.main if not self.main.name else Path("")
        if main is not self.main:
            self.main, main.tried = main, LONG_AGO

    def due(self, now: float, *, hurried: bool) -> list[Path]:
        """What is to be tried from now on. `hurried`: an alert is being sent, and nothing is believed for long."""
        watched = [self.main, *(path for path in self.all.values() if path is not self.main)]
        due = [path for path in watched if path.due(now, hurried=hurried)]
        for path in due:
            path.tried, path.doubted = now, False
        return due

    def found(self, path: Path, why: str, now: Moment) -> None:
        """A try ended: `why` it failed, or "". When the system's own way fails, the others are looked at at once."""
        if path is self.main and why and path.ok is not False:
            for other in self._others:
                other.tried = LONG_AGO
        path.found(why, now)
        if path.ok and path.name and self._learns:
            self.expected |= {path.name}

    def proved(self, device: str, now: Moment) -> None:
        """Something got through by this device, or as the system routes ("")."""
        for path in [p for p in self.all.values() if p.device == device] if device else [self.main]:
            path.tried = now.mono
            self.found(path, "", now)

    def doubt(self, device: str, why: str, now: Moment) -> None:
        """Something did not get through by this device. `why` it is gone; or "": then the next try decides, soon."""
        for path in [path for path in self.all.values() if path.device == device]:
            path.doubted = True
            if why:
                self.found(path, why, now)

    @property
    def _others(self) -> list[Path]:
        """Past the system's own way, the one that it would use first."""
        there = [path for path in self.all.values() if path.route and path is not self.main]
        return sorted(there, key=lambda path: path.route.metric if path.route else 0)

    @property
    def out(self) -> str | None:
        """The device to leave by, "" as the system routes: nothing else while that is well. None: nothing works."""
        return "" if self.main.ok is not False else self.aside or None

    @property
    def aside(self) -> str:
        """Past the system's own way, the first device that leads on, or ""."""
        return next((path.device for path in self._others if path.ok), "")

    @property
    def mobile(self) -> bool:
        """Whether what leaves now, or would, leaves by mobile data."""
        taken = next((path for path in self._others if path.device == self.out), self.main)
        return taken.name == Kind.LTE

    def verdicts(self) -> Iterator[tuple[str, bool, str]]:
        """Name, whether it works, and why not, of each expected path about which that is certain. While no path works
        that alone is said.
        """
        for path in [self.all[name] for name in self.expected if name in self.all]:
            if path.ok or (path.lost and self.out is not None):
                yield path.name, bool(path.ok), path.why
