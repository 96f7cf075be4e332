"""The technician's page before a real hub on simulated devices, over TLS: how long, how large, how much memory."""

import re
import ssl
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from time import monotonic, perf_counter

import psutil  # type: ignore[import-untyped]

from tests.bench.report import Judged, Progress, Row
from tests.web.fresh import ANNA, Hub, fresh_hub

TITLE = "the technician's page: each page 20 times"
TIMES = 20
PAGES = (
    *("/status", "/setup", "/presence", "/home", "/response", "/contacts", "/technicians", "/buttons", "/drill"),
    *("/incidents", "/recordings", "/siren", "/microphone", "/keys", "/codes", "/visits", "/sheet"),
)
KB, MB = 1000, 10**6


async def measure(progress: Progress) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder, fresh_hub(Path(folder)) as hub:
        hub.control.ask("contact add", name="Anna", phone=ANNA)
        browser = Browser(hub)
        took = list(_opened(browser, progress))
        sizes = [browser.weight(path) / KB for path in PAGES]
        assert hub.page_process
        family = [psutil.Process(hub.page_process.pid), *psutil.Process(hub.page_process.pid).children(recursive=True)]
        memory = [one.memory_info().rss / MB for one in family]
        return [
            Row("page: served, 17 pages", took, "ms", 150, Judged.MAX),
            Row("page: transferred, with all that belongs to it", sizes, "kB", 60, Judged.MAX),
            Row("page: the largest of its processes", [max(memory)], "MB", 60, Judged.MAX),
            Row("page: from its start to the first page", [browser.first - hub.page_begun], "s", 3, Judged.MAX),
        ]


class Browser:
    """A technician's, logged in."""

    def __init__(self, hub: Hub) -> None:
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        jar = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(jar, urllib.request.HTTPSHandler(context=trusting))
        self._page = hub.page
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.open("/").decode())
        self.first = monotonic()
        assert found
        fields = urllib.parse.urlencode({"csrf_token": found[1], "code": hub.new_code("technician")}).encode()
        self._opener.open(urllib.request.Request(f"{hub.page}/", fields, {"Origin": hub.page}))

    def open(self, path: str) -> bytes:
        """Its content; whoever is not logged in gets the page of the code."""
        with self._opener.open(f"{self._page}{path}") as answer:
            assert answer.url == f"{self._page}{path}"
            content: bytes = answer.read()
            return content

    def weight(self, path: str) -> int:
        """Bytes, of the page and of what it loads, for a browser that comes for the first time."""
        page = self.open(path)
        parts = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.decode()))
        return len(page) + sum(len(self.open(part)) for part in parts)


def _opened(browser: Browser, progress: Progress) -> Iterator[float]:
    """Milliseconds."""
    for number in range(TIMES):
        progress.step(f"{number} of {TIMES}")
        for path in PAGES:
            begun = perf_counter()
            browser.open(path)
            yield (perf_counter() - begun) * 1000
