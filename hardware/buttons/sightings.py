"""What adverts and links each know of a button, put together."""

from collections.abc import Mapping

from hub.ports import Sighting


def merged(adverts: Mapping[str, Sighting], links: Mapping[str, Sighting]) -> dict[str, Sighting]:
    both = {address: _merge(adverts[address], links[address]) for address in adverts.keys() & links.keys()}
    return {**adverts, **links, **both}


def _merge(advert: Sighting, link: Sighting) -> Sighting:
    """A battery that was read over the link is the newer one; only adverts have a period and a signal strength."""
    pressed = [one.pressed_at for one in (advert, link) if one.pressed_at is not None]
    return Sighting(
        at=max(advert.at, link.at),
        rssi=link.rssi if advert.rssi is None else advert.rssi,
        battery=advert.battery if link.battery is None else link.battery,
        pressed_at=max(pressed, default=None),
        period=advert.period,
        linked=link.linked,
    )
