"""Somebody outside who hears the heartbeat: a real server on loopback that can be slow, hang, refuse, or be gone."""

import asyncio
import ssl
from collections.abc import Sequence

from aiohttp import web


class Outsider:
    """`heard`: how each ping ended its address, with its body. `delay`: seconds before an answer; `status`: which.

    `context`: its certificate, for https.
    """

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.heard: list[tuple[str, str]] = []
        self.heads: list[str] = []
        self.status, self.delay = 200, 0.0
        self._runner: web.AppRunner | None = None
        self._port = 0
        self._context = context

    async def __aenter__(self) -> "Outsider":
        await self.come_back()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.go_away()

    async def come_back(self) -> None:
        """Listen, on the same port as before."""
        app = web.Application()
        app.router.add_route("*", "/k3y{rest:.*}", self._hear)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port, ssl_context=self._context, reuse_address=True).start()
        self._port = self._runner.addresses[0][1]

    async def go_away(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        return f"{'https' if self._context else 'http'}://127.0.0.1:{self._port}/k3y"

    def words(self) -> Sequence[str]:
        """How the addresses ended."""
        return [word for word, _ in self.heard]

    async def _hear(self, request: web.Request) -> web.Response:
        self.heard.append((request.match_info["rest"], await request.text()))
        self.heads.append(f"{request.method} {dict(request.headers)}")
        await asyncio.sleep(self.delay)
        return web.Response(text="OK", status=self.status, headers={"Location": f"{self.url}/elsewhere"})
