"""A contact who is removed, or whose number changes: told at once, gone a day later, and not in an alert."""

import pytest

from hub.gesture import Gesture
from hub.gsm7 import segments
from hub.incident import End
from hub.model import LANGUAGES
from hub.page.visits import What
from hub.ports import Press
from hub.texts import read, sentence
from tests.box import DEAD, REFUSED
from tests.page.conftest import ANNA, NEW, TOM, House, anna, contacts

IN_FRENCH = "Boitier 7K2M : à partir du 24/11 20:14, il ne vous écrira plus."


async def test_a_contact_who_is_removed_stays_for_a_day_and_hears_of_it_at_once(home: House):
    answer = await home.root("contact remove", id=await anna(home))
    assert answer["due"] == "2026-11-24T19:14:00.000Z"
    await home.minute()
    (text,) = home.texts(ANNA)
    assert text.startswith(IN_FRENCH)
    assert [mail.to for mail in home.mail.taken] == ["anna@example.org"]
    assert len(home.texts(TOM)) == 1
    await home.minute(23.9)
    assert set(await contacts(home)) == {"Anna", "Bea"}
    await home.minute(0.2)
    assert set(await contacts(home)) == {"Bea"}
    assert (await home.root("pending"))["pending"] == []
    assert len(home.sms.taken) == 2


async def test_it_waits_over_a_restart(home: House):
    await home.root("contact remove", id=await anna(home))
    await home.minute()
    home.seconds = 3600.0
    await home.again()
    (waiting,) = (await home.root("pending"))["pending"]
    assert (waiting["name"], waiting["what"], waiting["due"]) == ("Anna", "removal", "2026-11-24T19:14:00.000Z")
    await home.minute(23.1)
    await home.again()
    assert set(await contacts(home)) == {"Bea"}
    assert len(home.texts(ANNA)) == 1


async def test_whoever_was_not_told_before_the_restart_is_told_after_it(home: House):
    home.sms.problem = home.mail.problem = DEAD
    await home.root("contact remove", id=await anna(home))
    await home.minute()
    await home.again()
    home.sms.problem = home.mail.problem = None
    await home.minute(0.1)
    assert len(home.texts(ANNA)) == 1
    await home.again()
    await home.minute(0.1)
    assert len(home.texts(ANNA)) == 1


async def test_a_hub_that_was_off_all_day_tells_it_all_the_same(home: House):
    await home.root("contact remove", id=await anna(home))
    await home.again()
    await home.minute(30)
    assert set(await contacts(home)) == {"Bea"}
    assert len(home.texts(ANNA)) == 1


async def test_a_text_that_nobody_takes_is_tried_each_minute_and_not_before_an_alert(home: House):
    home.sms.problem = home.mail.problem = DEAD
    await home.root("contact remove", id=await anna(home))
    await home.minute()
    tried = len(home.sms.tried)
    await home.minute(0.5 / 60)
    assert len(home.sms.tried) == tried
    home.busy = True
    await home.minute(0.1)
    assert len(home.sms.tried) == tried
    home.busy, home.sms.problem, home.mail.problem = False, None, REFUSED
    await home.minute(0.1)
    assert len(home.texts(ANNA)) == 1
    await home.minute(1)
    assert len(home.texts(ANNA)) == 1


async def test_a_contact_who_must_not_know_is_not_told_but_the_technicians_are(home: House):
    await home.root("contact remove", id=await anna(home), unsafe=True)
    await home.minute()
    assert home.texts(ANNA) == []
    assert len(home.texts(TOM)) == 1
    await home.again()
    await home.minute(25)
    assert home.texts(ANNA) == []
    assert set(await contacts(home)) == {"Bea"}


async def test_a_technician_may_have_it_now_or_take_it_back(home: House):
    id = await anna(home)
    assert (await home.root("contact remove", id=id, now=True))["due"] is None
    assert set(await contacts(home)) == {"Bea"}
    await home.minute()
    assert len(home.texts(ANNA)) == 1
    bea = (await home.root("contacts"))["contacts"][0]["id"]
    await home.root("contact remove", id=bea)
    (waiting,) = (await home.root("pending"))["pending"]
    await home.root("pending withdraw", id=waiting["id"])
    await home.minute(48)
    assert set(await contacts(home)) == {"Bea"}
    await home.root("contact remove", id=bea)
    (waiting,) = (await home.root("pending"))["pending"]
    await home.root("pending confirm", id=waiting["id"])
    assert await contacts(home) == {}
    what = [what for what, _, _ in await home.visits()]
    assert what[:5] == [What.CONFIRMED, What.REMOVAL, What.WITHDRAWN, What.REMOVAL, What.REMOVAL]
    assert await home.refused(home.root("pending confirm", id=waiting["id"])) == "unknown_change"


async def test_in_an_open_incident_nobody_leaves_until_it_is_over(home: House):
    await home.root("contact remove", id=await anna(home))
    home.hub.alerting.press(Gesture(2), Press("", Gesture(2), 0.0))
    await home.minute(25)
    assert set(await contacts(home)) == {"Anna", "Bea"}
    home.hub.alerting.resolve(home.hub.alerting.incident.id, End.REAL)
    await home.minute()
    assert set(await contacts(home)) == {"Bea"}


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"phone": "17"}, "emergency_number"), ({"phone": "+33639980002"}, "duplicate_contact"),
        ({"email": "x"}, "invalid_email"), ({"name": " "}, "name_missing"), ({"language": "de"}, "invalid_language"),
        ({"id": "c9"}, "unknown_contact"),
    ],
)  # fmt: skip
async def test_a_change_with_a_flaw_is_refused_whole(home: House, values, why: str):
    asked = {"id": await anna(home), "name": "Other", **values}
    assert await home.refused(home.root("contact change", **asked)) == why
    assert (await home.root("pending"))["pending"] == []
    assert "Anna" in await contacts(home)


async def test_a_number_that_became_anothers_meanwhile_is_not_taken(home: House):
    await home.root("contact change", id=await anna(home), phone=NEW)
    await home.root("contact add", name="Carl", phone=NEW)
    await home.minute(25)
    assert (await contacts(home))["Anna"] == ANNA
    assert (await home.root("pending"))["pending"] == []
    await home.minute()
    assert "reste" in home.texts(TOM)[-1]
    assert (await home.visits())[0] == (What.WITHDRAWN, "", await anna(home))


async def test_contacts_keep_the_order_that_was_chosen(home: House):
    ids = [one["id"] for one in (await home.root("contacts"))["contacts"]]
    await home.root("contact order", ids=ids[::-1])
    await home.again()
    assert [one["id"] for one in (await home.root("contacts"))["contacts"]] == ids[::-1]
    for wrong in (ids[:1], [*ids, ids[0]], [*ids, "c9"], []):
        assert await home.refused(home.root("contact order", ids=wrong)) == "not_all_contacts"


async def test_on_a_hub_that_is_not_set_up_it_is_at_once_and_nobody_is_told(home: House):
    home.hub.gate.window.fresh = True
    assert (await home.root("contact change", id=await anna(home), phone=NEW))["due"] is None
    assert (await contacts(home))["Anna"] == NEW
    assert (await home.root("contact remove", id=await anna(home)))["due"] is None
    await home.minute()
    assert set(await contacts(home)) == {"Bea"}
    assert home.sms.tried == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_notice_says_what_the_hub_is_for_and_each_fits_two_sms(language: str):
    for key in read(language)["notices"]:
        text = sentence(language, "notices", key, box="7K2M", time="24/11 20:14", id="c1a2b", days=3650).lower()
        assert not [word for word in ("alert", "safe", "violen", "urgence", "emergency", "secours") if word in text]
        assert segments(text) <= 2
