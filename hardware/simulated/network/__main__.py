"""The network as a process of its own: it ends on SIGTERM, or when its standard input closes."""

import argparse
import asyncio
import json
import os
import signal
import sys
import threading
from pathlib import Path

from hardware.simulated.network.control import ControlSocket
from hardware.simulated.network.network import TelephoneNetwork
from hardware.simulated.network.phones import Behaviour


def main() -> None:
    asyncio.run(_run(_options().parse_args()))


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="network", description=__doc__)
    options.add_argument("--socket", type=Path, required=True, help="where to listen for commands")
    options.add_argument("--http-port", type=int, default=0, help="0: any free one")
    options.add_argument("--smtp-port", type=int, default=0, help="0: any free one")
    options.add_argument("--behaviour", choices=list(Behaviour), default=Behaviour.BY_HAND)
    return options


async def _run(options: argparse.Namespace) -> None:
    network = TelephoneNetwork(
        behaviour=Behaviour(options.behaviour), http_port=options.http_port, smtp_port=options.smtp_port
    )
    async with network, ControlSocket(network, options.socket):
        _announce(network)
        await _end()


def _announce(network: TelephoneNetwork) -> None:
    """The account is made up and the same everywhere: whoever starts the network is told how to use it."""
    account = network.account
    line = {"http": network.http_port, "smtp": network.smtp_port}
    whom = {"account": account.sid, "key": account.key, "secret": account.secret}
    sys.stdout.write(json.dumps(line | whom) + "\n")
    sys.stdout.flush()


async def _end() -> None:
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    threading.Thread(target=_watch_input, args=(loop, over), daemon=True).start()
    await over.wait()


def _watch_input(loop: asyncio.AbstractEventLoop, over: asyncio.Event) -> None:
    """A thread, because the loop cannot wait for every kind of file; it reads past Python's own buffers."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    loop.call_soon_threadsafe(over.set)


if __name__ == "__main__":
    main()
