"""A modem that is not there: its SIM is one more telephone of the simulated network."""

import asyncio
import contextlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from hub.errors import DeliveryError, Refusal
from hub.numbers import refuse_emergency
from hub.ports import How, Incoming, ModemView, Progress, Receipt

SIM = "+33639980090"  # from the range that the French regulator keeps for fiction
TROUBLES = ("absent", "no_network", "silent")
LOOK = 1.0  # s; from one look for what came in to the next
ANSWER = 5.0  # s; for the network, which is on this machine
PROGRESS = {"delivered": Progress.DELIVERED, "undelivered": Progress.UNDELIVERED, "failed": Progress.UNDELIVERED}


class SimulatedModem:
    """Well until `simulate` says otherwise, as long as a telephone network listens on the socket `network`."""

    def __init__(self, network: Path) -> None:
        self._network = network
        self._reached = False
        self._trouble = ""

    @property
    def view(self) -> ModemView:
        trouble = self._trouble or ("" if self._reached else "no_network")
        if trouble == "absent":
            return ModemView(trouble=trouble)
        seen = ModemView(present=True, unlocked=True, answering=trouble != "silent", trouble=trouble)
        if trouble == "no_network":
            return seen
        return ModemView(True, True, True, "Simulation", "LTE", 80, seen.answering, trouble)

    async def send(self, number: str, text: str) -> str:
        try:
            refuse_emergency(number)
        except Refusal as refusal:
            raise DeliveryError("an emergency number", code=refusal.key, permanent=True) from refusal
        if self._trouble:
            raise DeliveryError("the modem sends nothing", code=self._trouble)
        return str((await self._ask("write", number=SIM, to=number, text=text))["sms"])

    async def receipt(self, id: str) -> Receipt | None:
        try:
            sms = await self._ask("written", sms=id)
        except DeliveryError:
            return None
        return Receipt(PROGRESS.get(sms["state"], Progress.WAITING), str(sms["error"] or ""))

    async def listen(self, hear: Callable[[Incoming], None]) -> None:
        """Until cancelled."""
        while True:
            if not self._trouble:
                await self._take(hear)
            await asyncio.sleep(LOOK)

    async def _take(self, hear: Callable[[Incoming], None]) -> None:
        try:
            came = (await self._ask("take", number=SIM))["messages"]
        except DeliveryError:
            self._reached = False
            return
        self._reached = True
        for sms in came:
            hear(Incoming(sms["id"], sms["from"], datetime.fromisoformat(sms["at"]), How.SMS, sms["text"]))

    async def _ask(self, command: str, **values: str) -> dict[str, Any]:
        """One exchange with the network. Raises DeliveryError."""
        try:
            async with asyncio.timeout(ANSWER):
                reader, writer = await asyncio.open_unix_connection(self._network)
                with contextlib.closing(writer):
                    writer.write(json.dumps({"command": command, **values}).encode() + b"\n")
                    answer: dict[str, Any] = json.loads(await reader.readline())
        except (OSError, ValueError) as problem:
            raise DeliveryError("the telephone network does not answer", code="no_network") from problem
        if not answer["ok"]:
            raise DeliveryError(answer["error"], code="no_network")
        return answer

    def simulate(self, request: Mapping[str, object]) -> dict[str, object]:
        """`{"command": "modem"}` asks; with `trouble` it gets into that one of TROUBLES, or with "" out of it."""
        trouble = request.get("trouble", self._trouble)
        if trouble not in ("", *TROUBLES):
            raise Refusal("malformed_request", problem=f'trouble is "" or one of {", ".join(TROUBLES)}')
        self._trouble = str(trouble)
        return {"trouble": self._trouble, "number": SIM}
