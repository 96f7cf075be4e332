"""A service that knows where cells are, as Ichnaea does: a real server on loopback that can hang, or talk nonsense."""

import asyncio
from typing import Any

from aiohttp import web

Where = tuple[float, float, float]  # latitude, longitude, metres


class Masts:
    """`cells`: where each is, by its id; `asked`: all that it was asked; `instead`: its answer, whatever it knows."""

    def __init__(self) -> None:
        self.cells: dict[int, Where] = {}
        self.asked: list[dict[str, Any]] = []
        self.instead: str | None = None
        self.hangs = False
        self.url = ""

    async def __aenter__(self) -> "Masts":
        app = web.Application()
        app.router.add_post("/v1/geolocate", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1/geolocate"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        question = await request.json()
        self.asked.append(question)
        if self.hangs:
            await asyncio.sleep(3600)
        if self.instead is not None:
            return web.Response(text=self.instead)
        found = self.cells.get(question["cellTowers"][0]["cellId"])
        if found is None:
            return web.json_response({"error": {"code": 404, "message": "Not found"}}, status=404)
        latitude, longitude, accuracy = found
        return web.json_response({"location": {"lat": latitude, "lng": longitude}, "accuracy": accuracy})
