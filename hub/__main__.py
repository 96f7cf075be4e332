"""The command `hub`, and the only place that plugs devices in."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from hub.cli import build

if TYPE_CHECKING:
    from hub.config import Config
    from hub.core import Devices
    from hub.doorkeeper import Doors, ServiceButton
    from hub.network import Network
    from hub.ports import Buttons, Mains, Microphone, Modem, Siren


def run_daemon(config: "Config", path: Path | None) -> int:
    """`hub run`: until SIGTERM. Whatever an alert needs is imported here, before READY.

    The process is ended here and not by the interpreter, which would wait for a thread that hangs in a send or
    a look-up, and the next start with it.
    """
    import asyncio

    from hub import addresses, daemon, journal
    from hub.core import Hub
    from hub.lines import open_lines
    from hub.way import Way

    log, code = journal.begin(), 1
    addresses.keep(config.state.dir / "addresses.json")
    try:
        way = Way()
        hub = Hub(config, plug_in(config, path), *open_lines(config, way), way)
        asyncio.new_event_loop().run_until_complete(daemon.run(hub, journal.notify))
        code = 0
    except BaseException as problem:
        journal.last_words(problem)
        raise
    finally:
        log.stop()
        sys.stderr.flush()
        os._exit(code)


def plug_in(config: "Config", path: Path | None) -> "Devices":
    """The devices that the configuration names; never others."""
    from hub.core import Devices

    recorder, courier, sweeper = (child_command(name, path) for name in CHILDREN)
    found = buttons(config), siren(config), recorder, mains(config), modem(config), network(config)
    return Devices(*found, courier, sweeper, doors(config), service_button(config))


def buttons(config: "Config") -> "Buttons":
    if config.buttons.device == "simulated":
        from hardware.simulated.buttons import SimulatedButtons

        return SimulatedButtons()
    from hardware.buttons.scanner import BleButtons

    return BleButtons(config.buttons.adapter, recovery=config.state.socket.with_name("radio"))


def siren(config: "Config") -> "Siren":
    if config.siren.device == "simulated":
        from hardware.simulated.siren import SimulatedSiren

        return SimulatedSiren(config.siren.max_seconds)
    from hardware import lowering
    from hardware.siren import GpioSiren

    lowering.note(config.state.socket.with_name("siren"), config.siren.pin, config.siren.active_high)
    return GpioSiren(config.siren.pin, config.siren.active_high, config.siren.max_seconds)


def modem(config: "Config") -> "Modem | None":
    if config.modem.device == "none":
        return None
    if config.modem.device == "simulated":
        from hardware.simulated.modem import SimulatedModem

        return SimulatedModem(config.state.socket.with_name("network.sock"))
    from functools import partial

    from hardware.modem.lte import LteModem
    from hardware.modem.recovery import ask_for_restart

    pin = config.modem.pin.get_secret_value() if config.modem.pin else ""
    return LteModem(pin=pin, restart=partial(ask_for_restart, config.state.socket.with_name("modem")))


def mains(config: "Config") -> "Mains | None":
    if config.power.device == "none":
        return None
    if config.power.device == "simulated":
        from hardware.simulated.power import SimulatedMains

        return SimulatedMains()
    from hardware.power import GpioMains

    return GpioMains(config.power.pin, config.power.active_high)


def network(config: "Config") -> "Network | None":
    """Where a device is simulated, what the hub talks to is on this machine."""
    if config.simulated:
        return None
    from hardware.network import SystemNetwork

    return SystemNetwork()


def doors(config: "Config") -> "Doors | None":
    """Where a device is simulated, the page is there all the time (`hub demo`), or not at all."""
    if config.simulated:
        return None
    from hardware.page import SystemDoors

    return SystemDoors()


def service_button(config: "Config") -> "ServiceButton | None":
    if not config.page.pin:
        return None
    from hardware.service_button import GpioServiceButton

    return GpioServiceButton(config.page.pin)


def child_command(name: str, path: Path | None) -> tuple[str, ...]:
    from hub import place

    return (sys.executable, "-m", "hub", "--config", str(place.configuration(path)), name)


def run_recorder(config: "Config", _path: Path | None) -> int:
    """The recorder child: the only process that opens the microphone."""
    from hub.evidence import child

    state, recipients = config.state.dir, config.evidence.recipients
    return child.main(microphone(config), state / "evidence", state / "keys", recipients)


def run_courier(config: "Config", _path: Path | None) -> int:
    """The courier child: takes recordings elsewhere."""
    from hub import addresses
    from hub.evidence import carrying

    addresses.keep(config.state.dir / "addresses-courier.json")
    return carrying.main(config.evidence, config.state.dir / "evidence")


def run_sweeper(config: "Config", _path: Path | None) -> int:
    """The child that deletes recordings, and ends: what it did is on standard output."""
    from hub.evidence import retention

    return retention.main(config.evidence, config.state.dir)


def microphone(config: "Config") -> "Microphone":
    if config.microphone.device == "simulated":
        from hardware.simulated.microphone import SimulatedMicrophone

        return SimulatedMicrophone(config.microphone.rate)
    from hardware.microphone import PyAudioMicrophone

    return PyAudioMicrophone(config.microphone.name, config.microphone.rate)


CHILDREN = {"recorder": run_recorder, "courier": run_courier, "sweeper": run_sweeper}


def main() -> None:
    build(run_daemon, CHILDREN)()


if __name__ == "__main__":
    main()
