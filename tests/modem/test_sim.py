"""The SIM: its PIN is given once, and a wrong one never again."""

from .conftest import ANNA, Furnish, Home
from .fakemodem import FakeModem


async def test_the_pin_is_given_and_an_alert_leaves(furnish: Furnish) -> None:
    home = await furnish(FakeModem(pin="2580"), pin="2580")
    await home.ready()
    await home.lte.send(ANNA, "Test")
    assert [sent.text for sent in home.fake.outbox] == ["Test"]


async def test_the_pin_is_given_again_after_a_power_cut(furnish: Furnish) -> None:
    home = await furnish(FakeModem(pin="2580"), pin="2580")
    await home.ready()
    await home.world.stop()
    await home.trouble("no_daemon")
    await home.fake.unplug()
    await home.fake.plug()
    await home.world.start()
    await home.ready()
    assert (home.fake.locked, home.fake.tries) == (False, 3)


async def test_a_wrong_pin_is_tried_once_whatever_is_restarted(furnish: Furnish) -> None:
    home = await furnish(FakeModem(pin="2580"), pin="0000")
    await home.trouble("pin_wrong")
    await home.world.restart()
    await home.looks(3)
    await home.trouble("pin_wrong")
    await home.end()
    home.begin("1111")
    await home.trouble("pin_wrong")
    assert (home.fake.tries, home.lte.view.present, home.lte.view.unlocked) == (2, True, False)


async def test_a_wrong_pin_is_tried_once_on_a_sim_that_keeps_no_count(furnish: Furnish) -> None:
    fake = FakeModem(pin="2580")
    fake.claims = 3
    home = await furnish(fake, pin="0000")
    await home.trouble("pin_wrong")
    await home.world.restart()
    await home.looks(3)
    await home.trouble("pin_wrong")
    assert fake.tries == 2


async def test_a_sim_that_wants_a_pin_nobody_gave_says_so(furnish: Furnish) -> None:
    home = await furnish(FakeModem(pin="2580"))
    await home.trouble("pin_missing")
    assert home.fake.tries == 3


async def test_a_sim_that_wants_its_puk_is_left_alone(furnish: Furnish) -> None:
    fake = FakeModem(pin="2580")
    fake.tries = 0
    home = await furnish(fake, pin="2580")
    await home.trouble("puk")


async def test_a_modem_without_a_sim_says_so_until_one_is_put_in(furnish: Furnish) -> None:
    fake = FakeModem()
    fake.sim = False
    home = await furnish(fake)
    await home.trouble("no_sim")
    await home.world.unplug()
    fake.sim = True
    await home.world.plug()
    await home.ready()


async def test_another_sim_is_used_without_a_restart(home: Home) -> None:
    await home.world.unplug()
    await home.trouble("absent")
    home.fake.card = "8933150000000000002F"
    await home.world.plug()
    await home.ready()
    await home.lte.send(ANNA, "Test")
