"""Where the hub is: whether it was carried away, which measurement to believe, and when there is news to tell. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from hub.model import Moment, Position

FAR = 300.0  # m from home; where the whole circle lies further away, the hub has moved
EVERY = 60.0  # s from one update to the next at least
KEPT = 3600.0  # s; an older measurement is not told any more
CERTAIN = 600.0  # s; an older one is no proof that the hub is elsewhere: it may have come home, indoors
SPEED = 36.0  # m/s; 130 km/h: so fast what was measured earlier grows uncertain
EARTH = 6_371_008.8  # m; mean radius of WGS 84, by which a distance is wrong by half a per cent at most

Place = tuple[float, float]  # latitude, longitude in degrees


@dataclass(frozen=True, slots=True)
class Told:
    """A position that the contacts of this incident were told, and when."""

    incident: str
    position: Position
    at: Moment


def distance(one: Place, other: Place) -> float:
    """Metres on the surface, by the haversine formula."""
    (north, east), (to_north, to_east) = (tuple(map(radians, place)) for place in (one, other))
    half = sin((to_north - north) / 2) ** 2 + cos(north) * cos(to_north) * sin((to_east - east) / 2) ** 2
    return 2 * EARTH * asin(sqrt(min(1.0, half)))


def far(home: Place | None, position: Position) -> bool:
    """Whether the whole circle is elsewhere; never where nobody said where the home is."""
    return home is not None and distance(home, place(position)) - position.radius > FAR


def moved(home: Place | None, position: Position, now: float) -> bool:
    """Whether the hub is certain to be elsewhere still."""
    return now - position.at.mono <= CERTAIN and far(home, position)


def returned(home: Place | None, told: Position, position: Position, now: float) -> bool:
    """Whether it may be home again though `told` was elsewhere: that is no more believed when its time is over."""
    return far(home, told) and now - told.at.mono > CERTAIN and not far(home, position)


def sensible(position: Position) -> bool:
    """Whether it is one at all: a service may answer anything."""
    north, east = place(position)
    return abs(north) <= 90 and abs(east) <= 180 and 0 <= position.radius <= EARTH


def place(position: Position) -> Place:
    return position.latitude, position.longitude


def best(positions: Iterable[Position], now: float) -> Position | None:
    """The one whose hub can be least far away by now (monotonic seconds); none that is too old."""
    fresh = (position for position in positions if sensible(position) and now - position.at.mono <= KEPT)
    return min(fresh, key=lambda p: p.radius + SPEED * (now - p.at.mono), default=None)


def due(told: Told | None, position: Position, now: float, home: Place | None) -> bool:
    """Whether contacts are to get this one, which is worth telling: the first at once, a further one when its minute is
    over and it says something new: somewhere else, much more exactly where, or that it may be home again.
    """
    if told is None:
        return True
    former = told.position
    apart = distance(place(former), place(position)) > former.radius + position.radius
    news = apart or position.radius < former.radius / 2 or returned(home, former, position, now)
    return now - told.at.mono >= EVERY and position.at.mono > former.at.mono and news
