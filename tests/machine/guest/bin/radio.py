"""The machine's radio: a Bumble controller as its hci0, and BTHome buttons within its range, which `press` presses.

A request is one line: the button's address, what BTHome calls the event (1 a click, 4 a long press), and its packet id:
the button outlives the machine's starts, and so does its count.
"""

import asyncio
from functools import partial

from tests.radio.stories.air import Air, BthomeButton, Sender

SOCKET = "/run/radio/socket"
BURST = 1.5  # s, as a Shelly BLU Button's


async def press(air: Air, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    address, event, packet = (await reader.readline()).decode().split()
    async with BthomeButton(air, address, first=int(packet)).pressing(int(event)):
        await asyncio.sleep(BURST)
    writer.close()


async def neighbour(air: Air) -> None:
    """As in every home somebody else's device is heard; where none is for a minute, the hub doubts its own radio."""
    lamp = Sender(air, "C4:7C:8D:00:00:01")
    while True:
        lamp.send(b"\x09lamp")
        await asyncio.sleep(1)


async def main() -> None:
    air = Air()
    await air.plug()
    server = await asyncio.start_unix_server(partial(press, air), SOCKET)
    await asyncio.gather(server.serve_forever(), neighbour(air))


asyncio.run(main())
