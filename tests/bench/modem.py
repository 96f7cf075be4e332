"""SMS by the hub's own SIM: the daemon at its own pace, the real ModemManager, and a modem that is a program.

A span begins just before the simulated BlueZ sends its D-Bus signal. An SMS leaves when ModemManager has written its
first part to the modem; it is taken when the modem has said so of its last part. The modem takes 0.1 s for each part.
A modem is shown when ModemManager tells of its object on the bus; it is of use again when the hub shows its network on
the control socket, asked every 20 ms. Bare: the same texts by D-Bus calls alone, one after the other, once the hub has
ended.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from hardware.modem.manager import MANAGER, MODEM, SMS, Manager, manager
from hardware.simulated.network import Fault, Kind, Service
from tests.bench.daemon import MB, SETTLING, daemon_and_recorder, share
from tests.bench.report import Judged, Progress, Row
from tests.bench.street import environment, outside, press, settled
from tests.modem.fakemodem import FakeModem, world
from tests.scenarios.mobile import Mobile
from tests.scenarios.world import PHONES, SINGLE, World

PRESSES, SILENCES, REPLUGS, BARE = 20, 5, 20, 5
TITLE = f"the hub's own SIM: {PRESSES} presses without a route, {SILENCES} of 20 s, {REPLUGS} replugs"
PATIENCE = 60.0  # s
IDLE = 45.0  # s; two looks at a modem, and less than the silence after which the radio is taken for deaf


class TimedModem(FakeModem):
    """`left`: when each part came to it, `taken`: when it had said yes to one; monotonic."""

    def __init__(self) -> None:
        super().__init__()
        self.left: list[float] = []
        self.taken: list[float] = []

    async def submit(self, pdu: str) -> int:
        self.left.append(time.monotonic())
        reference = await super().submit(pdu)
        self.taken.append(time.monotonic())
        return reference

    def forget(self) -> None:
        for known in (self.left, self.taken, self.outbox):
            known.clear()

    @property
    def reached(self) -> bool:
        return {sms.number for sms in self.outbox} == set(PHONES)


async def measure(progress: Progress) -> list[Row]:
    modem = TimedModem()
    async with outside() as home, world(home.bus, modem, home.folder) as around:
        mobile = Mobile(home, around)
        await mobile.begin(haste="1")
        await mobile.until_ready()
        idle, resident = await _idle(home, progress)
        replugs = [await _replug(mobile, progress) for _ in range(REPLUGS)]
        lost = [await _press(home, modem, Kind.RESET, progress) for _ in range(PRESSES)]
        silent = [await _press(home, modem, Kind.HANG, progress) for _ in range(SILENCES)]
        texts = mobile.sent
        await home.stop()
        bare = [await _bare(home, modem, texts) for _ in range(BARE)]
    return [
        Row("no route: frame sent → first SMS leaves", [first for first, _, _ in lost], "s", 2),
        Row("no route: frame sent → last of 5 SMS taken", [last for _, last, _ in lost], "s"),
        Row("provider silent: frame sent → first SMS leaves", [first for first, _, _ in silent], "s", 21, Judged.MAX),
        Row("first SMS leaves → last of 5 taken", [span for _, _, span in lost], "s"),
        Row("the same, bare", bare, "s"),
        Row("the same ÷ bare, medians", [_median([span for _, _, span in lost]) / _median(bare)], "×"),
        Row("replugged: shown → of use again", replugs, "s", 10, Judged.MAX),
        Row("idle, with a modem: of one core", [idle], "%", 0.5),
        Row("resident, with a modem", [resident], "MB", 90),
    ]


def _median(spans: list[float]) -> float:
    return sorted(spans)[len(spans) // 2]


async def _press(home: World, modem: TimedModem, kind: Kind, progress: Progress) -> tuple[float, float, float]:
    """Seconds from the frame to the first part that leaves, to the last one taken, and from the one to the other."""
    progress.step(f"the provider: {kind}")
    modem.forget()
    home.network.faults.add(Fault(Service.TWILIO, kind))
    await asyncio.sleep(random.uniform(0, 1))  # the hub looks twice a second, and not at our moments
    sent = await press(home, SINGLE)
    await home.until(lambda: modem.reached, PATIENCE)
    first, last = modem.left[0], modem.taken[-1]
    home.network.faults.clear()
    await home.ask("resolve", id=(await home.incident())["id"], kind="test")
    await home.until(lambda: settled(home, "resolved"), PATIENCE)
    return first - sent, last - sent, last - first


async def _idle(home: World, progress: Progress) -> tuple[float, float]:
    """Per cent of one core that the daemon takes in all, and its resident memory in MB."""
    progress.step(f"idle for {IDLE:g} s")
    home.bluez.busy = False  # the neighbours of these tests are up only to show that the radio hears
    await asyncio.sleep(SETTLING)
    took, _ = await share(home, asyncio.sleep(IDLE))
    daemon, _ = daemon_and_recorder(home)
    home.bluez.busy = True
    return took, daemon.memory_info().rss / MB


async def _replug(mobile: Mobile, progress: Progress) -> float:
    progress.step("replug")
    await mobile.surroundings.unplug()
    await mobile.until_seen("absent")
    async with _shown(mobile.world) as shown:
        await mobile.surroundings.plug()
        await mobile.until_ready()
        return time.monotonic() - await asyncio.wait_for(shown, PATIENCE)


@asynccontextmanager
async def _shown(home: World) -> "AsyncIterator[asyncio.Future[float]]":
    """When ModemManager tells of a modem (monotonic)."""
    shown: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def hear(message: Message) -> None:
        told = message.message_type is MessageType.SIGNAL and message.member == "InterfacesAdded"
        if told and MODEM in message.body[1] and not shown.done():
            shown.set_result(time.monotonic())

    bus = await MessageBus(bus_address=home.bus.address).connect()
    bus.add_message_handler(hear)
    service = "org.freedesktop.DBus"
    rule = f"type='signal',sender='{MANAGER}',member='InterfacesAdded'"
    await bus.call(Message(service, "/org/freedesktop/DBus", service, "AddMatch", signature="s", body=[rule]))
    try:
        yield shown
    finally:
        bus.disconnect()


async def _bare(home: World, modem: TimedModem, texts: dict[str, str]) -> float:
    modem.forget()
    with environment(home.bus.environ):
        async with manager() as link:
            path = (await link.modem()).path
            for number, text in texts.items():
                await _send(link, path, number, text)
    return modem.taken[-1] - modem.left[0]


async def _send(link: Manager, modem: str, number: str, text: str) -> None:
    wanted = {"number": Variant("s", number), "text": Variant("s", text), "delivery-report-request": Variant("b", True)}
    sms = await link.call(modem, f"{MODEM}.Messaging", "Create", "a{sv}", wanted)
    await link.call(sms, SMS, "Send", timeout=PATIENCE)
    await link.call(modem, f"{MODEM}.Messaging", "Delete", "o", sms)
