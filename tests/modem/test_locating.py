"""Where the modem says it is: its cell, and its GNSS receiver."""

import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hardware.modem.locating import cell, fix, gga
from hub.model import Cell, Moment, Position, Source
from tests.modem.fakemodem.nmea import sentences

from .conftest import ANNA, Furnish, Home
from .fakemodem import HOME, SEARCHING, FakeModem
from .fakemodem.usb import UsbWorld, possible

NOW = Moment(0.0, datetime(2026, 11, 23, tzinfo=UTC))
RIGHT = "org.freedesktop.ModemManager1.Location"
on_usb = pytest.mark.skipif(not possible(), reason="a GNSS receiver needs root, and a mount namespace of its own")


async def cell_of(home: Home) -> Cell | None:
    return (await home.lte.locate())[1]


async def fix_of(home: Home) -> Position | None:
    return (await home.lte.locate())[0]


async def found(home: Home, latitude: float) -> Position:
    """Once it says that it is there."""
    async with asyncio.timeout(15):
        while (there := await fix_of(home)) is None or there.latitude != pytest.approx(latitude, abs=1e-5):
            await asyncio.sleep(0.1)
    return there


async def test_the_cell_is_known_and_follows_the_modem_without_any_right_to_wait_for(home: Home) -> None:
    assert await cell_of(home) == Cell("LTE", 208, 15, 0x1234, 0x01A2B3C4)
    assert await fix_of(home) is None
    home.fake.move("0BADCAFE")
    async with asyncio.timeout(10):
        while (await cell_of(home)) != Cell("LTE", 208, 15, 0x1234, 0x0BADCAFE):
            await asyncio.sleep(0.05)


async def test_it_is_there_also_while_the_driver_looks(home: Home) -> None:
    for _ in range(20):
        home.fake.move(home.fake.cell)  # news, and so a look
        assert None not in [await cell_of(home) for _ in range(50)]


async def test_a_modem_that_was_pulled_out_is_nowhere(home: Home) -> None:
    await home.world.unplug()
    await home.trouble("absent")
    assert await home.lte.locate() == (None, None)


@on_usb
async def test_the_receiver_is_switched_on_tells_where_it_is_and_no_sms_waits_for_it(furnish: Furnish) -> None:
    fake = FakeModem()
    fake.fix = (47.996, -4.1024, 0.9)
    home = await furnish(fake, kind=UsbWorld)
    await home.until(lambda: fake.receiving, 30)
    there = await found(home, 47.996)
    assert (there.longitude, there.radius, there.source) == (pytest.approx(-4.1024, abs=1e-5), 15.0, Source.GNSS)
    fake.fix = (-47.9712, 144.1635, 4.0)
    there = await found(home, -47.9712)
    assert (there.longitude, there.radius) == (pytest.approx(144.1635, abs=1e-5), 60.0)
    await home.ready()
    await home.lte.send(ANNA, "Test")
    assert [sent.text for sent in fake.outbox] == ["Test"]


@on_usb
async def test_a_receiver_that_sees_no_satellite_or_falls_silent_leaves_its_last_place_to_grow_old(
    furnish: Furnish,
) -> None:
    fake = FakeModem()
    fake.fix = (47.996, -4.1024, 0.9)
    home = await furnish(fake, kind=UsbWorld)
    await home.until(lambda: fake.receiving, 30)
    await found(home, 47.996)
    for hushed, sky in ((True, fake.fix), (False, None)):
        fake.hushed, fake.fix = hushed, sky
        await asyncio.sleep(2.5)  # two sentences, or none
        last = await fix_of(home)
        await asyncio.sleep(1.5)
        assert last is not None
        assert await fix_of(home) == last


@on_usb
async def test_the_receiver_is_switched_on_again_after_whatever_switched_the_modem_off(furnish: Furnish) -> None:
    fake = FakeModem()
    home = await furnish(fake, kind=UsbWorld)
    await home.until(lambda: fake.switched_on, 30)
    await home.ready()
    before = fake.switched_on
    await home.world.restart()
    await home.until(lambda: fake.switched_on > before, 30)
    await home.ready()
    before = fake.switched_on
    fake.receive(ANNA, "1")  # the driver switches off and on, to find what else came
    await home.heard_texts(1)
    await home.until(lambda: fake.switched_on > before, 30)


@on_usb
async def test_a_receiver_that_cannot_be_switched_on_stops_nothing_else(furnish: Furnish) -> None:
    fake = FakeModem()
    fake.deaf = True
    home = await furnish(fake, kind=UsbWorld)
    await home.ready()
    await home.lte.send(ANNA, "Test")
    assert await cell_of(home) is not None


@on_usb
async def test_a_right_that_is_missing_is_named_and_keeps_no_sms_back(furnish: Furnish) -> None:
    home = await furnish(refused=RIGHT, kind=UsbWorld)
    await home.until(lambda: home.lte.view.limited == "not_allowed:Location", 30)
    await home.ready()
    await home.lte.send(ANNA, "Test")
    assert [sent.text for sent in home.fake.outbox] == ["Test"]


async def test_a_network_that_is_missing_is_worse_than_a_right_which_may_be_given_later(furnish: Furnish) -> None:
    home = await furnish(refused=RIGHT)
    await home.until(lambda: home.lte.view.limited == "not_allowed:Location")
    home.fake.set_network(SEARCHING)
    await home.trouble("no_network")
    home.fake.set_network(HOME)
    home.world.polkit.refused.clear()
    await home.until(lambda: not home.lte.view.limited)


# What is read, without a modem.


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(0.5, 50))
def test_a_place_is_read_as_it_was_said(latitude: float, longitude: float, dilution: float) -> None:
    body = sentences((latitude, longitude, dilution))[0].partition("*")[0]
    there = fix(body.split(",")[2:], NOW)
    assert there is not None
    assert (there.latitude, there.longitude) == (pytest.approx(latitude, abs=1e-6), pytest.approx(longitude, abs=1e-6))
    assert there.radius == pytest.approx(15 * max(1.0, dilution))


@given(st.integers(1, 60), st.characters(codec="latin-1", exclude_characters="$"))
@example(28, "Í")  # whose two bytes have the sum of an N
def test_a_sentence_that_was_garbled_on_its_way_is_none(place: int, char: str) -> None:
    sentence = sentences((47.9712, -4.1635, 0.9))[0].strip()
    garbled = sentence[:place] + char + sentence[place + 1 :]
    assert bool(gga(garbled)) is (garbled == sentence)
    assert gga(sentence)[0] == "GPGGA"


@given(st.lists(st.text(max_size=12), max_size=15))
def test_whatever_a_receiver_says_is_a_place_or_none(fields: list[str]) -> None:
    fix(fields, NOW)


@pytest.mark.parametrize("quality", ["0", "6", "7", "8", ""])
def test_what_was_not_measured_is_no_fix(quality: str) -> None:
    fields = ["4758.27200", "N", "00409.81000", "W", "1", "08", "0.9"]
    assert fix(fields, NOW) is not None
    fields[4] = quality
    assert fix(fields, NOW) is None


@pytest.mark.parametrize(
    ("told", "technology", "known"),
    [
        ("208,15,0,1A2B3C4,1234", "LTE", Cell("LTE", 208, 15, 0x1234, 0x1A2B3C4)),
        ("208,15,FFFE,1A2B3C4,1234", "", Cell("LTE", 208, 15, 0x1234, 0x1A2B3C4)),
        ("208,01,1A2B,3C4D,0", "3G", Cell("3G", 208, 1, 0x1A2B, 0x3C4D)),
        ("208,01,1A2B,3C4D,FFFE", "2G", Cell("2G", 208, 1, 0x1A2B, 0x3C4D)),
        ("208,15,FFFE,1A2B3C4D5,1FFFC", "5G", Cell("LTE", 208, 15, 0x1FFFC, 0x1A2B3C4D5)),
        ("208,15,0,0,0", "LTE", None),
        ("208,15,FFFE,1A2B3C4,0", "LTE", None),
        (",,,,", "LTE", None),
        ("", "", None),
    ],
)
def test_a_cell_is_what_the_network_calls_it(told: str, technology: str, known: Cell | None) -> None:
    assert cell(told, technology) == known
