"""The machine's radio: a Bumble controller as its hci0, and BTHome buttons within its range, which `press` presses.

A request is one line: the button's address, and what BTHome calls the event (1 a click, 4 a long press).
"""

import asyncio

from tests.radio.stories.air import Air, BthomeButton

SOCKET = "/run/radio/socket"
BURST = 1.5  # s, as a Shelly BLU Button's


class Buttons:
    def __init__(self, air: Air) -> None:
        self._air = air
        self._buttons: dict[str, BthomeButton] = {}

    async def press(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address, code = (await reader.readline()).decode().split()
        button = self._buttons.setdefault(address, BthomeButton(self._air, address))
        async with button.pressing(int(code)):
            await asyncio.sleep(BURST)
        writer.close()


async def main() -> None:
    air = Air()
    await air.plug()
    server = await asyncio.start_unix_server(Buttons(air).press, SOCKET)
    await server.serve_forever()


asyncio.run(main())
