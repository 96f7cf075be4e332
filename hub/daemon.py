"""The daemon: brings the parts up in the order that arms the hub soonest, keeps them going, takes them down."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Awaitable, Callable, Container, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from time import monotonic
from typing import Any, Protocol

from hub import chain, locator, receipts, resuming, second, services, wiping
from hub.control.server import serve
from hub.control.simulation import Simulation
from hub.control.table import Desk
from hub.core import Hub, clock
from hub.errors import DeliveryError
from hub.evidence.sweeper import keep_swept
from hub.ports import Siren

log = logging.getLogger(__name__)

LOOK = 5.0  # s; for what is to be told to technicians
CONFIRMED = 25.0  # s; a path that fails is checked again before technicians are told
PACED_BY_ITSELF = (0.0, 0.0)  # s; a pause between two tries of the radio would be a deaf one
LOOK_UPS = 32  # threads for what asyncio does in threads: name look-ups hang when the network is gone
STORE_PATIENCE = 3.0  # s; at the end, for what is not written yet
# s; at the end, for the services: the recorder needs most. Together with the store's less than TimeoutStopSec.
END_PATIENCE = 4.5
WIPE_PATIENCE = 2.0  # s; to put everything out of its place


class Notifier(Protocol):
    """What the service manager is told; systemd.daemon.notify."""

    def __call__(self, state: str, /) -> object: ...


async def run(hub: Hub, notify: Notifier) -> None:
    """Until SIGTERM or SIGINT, or until something breaks that must not: then it raises that.

    The siren is silent before and after, whatever happens in between.
    """
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(LOOK_UPS, thread_name_prefix="look-up"))
    hub.broken = loop.create_future()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        await _armed(hub, notify, stop)
    finally:
        hub.devices.siren.close()  # again: a service that would not end may have woken it
        await hub.dispatcher.stop()
        await hub.receipts.stop()
        await hub.store.close(STORE_PATIENCE)


async def _armed(hub: Hub, notify: Notifier, stop: asyncio.Event) -> None:
    with hub.faults.guard("siren"):
        hub.devices.siren.open()
    await _forget_all(hub)
    await hub.store.open()
    await resuming.resume(hub)
    tasks = [asyncio.create_task(work) for work in _services(hub, notify)]
    notify("READY=1")
    hub.ready.set()
    log.info("ready")
    try:
        await _until(stop, hub, tasks)
    finally:
        notify("STOPPING=1")
        hub.devices.siren.close()
        await services.let_go(tasks, END_PATIENCE)


async def _forget_all(hub: Hub) -> None:
    """Where somebody asked for it. A disk that does not answer keeps no hub from starting."""
    with contextlib.suppress(TimeoutError, OSError):
        async with asyncio.timeout(WIPE_PATIENCE):
            if await asyncio.to_thread(wiping.begin, hub.config.state.dir):
                log.info("everything is forgotten")


async def _until(stop: asyncio.Event, hub: Hub, tasks: "list[asyncio.Task[None]]") -> None:
    """Until it is to stop. Raises what broke, or what ended a service that never ends."""
    assert hub.broken is not None
    stopping = asyncio.create_task(stop.wait())
    over: set[asyncio.Future[Any]] = {stopping, hub.broken, *tasks}
    done, _ = await asyncio.wait(over, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    for one in done:
        one.result()


def _services(hub: Hub, notify: Notifier) -> list[Coroutine[None, None, None]]:
    own = [] if hub.devices.modem is None else [services.keep("modem", lambda: _listen_to_modem(hub), hub.faults)]
    where = [] if hub.locator is None else [_service(hub, "position", locator.LOOK, hub.locator.look)]
    return [
        *own,
        *where,
        *_service_button(hub),
        services.keep("buttons", lambda: hub.devices.buttons.listen(hub.hear), hub.faults, PACED_BY_ITSELF),
        services.keep("microphone", hub.recorder.run, hub.faults),
        services.keep("control", lambda: _listen(hub), hub.faults, proven_after=1.0),
        _service(hub, "devices", 0.5, lambda: _look_at_devices(hub)),
        _service(hub, "reading", 0.0, lambda: resuming.read_what_could_not_be_read(hub)),
        _service(hub, "pursuit", 1.0, lambda: _pursue(hub)),
        _service(hub, "second", 0.5, lambda: _go_the_second_way(hub)),
        _service(hub, "receipts", receipts.LOOK_EVERY, lambda: _look_for_receipts(hub)),
        _service(hub, "callers", 1.0, lambda: _listen_to_callers(hub)),
        _service(hub, "menu", 60.0, lambda: _keep_menu(hub)),
        _service(hub, "paths", 3600.0, lambda: _check_paths(hub)),
        _service(hub, "dead_paths", CONFIRMED, lambda: _check_paths(hub, only=hub.faults)),
        _service(hub, "account", 3600.0, lambda: _check_account(hub)),
        _service(hub, "page", 1.0, lambda: _look_at_page(hub)),
        _service(hub, "leaving", 60.0, hub.leaving.look),
        _service(hub, "notices", LOOK, hub.notices.look),
        _service(hub, "telling", LOOK, hub.telling.look),
        _service(hub, "watchdog", chain.LOOK, lambda: _feed(hub, notify)),
        _service(hub, "recipients", 0.5, lambda: hub.recipients.look(hub.household.sealed_to)),
        *_outside(hub),
        *_children(hub),
    ]


def _service(hub: Hub, name: str, seconds: float, work: Callable[[], Awaitable[None]]) -> Coroutine[None, None, None]:
    turning = lambda: services.repeat(seconds, work, lambda: hub.chain.turned(name))  # noqa: E731
    return services.keep(f"service:{name}", turning, hub.faults, proven_after=services.SOUND_AFTER)


def _service_button(hub: Hub) -> list[Coroutine[None, None, None]]:
    button = hub.devices.service_button
    if button is None:
        return []
    listening = lambda: button.listen(lambda: hub.gate.open("button"))  # noqa: E731
    return [services.keep("service_button", listening, hub.faults, proven_after=services.SOUND_AFTER)]


async def _listen(hub: Hub) -> None:
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(serve(hub.config.state.socket, Desk(hub)))
        if hub.config.simulated:
            await stack.enter_async_context(serve(hub.config.state.simulation_socket, Simulation(hub)))
        await asyncio.Event().wait()


async def _look_at_devices(hub: Hub) -> None:
    """A device that failed is tried again; it is never replaced by another one."""
    radio = hub.devices.buttons
    if radio.trouble:
        hub.faults.put("buttons", radio.trouble)
    elif radio.listening:
        hub.faults.restore("buttons")
    hub.faults.set("buttons_degraded", not radio.degraded, "active scan")
    hub.faults.set("buttons_unreadable", not radio.unreadable, "frames that are not understood")
    if "siren" in hub.faults:
        _try_again(hub, hub.devices.siren)
    hub.watch.look(monotonic())
    if hub.supply is not None:
        hub.supply.look(monotonic())
    if hub.sim is not None:
        hub.sim.look(monotonic())


def _try_again(hub: Hub, siren: Siren) -> None:
    with hub.faults.guard("siren"):
        siren.open()
        hub.alerting.sound_again()
        hub.faults.restore("siren")


async def _pursue(hub: Hub) -> None:
    """Until somebody answers; and what closes by itself is closed."""
    hub.charge.turn()
    hub.alerting.tick()


async def _go_the_second_way(hub: Hub) -> None:
    """By the hub's own SIM, what the provider has not taken."""
    if hub.devices.modem is None:
        return
    now = clock().mono
    hub.untaken = second.untaken(hub.book.all(), hub.untaken, now)
    reason = second.NO_ROUTE if "internet" in hub.faults else hub.faults.why("twilio")
    for incident in {d.incident for d in hub.book.all() if d.pending}:
        made = second.twins(hub.book.of(incident), now, reason, hub.untaken)
        for twin in made:
            hub.book.put(twin)
        hub.dispatcher.start(made)


async def _listen_to_modem(hub: Hub) -> None:
    assert hub.devices.modem is not None
    await hub.devices.modem.listen(hub.hear_text)


async def _look_for_receipts(hub: Hub) -> None:
    hub.receipts.look(hub.alerting.incident)


async def _keep_menu(hub: Hub) -> None:
    if hub.outside is not None:
        await hub.keeper.look(hub.alerting.incident)


async def _listen_to_callers(hub: Hub) -> None:
    if hub.outside is not None:
        await hub.listener.look(hub.alerting.incident)
        if hub.alerting.incident is None and hub.receipts.idle:
            hub.outside.line.rest()


async def _check_paths(hub: Hub, only: Container[str] | None = None) -> None:
    """Not while an alert is being sent: it knows better, and a check must not take back what a send has found."""
    for path, channel in {channel.path: channel for channel in hub.channels.values()}.items():
        if hub.book.busy or (only is not None and path not in only):
            continue
        try:
            await channel.check()
        except DeliveryError as problem:
            hub.faults.put(path, problem.code)
        else:
            hub.faults.restore(path)


async def _look_at_page(hub: Hub) -> None:
    hub.gate.look()
    if hub.doorkeeper is not None:
        await hub.doorkeeper.look(monotonic())


async def _check_account(hub: Hub) -> None:
    if hub.outside is not None and hub.alerting.incident is None and not hub.book.busy:
        await hub.outside.account.look(hub.faults)


def _outside(hub: Hub) -> list[Coroutine[None, None, None]]:
    """What keeps its own pace, where it is configured."""
    paced = {"heartbeat": hub.heartbeat, "internet": hub.probe}
    return [
        services.keep(f"service:{name}", work.run, hub.faults, proven_after=services.SOUND_AFTER)
        for name, work in paced.items()
        if work is not None
    ]


def _children(hub: Hub) -> list[Coroutine[None, None, None]]:
    """What looks after the recordings, beside the recorder."""
    after = services.SOUND_AFTER
    return [
        services.keep("service:sweeper", lambda: _sweep(hub), hub.faults, proven_after=after),
        *([services.keep("courier", hub.courier.run, hub.faults, proven_after=after)] if hub.courier else []),
    ]


async def _sweep(hub: Hub) -> None:
    await keep_swept(hub.devices.sweeper, hub.faults, hub.full)


async def _feed(hub: Hub, notify: Notifier) -> None:
    """Nothing else feeds the watchdog: neither where the loop stands still, nor where it turns and a press is lost."""
    if hub.chain.moves():
        notify("WATCHDOG=1")
