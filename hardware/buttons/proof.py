"""Whether the radio listens: a scan that was started may be deaf, only adverts heard prove that it is not."""

from collections.abc import Iterable, Mapping

_FIRST = 1.0  # seconds that a new scan gets to hear something by itself
_NO_RSSI = -127  # bleak's word for a signal strength that BlueZ forgot
_MOST = 1024  # devices remembered at once: anybody can fill the air with addresses


class Proof:
    """`silence`: seconds without an advert of any device after which a scan is not believed any more.
    `patience`: seconds that a failure may last before it is told.
    """

    def __init__(self, silence: float, patience: float) -> None:
        self._silence = silence
        self._patience = patience
        self._heard_at: float | None = None  # the last advert on any scan; at first, when it began to listen
        self._heard_on_it = False  # an advert on this scan
        self._started_at: float | None = None  # this scan; None: there is none
        self._asked = False  # for another proof, since the last advert
        self._asked_on_it = False  # on this scan
        self._failing_since: float | None = None  # and no advert since
        self._reason = ""
        self._told = ""

    def begin(self, now: float) -> None:
        """From now on somebody wants to hear."""
        if self._heard_at is None:
            self._heard_at = now

    def started(self, now: float) -> None:
        """There is a new scan, which proves nothing. What was told before stays."""
        self._told = self.trouble(now)
        self._started_at = now
        self._asked = self._asked_on_it = False

    def heard(self, now: float) -> None:
        self._heard_at, self._heard_on_it, self._asked = now, True, False
        self._failing_since, self._told = None, ""

    def failed(self, now: float, reason: str, began: float) -> None:
        """The scan ended, or none could be started, which was tried from `began` on."""
        if self._failing_since is None:
            self._failing_since = began if self._started_at is None else now
        self.end()
        self._reason = reason
        if self.trouble(now):
            self._told = reason

    def give_up(self, reason: str) -> None:
        """Everything was tried: told at once."""
        self._told = reason

    def end(self) -> None:
        """There is no scan any more."""
        self._started_at, self._heard_on_it = None, False

    def deadline(self) -> float:
        """When the scan that was started is not believed any more unless it hears something."""
        return max(self._heard_at or 0.0, self._started_at or 0.0) + self._silence

    def ask_at(self) -> float:
        """When to ask for an advert of whatever is there: soon on a new scan, and before a silence is believed."""
        if not self._asked_on_it:
            return (self._started_at or 0.0) + min(_FIRST, self._silence / 2)
        return float("inf") if self._asked else (self._heard_at or 0.0) + self._silence / 2

    @property
    def silent(self) -> str:
        """What is said of a silence."""
        return f"no advert for {self._silence:g} s"

    def asked(self) -> None:
        self._asked = self._asked_on_it = True

    def listening(self, now: float) -> bool:
        return self._heard_on_it and now < (self._heard_at or 0.0) + self._silence

    def trouble(self, now: float) -> str:
        """Why presses may not be heard; "" when nothing speaks against it."""
        if self._told:
            return self._told
        failing = self._started_at is None and self._failing_since is not None
        if failing and now >= (self._failing_since or 0.0) + self._patience:
            return self._reason
        if self._heard_at is not None and now >= self._heard_at + self._silence:
            return self._reason if failing else self.silent
        return ""


class News:
    """Whether what bleak calls an advert came over the air: it calls any news of a device one, the end of a link or
    a signal strength that BlueZ forgets among them.
    """

    def __init__(self) -> None:
        self._last: dict[str, tuple[int, Mapping[str, bytes], Mapping[int, bytes]]] = {}

    def forget(self) -> None:
        """BlueZ begins anew: the first word of each device is news again."""
        self._last.clear()

    def forget_some(self, addresses: Iterable[str]) -> None:
        """BlueZ forgot these: it tells of them again when they are heard."""
        for address in addresses:
            self._last.pop(address, None)

    def take(self, address: str, rssi: int, service_data: Mapping[str, bytes], maker: Mapping[int, bytes]) -> bool:
        said = (rssi, service_data, maker)
        if rssi == _NO_RSSI or self._last.get(address) == said:
            return False
        if address not in self._last and len(self._last) >= _MOST:
            self._last.clear()
        self._last[address] = said
        return True
