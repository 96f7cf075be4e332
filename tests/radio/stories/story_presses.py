"""The real kernel and the real bluetoothd let every press through."""

from hub.gesture import Gesture
from tests.buttons.fakebluez.frames import DOUBLE, LONG, PRESS

from .air import Air, BthomeButton
from .bluetoothd import Bluetoothd, power
from .conftest import Ears, Open


async def test_a_single_a_double_and_a_hold_are_heard_once_each_in_order(ears: Ears, button: BthomeButton) -> None:
    for code in (PRESS, DOUBLE, LONG):
        await ears.until_heard(await button.press(code))
    assert [press.action for press in ears.presses] == [Gesture(1), Gesture(2), Gesture(1, held=True)]


async def test_sixteen_of_sixteen_presses_are_heard_by_a_controller_that_drops_duplicates(
    ears: Ears, button: BthomeButton, air: Air
) -> None:
    for _ in range(16):
        await button.press(PRESS)
    await ears.until_heard(16)
    assert ears.heard == list(range(1, 17))
    assert not ears.buttons.degraded
    assert not any(scan.filters_duplicates for scan in air.controller.scans if scan.on)


async def test_an_adapter_that_is_off_at_the_start_is_switched_on(
    air: Air, open_ears: Open, button: BthomeButton
) -> None:
    await power(False)
    ears = await open_ears()
    await ears.until_heard(await button.press(PRESS))


async def test_without_passive_scans_it_listens_and_says_that_presses_may_be_missed(
    bluetoothd: Bluetoothd, open_ears: Open, button: BthomeButton
) -> None:
    await bluetoothd.stop()
    bluetoothd.experimental = False
    bluetoothd.start()
    ears = await open_ears()
    await ears.until_heard(await button.press(PRESS))
    assert ears.buttons.degraded
