"""SMS by the hub's own SIM: no internet, no provider."""

from hub.channels.twilio import checked
from hub.errors import DeliveryError
from hub.ports import Message, Modem, Receipt


class ModemSms:
    path = "modem"

    def __init__(self, modem: Modem) -> None:
        self._modem = modem

    async def send(self, message: Message) -> str:
        return await self._modem.send(checked(message.to), message.text)

    async def check(self) -> None:
        if self._modem.view.trouble:
            raise DeliveryError("the modem sends nothing", code=self._modem.view.trouble)

    async def receipt(self, id: str) -> Receipt | None:
        return await self._modem.receipt(id)

    async def withdraw(self, id: str) -> None:
        """What was accepted is on its way."""
