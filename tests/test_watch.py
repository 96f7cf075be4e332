"""The watch over the buttons: what becomes a fault, what stays a warning, and when either is over."""

from collections.abc import Mapping
from dataclasses import replace
from time import monotonic
from typing import Any

import pytest

from hardware.buttons.protocols import PROTOCOLS, driver
from hardware.simulated.buttons import BEACON, SimulatedButtons
from hub.core import Hub
from hub.daemon import _look_at_devices
from hub.gesture import Gesture
from hub.model import Button
from hub.pairing import PROTOCOLS as NAMES
from hub.ports import Doubt, Press, Sighting
from hub.store.load import load
from hub.supervision import Way, judge
from hub.watch import Watch
from tests.hub_fixture import Ask
from tests.moments import at

ADDRESS = "AA:BB:CC:DD:EE:01"
KEY = "00112233445566778899aabbccddeeff"
HOUR = 3600.0


class Silence(SimulatedButtons):
    """A radio to which nothing comes, but what a test puts in."""

    trouble = ""

    def __init__(self) -> None:
        super().__init__()
        self.sightings: dict[str, Sighting] = {}

    def seen(self) -> Mapping[str, Sighting]:
        return self.sightings


async def added(ask: Ask, **values: object) -> str:
    button: dict[str, Any] = (await ask("button add", address=ADDRESS, **values))["button"]
    return str(button["id"])


def do(hub: Hub, what: str, **values: object) -> None:
    hub.devices.buttons.simulate({"do": what, "button": ADDRESS, **values})


def codes(hub: Hub) -> set[str]:
    return {fault.code for fault in hub.faults}


def hear(hub: Hub, heard_at: float, seal: bytes = b"", doubt: Doubt | None = None) -> None:
    hub.hear(Press(ADDRESS, Gesture(1), heard_at, seal=seal, doubt=doubt))


async def test_a_button_in_its_place_is_a_warning_then_a_fault_then_well_again(ask: Ask, hub: Hub):
    id, now = await added(ask, worn=False), monotonic()
    do(hub, "away")
    hub.watch.look(now + 70)
    assert (codes(hub), hub.watch.views(now + 70)[0].judgement.state) == (set(), "late")
    hub.watch.look(now + 310)
    hub.watch.look(now + 320)
    assert codes(hub) == {f"button_missing:{id}"}
    do(hub, "back")
    hub.watch.look(monotonic())
    assert codes(hub) == set()


async def test_a_button_that_goes_out_is_told_after_a_day(ask: Ask, hub: Hub):
    id, now = await added(ask), monotonic()
    do(hub, "away")
    hub.watch.look(now + 23 * HOUR)
    assert codes(hub) == set()
    hub.watch.look(now + 24 * HOUR + 1)
    assert codes(hub) == {f"button_absent:{id}"}


async def test_a_weak_battery_is_told_once_and_until_it_was_changed(ask: Ask, hub: Hub):
    id = await added(ask)
    for level in (9, 11, 24):
        do(hub, "battery", per_cent=level)
        hub.watch.look(monotonic())
        assert codes(hub) == {f"button_battery:{id}"}
    do(hub, "battery", per_cent=100)
    hub.watch.look(monotonic())
    assert codes(hub) == set()


async def test_a_measured_period_is_stored_once(ask: Ask, hub: Hub):
    id = await added(ask)
    hub.watch.look(monotonic())
    saved = hub.household.saved
    assert saved is not None
    await saved
    (stored,) = (await hub.store.read(lambda connection: load(connection, at(0)))).buttons
    assert (hub.household.buttons[id].period, stored.period) == (BEACON, BEACON)
    radio = Silence()
    radio.sightings[ADDRESS] = Sighting(monotonic(), period=30.0)
    Watch(hub.household, radio, hub.faults).look(monotonic())
    assert hub.household.saved is saved


async def test_a_beacon_that_is_dead_at_the_next_start_is_missed(ask: Ask, hub: Hub):
    id = await added(ask, worn=False)
    hub.watch.look(monotonic())
    after, now = Watch(hub.household, Silence(), hub.faults), monotonic()
    after.look(now)
    after.look(now + 299)
    assert codes(hub) == set()
    after.look(now + 301)
    assert codes(hub) == {f"button_missing:{id}"}


async def test_a_fault_from_before_the_restart_stays_until_the_button_is_heard(ask: Ask, hub: Hub):
    id, radio = await added(ask, worn=False), Silence()
    hub.household.set_period(ADDRESS, BEACON)
    hub.faults.put(f"button_missing:{id}", "from before")
    after, now = Watch(hub.household, radio, hub.faults), monotonic()
    after.look(now)
    assert codes(hub) == {f"button_missing:{id}"}
    radio.sightings[ADDRESS] = Sighting(now + 1)
    after.look(now + 2)
    assert codes(hub) == set()


async def test_a_button_that_was_removed_has_no_faults(ask: Ask, hub: Hub):
    id = await added(ask)
    hub.faults.put(f"button_battery:{id}", "")
    hub.faults.put(f"button_restarted:{id}", "")
    hub.faults.put("buttons", "deaf")
    await ask("button remove", id=id)
    assert codes(hub) == {"buttons"}
    hub.faults.restore("buttons")


async def test_a_button_added_later_is_not_missed_for_the_time_before(ask: Ask, hub: Hub):
    watch, now = Watch(hub.household, Silence(), hub.faults), monotonic()
    watch.look(now)
    await added(ask, worn=False)
    hub.household.set_period(ADDRESS, BEACON)
    watch.look(now + 1000)
    watch.look(now + 1200)
    assert codes(hub) == set()
    watch.look(now + 1301)
    assert len(codes(hub)) == 1


async def test_a_counter_that_fell_is_told_for_a_day_after_the_last_time(ask: Ask, hub: Hub):
    id, now = await added(ask, key=KEY), monotonic()
    hear(hub, now, b"seal0001", Doubt.RESTARTED)
    fault = f"button_restarted:{id}"
    hub.watch.look(now + 23 * HOUR)
    assert fault in codes(hub)
    hear(hub, now + 23 * HOUR, b"seal0002", Doubt.RESTARTED)
    hear(hub, now + 24 * HOUR, b"seal0003")
    hub.watch.look(now + 46 * HOUR)
    assert fault in codes(hub)
    hub.watch.look(now + 47 * HOUR + 1)
    assert fault not in codes(hub)


async def test_after_a_restart_of_the_hub_the_day_begins_anew(ask: Ask, hub: Hub):
    id = await added(ask, key=KEY)
    hub.faults.put(f"button_restarted:{id}", "")
    after, now = Watch(hub.household, Silence(), hub.faults), monotonic()
    after.look(now + 23 * HOUR)
    assert codes(hub) == {f"button_restarted:{id}"}
    after.look(now + 24 * HOUR)
    assert codes(hub) == set()


@pytest.mark.parametrize("doubt", [None, Doubt.RESTARTED])
async def test_a_plain_press_is_told_until_a_sealed_one_is_heard(ask: Ask, hub: Hub, doubt: Doubt | None):
    id, now = await added(ask, key=KEY), monotonic()
    hear(hub, now, b"seal0001")
    hear(hub, now + 1, doubt=Doubt.PLAIN)
    hub.watch.look(now + 1)
    assert codes(hub) == {f"button_plain:{id}"}
    hub.watch.look(now + 99 * HOUR)
    assert f"button_plain:{id}" in codes(hub)
    hear(hub, now + 2, b"seal0002", doubt)
    hub.watch.look(now + 3)
    assert f"button_plain:{id}" not in codes(hub)


@pytest.mark.parametrize("doubt", Doubt)
async def test_a_doubt_of_a_press_by_command_or_of_a_stranger_is_nobodys_fault(ask: Ask, hub: Hub, doubt: Doubt):
    hear(hub, monotonic(), b"seal0001", doubt)
    hub.watch.look(monotonic())
    assert codes(hub) == set()


def remarks(watch: Watch) -> list[str]:
    (view,) = watch.views()
    return view.remarks


def warnings(watch: Watch) -> list[str]:
    (view,) = watch.views()
    return view.warnings


async def test_what_is_known_of_a_button_is_said_of_it(ask: Ask, hub: Hub):
    id, radio = await added(ask), Silence()
    watch = Watch(hub.household, radio, hub.faults)
    assert remarks(watch) == [f"button_unsupervised:{id}", f"button_unheard:{id}"]
    radio.sightings[ADDRESS] = Sighting(monotonic(), battery=12)
    assert remarks(watch) == [f"button_battery_low:{id}", f"button_unsupervised:{id}"]
    assert warnings(watch) == [f"button_battery_low:{id}"]
    radio.sightings[ADDRESS] = Sighting(monotonic(), battery=9, period=BEACON)
    watch.look(monotonic())
    assert (remarks(watch), warnings(watch)) == ([f"button_battery:{id}"], [])
    radio.sightings[ADDRESS] = Sighting(monotonic(), battery=90, period=BEACON)
    watch.look(monotonic())
    assert remarks(watch) == warnings(watch) == []


async def test_a_week_without_a_press_is_said_once(ask: Ask, hub: Hub):
    id = await added(ask)
    watch = Watch(hub.household, Silence(), hub.faults)
    watch.look(monotonic() - 8 * 24 * HOUR)
    assert warnings(watch) == [f"button_untested:{id}"]
    assert remarks(watch) == [f"button_untested:{id}", f"button_unheard:{id}"]


async def test_a_doubt_about_its_key_ends_with_the_key(ask: Ask, hub: Hub):
    id = await added(ask, key=KEY)
    hear(hub, monotonic(), doubt=Doubt.PLAIN)
    await ask("button set", id=id, key="")
    hub.watch.look(monotonic())
    assert codes(hub) == set()


def test_only_faults_of_buttons_are_touched(hub: Hub):
    for code in ("buttons", "buttons_degraded", "siren", "refused:sms:c1"):
        hub.faults.put(code, "")
    hub.watch.look(monotonic())
    assert codes(hub) == {"buttons", "buttons_degraded", "siren", "refused:sms:c1"}


def test_a_button_is_connected_for_the_hub_where_it_is_for_the_radio():
    assert set(PROTOCOLS) == set(NAMES)
    for name in NAMES:
        button = Button("b1", ADDRESS, protocol=name)
        assert (judge(button, None, 0.0, 0.0).way is Way.LINK) == (driver(button) is not None), name


class Troubled(SimulatedButtons):
    """A radio that says what a test wants it to say."""

    trouble = ""
    listening = False
    degraded = False
    unreadable: frozenset[str] = frozenset()


async def test_what_the_radio_says_of_itself_becomes_faults_until_it_is_well(hub: Hub):
    hub.devices = replace(hub.devices, buttons=(radio := Troubled()))
    hub.faults.put("buttons", "listen raised")
    await _look_at_devices(hub)
    assert codes(hub) == {"buttons"}  # nothing speaks against it, and nothing was heard
    radio.listening = True
    await _look_at_devices(hub)
    assert codes(hub) == set()
    radio.trouble, radio.degraded, radio.unreadable = "no adapter", True, frozenset({ADDRESS})
    await _look_at_devices(hub)
    assert codes(hub) == {"buttons", "buttons_degraded", "buttons_unreadable"}
    assert hub.faults.why("buttons") == "no adapter"
    radio.trouble, radio.degraded, radio.unreadable = "", False, frozenset()
    await _look_at_devices(hub)
    assert codes(hub) == set()


async def test_a_radio_that_just_starts_is_no_fault(hub: Hub):
    hub.devices = replace(hub.devices, buttons=Troubled())
    await _look_at_devices(hub)
    assert codes(hub) == set()


async def test_the_service_looks_at_each_button(ask: Ask, hub: Hub):
    id = await added(ask)
    do(hub, "battery", per_cent=9)
    await _look_at_devices(hub)
    assert codes(hub) == {f"button_battery:{id}"}
