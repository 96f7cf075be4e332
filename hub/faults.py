"""What does not work, since when, and whether a technician was told. A fault never stops anything."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import TracebackType

from hub.model import Moment

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fault:
    """`code` names a sentence in `[faults]` of the texts: the device, path or service that fails."""

    code: str
    since: Moment
    told: Moment | None = None
    restored: Moment | None = None


class Faults:
    """The faults of now. `changed` is called with each one that appears or goes, to be written down."""

    def __init__(self, clock: Callable[[], Moment], discreet: Callable[[str], bool] = lambda _code: False) -> None:
        """`discreet`: whether the moment of this fault shows presence; then only its day is kept, and no log."""
        self._clock = clock
        self._discreet = discreet
        self._present: dict[str, Fault] = {}
        self._why: dict[str, str] = {}
        self.changed: list[Callable[[Fault], None]] = []

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._present.values())

    def __contains__(self, code: object) -> bool:
        return code in self._present

    def why(self, code: str) -> str:
        """The technical reason last given; "" when all is well."""
        return self._why.get(code, "")

    def put(self, code: str, why: str) -> None:
        """Something fails; said once however often it is repeated."""
        self._why[code] = why
        if code in self._present:
            return
        if not self._discreet(code):
            log.warning("fault %s: %s", code, why)
        self._tell(Fault(code, self._moment(code)))

    def restore(self, code: str) -> None:
        """It works again."""
        self._why.pop(code, None)
        fault = self._present.pop(code, None)
        if fault is not None:
            if not self._discreet(code):
                log.info("restored %s", code)
            self._tell(replace(fault, restored=self._moment(code)))

    def set(self, code: str, ok: bool, why: str = "") -> None:
        if ok:
            self.restore(code)
        else:
            self.put(code, why)

    def guard(self, code: str) -> "Guard":
        """One device's task: whatever it raises becomes a fault and goes no further.

        That it raised nothing proves nothing: whoever saw the device work restores the fault.
        """
        return Guard(self, code)

    def load(self, faults: list[Fault]) -> None:
        """What was wrong before the restart stays wrong until something says otherwise."""
        self._present.update({fault.code: fault for fault in faults if fault.restored is None})

    def _moment(self, code: str) -> Moment:
        return self._clock().day if self._discreet(code) else self._clock()

    def _tell(self, fault: Fault) -> None:
        if fault.restored is None:
            self._present[fault.code] = fault
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
