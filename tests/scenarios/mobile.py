"""A hub with a modem of its own: the real ModemManager, and a modem that is a program."""

from typing import Any

from hardware.simulated.network import Fault, Kind, Service
from tests.modem.fakemodem import FakeModem
from tests.modem.fakemodem import World as Surroundings
from tests.scenarios.world import PHONES, World


class Mobile:
    """The hub, the modem and what surrounds it; nothing runs before `begin`."""

    def __init__(self, world: World, surroundings: Surroundings) -> None:
        self.world = world
        self.surroundings = surroundings

    @property
    def modem(self) -> FakeModem:
        return self.surroundings.modem

    async def begin(self, *, pin: str = "", replies: bool = False, haste: str = "10") -> None:
        """The hub starts, in a home with five contacts; `pin`: the one it was given."""
        secret = self.world.folder / "pin.secret"
        secret.write_text(pin)
        lines = [f"replies = {str(replies).lower()}", f'pin_file = "{secret}"' if pin else ""]
        self.world.configure(modem="modemmanager", sim="\n".join(lines))
        await self.world.start(HUB_HASTE=haste)
        await self.world.settle_in()

    async def seen(self) -> str:
        """What `hub status` shows of it: operator, technology and signal, or what is wrong."""
        (path,) = [path for path in (await self.world.ask("status"))["paths"] if path["name"] == "modem"]
        return str(path["detail"])

    async def until_seen(self, words: str) -> None:
        async def shown() -> bool:
            return words in await self.seen()

        await self.world.until(shown, 30)

    async def until_ready(self) -> None:
        await self.until_seen("Home Net")

    async def until_told(self, reason: str) -> None:
        """It is a fault, and why."""

        async def told() -> bool:
            status = await self.world.ask("status")
            (device,) = [device for device in status["devices"] if device["name"] == "modem"]
            return "modem" in {fault["code"] for fault in status["faults"]} and device["detail"] == reason

        await self.world.until(told, 40)

    def cut_the_internet(self) -> None:
        for service in Service:
            self.world.network.faults.add(Fault(service, Kind.RESET))

    @property
    def sent(self) -> dict[str, str]:
        """The last text to each number that left by the SIM."""
        return {sms.number: sms.text for sms in self.modem.outbox}

    async def until_everybody_has_an_sms(self) -> None:
        await self.world.until(lambda: self.sent.keys() >= set(PHONES), 60)
        assert all("Lilas" in text for text in self.sent.values())

    async def by_the_sim(self) -> list[dict[str, Any]]:
        """The attempts of the newest incident that the modem made."""
        deliveries = (await self.world.incident())["deliveries"]
        return [attempt for one in deliveries for attempt in one["attempts"] if attempt["path"] == "modem"]
