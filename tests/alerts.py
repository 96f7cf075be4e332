"""Alerts as they may come, for the tests of what people read and hear."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from hub.alert import Alert, Purpose
from hub.model import LANGUAGES, Home, Moment, Position, Source
from hub.response import Level

HOME = Home("Léa", "12 rue des Lilas, 29120 Pont-l'Abbé", (47.86712, -4.22385))
AT = datetime(2026, 7, 2, 18, 14, tzinfo=UTC)
ROOM = "https://video.example.org/k3v9x2m7q4t8w6z1"
RESCUE = Alert(HOME, Level.RESCUE, "K7Q2M", AT, Purpose.ALERT, room=ROOM)
PREVENTION = Alert(HOME, Level.PREVENTION, "K7Q2M", AT, Purpose.ALERT)

LEVELS = {
    "fr": {Level.PREVENTION: "PRÉVENTION", Level.RESCUE: "SECOURS", Level.ALARM: "ALARME"},
    "en": {Level.PREVENTION: "PREVENTION", Level.RESCUE: "RESCUE", Level.ALARM: "ALARM"},
}
places = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
positions = st.builds(
    lambda place, radius, source: Position(*place, radius, Moment(0.0, AT), source),
    places,
    st.floats(1.0, 99_000.0),
    st.sampled_from(Source),
)
letters = st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"])
homes = st.builds(
    Home,
    name=st.text(letters, max_size=20),
    address=st.text(letters, max_size=60),
    position=st.none() | places,
    timezone=st.sampled_from(["Europe/Paris", "Indian/Reunion", "America/Cayenne"]),
)
alerts = st.builds(
    Alert,
    home=homes,
    level=st.sampled_from(Level),
    reference=st.text("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", min_size=5, max_size=5),
    at=st.datetimes(datetime(2025, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),
    purpose=st.sampled_from(Purpose),
    drill=st.booleans(),
    after_drill=st.booleans(),
    room=st.sampled_from(["", ROOM, "https://meet.a-rather-long-name.example.org/" + "x" * 40]),
    by=st.text(letters, max_size=40),
    code=st.sampled_from(["", "4821"]),
    elsewhere=st.none() | positions,
    age=st.floats(0.0, 3599.0),
)
languages = st.sampled_from(LANGUAGES)
