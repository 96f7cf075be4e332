"""The name server is behind the router that dies: what happens to a look-up, with the system's real resolver."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from tests.nameserver import WITH_OUR_SERVER, NameServer
from tests.streets import FAR, Street

PROGRAM = """
import pathlib, socket, sys, time
from hub import addresses
addresses.keep(pathlib.Path(sys.argv[1]))
for line in open(0):
    began = time.monotonic()
    try:
        said = socket.getaddrinfo(line.strip(), 443, type=socket.SOCK_STREAM)[0][4][0]
    except OSError as problem:
        said = type(problem).__name__
    print(said, time.monotonic() - began, flush=True)
"""


class Resolver:
    """A process inside the home, with our name server, that looks names up and keeps them in this file."""

    async def start(self, street: Street, file: Path) -> None:
        resolver = file.with_name("resolv.conf")
        resolver.write_text(f"nameserver {FAR}\n")
        inside = ("nsenter", f"--net=/proc/{os.getpid()}/fd/{street.home.file}", *WITH_OUR_SERVER, str(resolver))
        self._process = await asyncio.create_subprocess_exec(
            *inside, sys.executable, "-c", PROGRAM, str(file), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    async def look_up(self, name: str) -> tuple[str, float]:
        self._process.stdin.write(f"{name}\n".encode())
        said, seconds = (await self._process.stdout.readline()).split()
        return said.decode(), float(seconds)

    async def kill(self) -> None:
        self._process.stdin.close()
        self._process.kill()
        await self._process.wait()


async def test_a_name_that_was_found_once_is_found_after_a_second_at_most(street: Street, tmp_path: Path):
    file, resolver = tmp_path / "addresses.json", Resolver()
    with street.outside.inside():
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(NameServer, (FAR, 53))
    await resolver.start(street, file)
    assert (await resolver.look_up("provider.example"))[0] == FAR
    street.lose("eth0")
    await still_known(resolver)
    while not file.exists():
        await asyncio.sleep(0.02)
    await resolver.kill()
    await resolver.start(street, file)
    await still_known(resolver)
    assert (await resolver.look_up("other.example"))[0] == "gaierror"
    await resolver.kill()
    transport.close()


async def still_known(resolver: Resolver) -> None:
    said, seconds = await resolver.look_up("provider.example")
    assert said == FAR
    assert 0.9 < seconds < 4
