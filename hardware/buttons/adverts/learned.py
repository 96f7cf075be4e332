"""A watched button whose adverts were learned: a value that changed is a signal, its rules say what it means.

What it said last is kept with its last press as a checksum, in the place of a packet id: when the hub starts again
BlueZ may say it again, but not for long, and then the same value is another press.
"""

import re
from zlib import crc32

from hardware.buttons.adverts.advert import Advert
from hardware.buttons.adverts.ear import NOTHING, Reading
from hub.model import Button
from hub.ports import Press
from hub.profile import actions

_SERVICE = "service:"
_MAKER = re.compile("maker:[0-9a-f]{4}")


class LearnedButton:
    """Rules on what a connection tells are not for here."""

    def __init__(self, button: Button) -> None:
        self._address = button.address
        self._rules = button.rules
        sources = sorted({rule.source for rule in button.rules})
        self._services = [(one, one.removeprefix(_SERVICE)) for one in sources if one.startswith(_SERVICE)]
        self._makers = [(one, int(one[-4:], 16)) for one in sources if _MAKER.fullmatch(one)]
        self._last: dict[str, bytes] = {}
        self._before = button.counter

    def take(self, advert: Advert) -> Reading:
        presses: list[Press] = []
        changed = False
        for source, uuid in self._services:
            changed |= self._signal(source, advert.service_data.get(uuid), advert.heard_at, presses)
        for source, company in self._makers:
            changed |= self._signal(source, advert.maker.get(company), advert.heard_at, presses)
        return Reading(presses, beacon=not presses) if changed else NOTHING

    def settle(self) -> None:
        self._before = None

    def _signal(self, source: str, value: bytes | None, now: float, presses: list[Press]) -> bool:
        """Whether it is one; what it means is added to `presses`."""
        known = self._last.get(source)
        if value is None or value == known:
            return False
        self._last[source] = value
        mark = crc32(value, crc32(source.encode()))
        if known is None and mark == self._before:
            return False
        presses += [Press(self._address, action, now, mark) for action in actions(self._rules, source, value)]
        return True
