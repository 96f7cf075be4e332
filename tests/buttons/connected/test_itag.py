"""An iTAG on the real bleak: every click counts, nothing is ever audible that was not asked for."""

import pytest

from hardware.buttons.connected.itag import ITAG, is_itag
from hub.errors import DeviceError
from hub.gesture import Edge
from hub.ports import Sighting
from tests.buttons.connected.linking import FFE1, button, linking
from tests.buttons.fakebluez import FakeBluez, gatt
from tests.buttons.fakebluez.calls import HANG, BluezError
from tests.buttons.fakebluez.gatt import Characteristic, Peripheral, itag

FOB = "FF:FF:10:62:03:59"
SILENCED = [("1803/2a06", b"\x00"), ("1802/2a06", b"\x00"), ("ffe0/ffe2", b"\x00")]
CLICK = [Edge.PRESSED, Edge.RELEASED]


async def test_each_click_is_a_press_and_a_release_at_the_same_time(bluez: FakeBluez) -> None:
    fob = itag(FOB)
    async with linking(bluez, [button(fob)]) as home:
        await home.until_linked(fob)
        for _ in range(3):  # the same byte each time
            assert bluez.gatt.notify(fob, FFE1, b"\x01")
        presses = await home.heard(6)
    assert [press.action for press in presses] == CLICK * 3
    assert {(press.button, press.battery) for press in presses} == {(FOB, 90)}
    assert [press.heard_at for press in presses[::2]] == [press.heard_at for press in presses[1::2]]


def test_zeros_are_no_press_and_anything_else_is_one() -> None:
    said = {value: ITAG.means("", value) for value in (b"", b"\x00", b"\x00\x00", b"\x01", b"\x02", b"\x00\x01")}
    assert {value for value, actions in said.items() if actions} == {b"\x01", b"\x02", b"\x00\x01"}


async def test_nothing_is_written_but_what_silences_it(bluez: FakeBluez) -> None:
    fob = itag(FOB)
    async with linking(bluez, [button(fob)]) as home:
        await home.until_linked(fob)
        bluez.gatt.notify(fob, FFE1, b"\x01")
        await home.heard(2)
        await home.drop(fob)
        await home.until_linked(fob)
    assert fob.written == SILENCED * 2


async def test_it_is_silenced_before_anything_else_is_asked_of_it(bluez: FakeBluez) -> None:
    fob = itag(FOB)
    async with linking(bluez, [button(fob)]) as home:
        await home.until_linked(fob)
    assert [what for what, _ in fob.asked][:5] == ["write", "write", "write", "notify", "read"]


async def test_a_fob_that_refuses_to_be_silenced_is_heard_all_the_same(bluez: FakeBluez) -> None:
    fob = itag(FOB)
    for one in fob.characteristics:
        one.refuses.add("write")
    async with linking(bluez, [button(fob)]) as home:
        await home.until_linked(fob)
        bluez.gatt.notify(fob, FFE1, b"\x01")
        assert len(await home.heard(2)) == 2


NO = {"not paired": ("NotPermitted", "Not paired"), "not allowed": ("NotAuthorized", ""), "silence": ("Failed", HANG)}


@pytest.fixture
def refusal(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How BlueZ tells that a button refuses."""
    monkeypatch.setattr(
        gatt, "BluezError", lambda *said: BluezError(*(NO[request.param] if "ATT" in said[1] else said))
    )


@pytest.mark.parametrize("refusal", NO, indirect=True)
async def test_a_fob_that_cannot_be_silenced_is_heard_whatever_it_answers(bluez: FakeBluez, refusal: None) -> None:
    fob = itag(FOB)
    for one in fob.characteristics:
        one.refuses.add("write")
    async with linking(bluez, [button(fob)]) as home:
        await home.until_linked(fob)
        await home.click(fob)
        assert len(fob.connects) == 1


@pytest.mark.parametrize("refusal", ["not paired", "not allowed"], indirect=True)
async def test_a_fob_that_refuses_to_be_read_proves_its_link(bluez: FakeBluez, refusal: None) -> None:
    fob = itag(FOB)
    fob.characteristics[2].refuses.update({"read", "notify"})
    async with linking(bluez, [button(fob)]) as home:
        await home.until_linked(fob)
        first = home.links.seen()[FOB].at
        await home.until(lambda: home.links.seen()[FOB].at > first)
        await home.click(fob)
        assert len(fob.connects) == 1


@pytest.mark.parametrize("refusal", NO, indirect=True)
async def test_a_fob_that_refuses_to_tell_its_clicks_is_not_linked(bluez: FakeBluez, refusal: None) -> None:
    fob = itag(FOB)
    fob.characteristics[3].refuses.add("notify")
    async with linking(bluez, [button(fob)]) as home:
        await home.tried_again(fob)
        await home.tried_again(fob)
        assert not home.linked(fob)


async def test_a_fob_that_differs_in_what_it_allows_is_heard_all_the_same(bluez: FakeBluez) -> None:
    fob = itag(FOB)
    fob.characteristics[1].flags = ("read",)  # cannot be silenced in this way: that is not even tried
    fob.characteristics[2].refuses.add("notify")  # its battery lets itself be read only
    async with linking(bluez, [button(fob)]) as home:
        await home.until_linked(fob)
        assert home.links.seen()[FOB].battery == 90
        await home.click(fob)
        assert home.linked(fob)
    assert [one for what, one in fob.asked if what == "write"] == ["1802/2a06", "ffe0/ffe2"]


async def test_its_battery_is_known_and_kept_up_to_date(bluez: FakeBluez) -> None:
    fob = itag(FOB)
    async with linking(bluez, [button(fob)]) as home:
        await home.until_linked(fob)
        assert home.links.seen()[FOB].battery == 90
        await home.until(lambda: bluez.gatt.subscribed(fob, "2a19"))
        bluez.gatt.notify(fob, "2a19", b"\x18")
        await home.until(lambda: home.links.seen()[FOB].battery == 24)
        bluez.gatt.notify(fob, "2a19", b"\xff")  # unknown
        bluez.gatt.notify(fob, FFE1, b"\x01")
        assert (await home.heard(2))[0].battery == 24


async def test_a_fob_without_a_battery_service_is_linked(bluez: FakeBluez) -> None:
    fob = Peripheral(FOB, "iTAG", characteristics=(Characteristic("ffe0", "ffe1", ("notify",)),))
    async with linking(bluez, [button(fob)]) as home:
        await home.until_linked(fob)
        before = home.links.seen()[FOB].at
        await home.until(lambda: home.links.seen()[FOB].at > before)
        assert home.links.seen()[FOB].battery is None


async def test_what_was_seen_says_when_it_was_pressed_and_whether_it_is_linked(bluez: FakeBluez) -> None:
    fob = itag(FOB)
    async with linking(bluez, [button(fob)]) as home:
        assert home.links.seen() == {}
        await home.until_linked(fob)
        bluez.gatt.notify(fob, FFE1, b"\x01")
        pressed_at = (await home.heard(2))[0].heard_at
        seen = home.links.seen()[FOB]
        assert seen.at >= pressed_at
        assert seen == Sighting(seen.at, battery=90, pressed_at=pressed_at, linked=True)
        await home.drop(fob)
        assert home.links.seen()[FOB].pressed_at == pressed_at


async def test_an_acknowledgement_is_shown_mildly_and_for_a_moment(bluez: FakeBluez) -> None:
    fob = itag(FOB)
    async with linking(bluez, [button(fob)]) as home:
        await home.until_linked(fob)
        await home.links.confirm(FOB.lower())
    assert fob.written == [*SILENCED, ("1802/2a06", b"\x01"), ("1802/2a06", b"\x00")]


async def test_an_acknowledgement_that_cannot_be_shown_is_an_error(bluez: FakeBluez) -> None:
    bare = Peripheral(FOB, "iTAG", characteristics=(Characteristic("ffe0", "ffe1", ("notify",)),))
    async with linking(bluez, [button(bare)]) as home:
        with pytest.raises(DeviceError, match="not connected"):
            await home.links.confirm(FOB)
        await home.until_linked(bare)
        with pytest.raises(DeviceError, match="nothing to show"):
            await home.links.confirm(FOB)
        with pytest.raises(DeviceError, match="no link"):
            await home.links.confirm("FF:FF:10:62:03:60")


async def test_an_acknowledgement_the_button_refuses_is_an_error(bluez: FakeBluez) -> None:
    fob = itag(FOB)
    async with linking(bluez, [button(fob)]) as home:
        await home.until_linked(fob)
        fob.characteristics[0].refuses.add("write")
        with pytest.raises(DeviceError, match="did not take it"):
            await home.links.confirm(FOB)


def test_a_fob_is_known_by_its_key_and_its_alert() -> None:
    offers = {*ITAG.hears, *ITAG.quiet}
    assert is_itag(offers)
    assert not is_itag(ITAG.hears)
    assert not is_itag(offers - ITAG.hears)
