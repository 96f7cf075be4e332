"""The machine's network: its default routes as the kernel has them, and the mobile profile as NetworkManager has it."""

from collections.abc import Sequence
from pathlib import Path

from hardware.profiles import mobile
from hub.network import Kind, Mobile, Route

UP, REJECT = 0x1, 0x200  # flags of a route, linux/route.h
ETHER, PPP = 1, 512  # what kind of device: ARPHRD, linux/if_arp.h


class SystemNetwork:
    """`proc` and `sys` are for tests."""

    def __init__(self, proc: Path = Path("/proc/net"), sys: Path = Path("/sys/class/net")) -> None:
        self._proc = proc
        self._sys = sys

    def routes(self) -> Sequence[Route]:
        """IPv4 before IPv6: a device that has both is named once, with the metric of the first."""
        found: dict[str, int] = {}
        for device, metric in [*_ipv4(_lines(self._proc / "route")), *_ipv6(_lines(self._proc / "ipv6_route"))]:
            found.setdefault(device, metric)
        return [Route(device, self._kind(device), metric) for device, metric in found.items()]

    def _kind(self, device: str) -> Kind:
        """By what the kernel says of it, never by its name alone, but for a modem's whose driver says nothing."""
        folder = self._sys / device
        kind, said = "".join(_lines(folder / "type")), _lines(folder / "uevent")
        if "DEVTYPE=wlan" in said or (folder / "wireless").exists():
            return Kind.WIFI
        if "DEVTYPE=wwan" in said or kind == str(PPP) or device.startswith("wwan"):
            return Kind.LTE
        return Kind.ETHERNET if kind == str(ETHER) else Kind.OTHER

    async def mobile(self) -> Mobile:
        return await mobile()


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text().splitlines()
    except OSError:
        return []


def _ipv4(lines: Sequence[str]) -> list[tuple[str, int]]:
    """Of /proc/net/route, the default ones, the one that is used first: device and metric."""
    rows = [line.split() for line in lines[1:]]
    found = [(row[0], int(row[6])) for row in rows if row[1] == row[7] == "0" * 8 and _usable(row[3])]
    return sorted(found, key=lambda one: one[1])


def _ipv6(lines: Sequence[str]) -> list[tuple[str, int]]:
    """The same of /proc/net/ipv6_route, where the metric is written in hexadecimal."""
    rows = [line.split() for line in lines]
    found = [(row[9], int(row[5], 16)) for row in rows if row[0] == "0" * 32 and row[1] == "00" and _usable(row[8])]
    return sorted(found, key=lambda one: one[1])


def _usable(flags: str) -> bool:
    return int(flags, 16) & (UP | REJECT) == UP
