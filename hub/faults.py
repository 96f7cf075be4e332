"""What does not work, since when, and whether a technician was told. A fault never stops anything."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import TracebackType

from hub.model import Moment

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fault:
    """`code` names a sentence in `[faults]` of the texts: the device, path or service that fails.

    `told`: when the technicians last heard that it fails; None: they do not think so, or not any more.
    """

    code: str
    since: Moment
    told: Moment | None = None
    restored: Moment | None = None


class Faults:
    """The faults of now. `changed` is called with each one that appears or goes, to be written down."""

    def __init__(self, clock: Callable[[], Moment], discreet: Callable[[str], bool] = lambda _code: False) -> None:
        """`discreet`: whether the moment of this fault shows presence; then only its day is kept, and no log."""
        self._clock = clock
        self.discreet = discreet
        self._present: dict[str, Fault] = {}
        self._over: dict[str, Fault] = {}
        self._why: dict[str, str] = {}
        self.changed: list[Callable[[Fault], None]] = []

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._present.values())

    def __contains__(self, code: object) -> bool:
        return code in self._present

    @property
    def over(self) -> tuple[Fault, ...]:
        """What works again, and the technicians do not know it yet."""
        return tuple(self._over.values())

    def why(self, code: str) -> str:
        """The technical reason last given; "" when all is well."""
        return self._why.get(code, "")

    def put(self, code: str, why: str) -> None:
        """Something fails; said once however often it is repeated. Those who still think so are not told anew."""
        self._why[code] = why
        if code in self._present:
            return
        if not self.discreet(code):
            log.warning("fault %s: %s", code, why)
        before = self._over.get(code)
        self._keep(Fault(code, self._moment(code), told=before.told if before else None))

    def restore(self, code: str) -> None:
        """It works again."""
        self._why.pop(code, None)
        fault = self._present.pop(code, None)
        if fault is not None:
            if not self.discreet(code):
                log.info("restored %s", code)
            self._keep(replace(fault, restored=self._moment(code)))

    def set(self, code: str, ok: bool, why: str = "") -> None:
        if ok:
            self.restore(code)
        else:
            self.put(code, why)

    def told(self, fault: Fault) -> None:
        """The technicians have heard this of it; it may have changed meanwhile."""
        code = fault.code
        now = self._present.get(code) or self._over.get(code) or replace(fault, restored=self._moment(code))
        self._keep(replace(now, told=None if fault.restored else self._moment(code)))

    def guard(self, code: str) -> "Guard":
        """One device's task: whatever it raises becomes a fault and goes no further.

        That it raised nothing proves nothing: whoever saw the device work restores the fault.
        """
        return Guard(self, code)

    def load(self, faults: list[Fault]) -> None:
        """What was wrong before the restart stays wrong until something says otherwise."""
        for fault in faults:
            if fault.restored is None or fault.code not in self._present:
                self._remember(fault)

    def _moment(self, code: str) -> Moment:
        return self._clock().day if self.discreet(code) else self._clock()

    def _remember(self, fault: Fault) -> None:
        self._over.pop(fault.code, None)
        if fault.restored is None:
            self._present[fault.code] = fault
        elif fault.told is not None:
            self._over[fault.code] = fault

    def _keep(self, fault: Fault) -> None:
        self._remember(fault)
        for listener in self.changed:
            listener(fault)


@dataclass(frozen=True, slots=True)
class Guard:
    """What `Faults.guard` gives. A class: it stands on the path of a press, where a generator would cost more."""

    faults: Faults
    code: str

    def __enter__(self) -> None:
        """Nothing is done before the device."""

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(problem, Exception):
            return False
        self.faults.put(self.code, f"{type(problem).__name__}: {problem}")
        return True
