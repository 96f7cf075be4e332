"""Where a cell of the mobile network is: asked of a service, in an incident only, and of nothing but that cell.

It speaks as Mozilla's Ichnaea is spoken to, which beaconDB and others understand (`POST …/v1/geolocate`).
"""

import asyncio
import json
import logging
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import certifi
import urllib3

from hub.model import Cell, Moment, Position, Source
from hub.position import sensible

log = logging.getLogger(__name__)

AGAIN = 60.0  # s; then a cell that was not found is asked for again
GIVEN_UP = 10.0  # s, counted from outside: the thread may take longer, nobody waits for it
INSIDE = urllib3.Timeout(connect=4.0, read=6.0)  # s; so that the thread comes back
RADIO = {"LTE": "lte", "2G": "gsm"}  # whatever else is 3G


class Cells:
    """A thread and a connection of its own: nothing it waits for is waited for by an alert."""

    def __init__(self, url: str, clock: Callable[[], Moment], trust: ssl.SSLContext | None = None) -> None:
        """`url`: the whole address of the service; `trust` is for tests."""
        self._url = url
        self._clock = clock
        self._found: dict[Cell, Position] = {}
        self._missed: dict[Cell, float] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="cells")
        trust = trust or ssl.create_default_context(cafile=certifi.where())  # read now: disks fail later
        self._line = urllib3.PoolManager(ssl_context=trust, timeout=INSIDE)

    async def find(self, cell: Cell) -> Position | None:
        """Where the hub is now that it uses this cell; None when nobody says."""
        if cell not in self._found and self._clock().mono - self._missed.get(cell, float("-inf")) >= AGAIN:
            await self._ask(cell)
        known = self._found.get(cell)
        return known and replace(known, at=self._clock())

    def forget(self) -> None:
        """Where it was is nobody's business any more."""
        self._found.clear()
        self._missed.clear()

    async def _ask(self, cell: Cell) -> None:
        self._missed[cell] = self._clock().mono
        asked = asyncio.get_running_loop().run_in_executor(self._thread, self._post, cell)
        try:
            self._found[cell] = _read(await asyncio.wait_for(asked, GIVEN_UP), self._clock())
        except (TimeoutError, urllib3.exceptions.HTTPError, LookupError, TypeError, ValueError) as problem:
            log.info("cells: no answer of use: %s", type(problem).__name__)

    def _post(self, cell: Cell) -> bytes:
        return self._line.request("POST", self._url, json=question(cell), retries=False).data


def question(cell: Cell) -> dict[str, object]:
    """`considerIp`: false, or the address of the home's router would pass for where the hub is."""
    tower = {
        "radioType": RADIO.get(cell.technology, "wcdma"),
        "mobileCountryCode": cell.country,
        "mobileNetworkCode": cell.network,
        "locationAreaCode": cell.area,
        "cellId": cell.id,
    }
    return {"cellTowers": [tower], "considerIp": False, "fallbacks": {"ipf": False}}


def _read(body: bytes, now: Moment) -> Position:
    """Raises LookupError, TypeError or ValueError for anything but a position: errors are answered without one."""
    answer = json.loads(body)
    place = answer["location"]
    found = Position(float(place["lat"]), float(place["lng"]), float(answer["accuracy"]), now, Source.CELL)
    if not sensible(found):
        raise ValueError("no position")
    return found
