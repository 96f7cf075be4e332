"""The watch over buttons that come and go: what has to be connected, a deaf radio, and what is kept of it."""

from time import monotonic

import pytest

from hardware.simulated.buttons import BEACON
from hub.core import Hub
from hub.ports import Sighting
from hub.watch import Watch
from tests.hub_fixture import Ask
from tests.test_watch import ADDRESS, HOUR, Silence, added, codes


async def test_a_connected_button_that_is_only_heard_is_told(ask: Ask, hub: Hub):
    for worn in (False, True):
        id, radio, now = await added(ask, worn=worn, protocol="itag"), Silence(), float(int(monotonic()))
        watch = Watch(hub.household, radio, hub.faults)
        for after in range(0, 310, 10):
            radio.sightings[ADDRESS] = Sighting(now + after)
            watch.look(now + after)
            assert codes(hub) == ({f"button_unlinked:{id}"} if after >= 300 else set())
        radio.sightings[ADDRESS] = Sighting(now + 310, linked=True)
        watch.look(now + 310)
        assert codes(hub) == set()
        await ask("button remove", id=id)


async def test_a_worn_one_that_comes_home_has_time_to_be_connected(ask: Ask, hub: Hub):
    await added(ask, protocol="itag")
    radio, now = Silence(), monotonic()
    watch = Watch(hub.household, radio, hub.faults)
    radio.sightings[ADDRESS] = Sighting(now, linked=True)
    watch.look(now)
    radio.sightings[ADDRESS] = Sighting(now + 30)  # heard once more on the door-step
    watch.look(now + 30)
    watch.look(now + 9 * HOUR)
    for after in (0, 100, 290):
        radio.sightings[ADDRESS] = Sighting(now + 9 * HOUR + after)
        watch.look(now + 9 * HOUR + after)
    assert codes(hub) == set()


@pytest.mark.parametrize(("protocol", "worn"), [("bthome", False), ("itag", False), ("itag", True), ("bthome", True)])
async def test_a_deaf_radio_makes_no_button_missing(ask: Ask, hub: Hub, protocol: str, worn: bool):
    await added(ask, protocol=protocol, worn=worn)
    hub.household.set_period(ADDRESS, BEACON)
    radio, now = Silence(), monotonic()
    watch = Watch(hub.household, radio, hub.faults)
    watch.look(now)
    radio.trouble = "no adapter"
    for after in (60.0, 400.0, 25 * HOUR):
        watch.look(now + after)
    radio.trouble = ""
    watch.look(now + 25 * HOUR + 299)
    assert codes(hub) == set()
    watch.look(now + 25 * HOUR + 301)
    assert len(codes(hub)) == 1


async def test_when_a_worn_button_went_and_came_is_neither_stored_nor_logged(ask: Ask, hub: Hub, caplog):
    caplog.set_level("INFO")
    (id, radio), now = (await added(ask), Silence()), monotonic()
    hub.household.set_period(ADDRESS, BEACON)
    watch = Watch(hub.household, radio, hub.faults)
    watch.look(now)
    watch.look(now + 25 * HOUR)
    (fault,) = hub.faults
    assert fault.code == f"button_absent:{id}"
    radio.sightings[ADDRESS] = Sighting(now + 26 * HOUR)
    watch.look(now + 26 * HOUR)
    await hub.store.execute()
    times = await hub.store.read(lambda connection: connection.execute("SELECT since, restored FROM faults").fetchall())
    assert [time[10:19] for row in times for time in row] == ["T00:00:00", "T00:00:00"]
    assert id not in caplog.text


async def test_a_connection_that_ends_is_missed_from_its_end(ask: Ask, hub: Hub):
    id = await added(ask, protocol="itag", worn=False)
    radio, now = Silence(), float(int(monotonic()))
    watch = Watch(hub.household, radio, hub.faults)
    for after in (0, 1000):
        radio.sightings[ADDRESS] = Sighting(now, linked=True)
        watch.look(now + after)
    radio.sightings[ADDRESS] = Sighting(now)
    watch.look(now + 1299)
    assert codes(hub) == set()
    watch.look(now + 1300)
    assert codes(hub) == {f"button_missing:{id}"}
