"""Something with a radio, as the simulated BlueZ knows it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FakeDevice:
    """Something that advertises. `flags`: whether its adverts have the Flags field, which a passive scan asks for."""

    address: str
    name: str = ""
    flags: bool = True

    def path(self, adapter: str) -> str:
        return f"{adapter}/dev_{self.address.replace(':', '_')}"
