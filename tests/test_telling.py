"""Technicians hear of what fails, by whatever way works, and never before an alert or the wrong people."""

import pytest

from hub.core import Hub, clock
from hub.delivery import Delivery
from hub.gsm7 import segments
from hub.model import Technician
from hub.report import KINDS
from hub.response import Action
from tests.box import DEAD, REFUSED, ROUND, TOM, UMA, Box
from tests.moments import at


@pytest.fixture
def box(hub: Hub) -> Box:
    return Box(hub)


async def test_a_fault_that_lasts_is_told_once_to_each_technician_in_their_language_by_all_their_ways(box: Box):
    box.faults.put("siren", "no pin")
    await box.at(59)
    assert box.sms.tried == []
    for seconds in (60, 65, 3600):
        await box.at(seconds)
    assert box.texts(TOM) == ["Boitier 7K2M. En défaut : sortie du relais (depuis 20:14)."]
    assert box.texts(UMA) == ["Box 7K2M. Out of order: relay output (since 20:14)."]
    (letter,) = box.mail.taken
    assert (letter.to, letter.subject) == ("tom@example.org", "Boîtier 7K2M\u00a0: en défaut")
    assert "sortie du relais (depuis 20:14)" in letter.text


async def test_it_is_told_again_each_day_and_once_when_it_works_again(box: Box):
    box.faults.put("siren", "no pin")
    for seconds in (60, ROUND - 1, ROUND, ROUND + 60):
        await box.at(seconds)
    assert len(box.texts(UMA)) == 2
    assert len({message.id for message in box.sms.taken}) == 2  # or a mail reader would drop the second
    box.faults.restore("siren")
    for seconds in (ROUND + 100, ROUND + 700, ROUND + 900):
        await box.at(seconds)
    assert box.texts(UMA)[2:] == ["Box 7K2M. In order again: relay output."]


async def test_what_comes_and_goes_is_told_once(box: Box):
    for minute in range(0, 120, 2):
        box.faults.put("twilio", "timeout")
        await box.at(minute * 60 + 70)
        box.faults.restore("twilio")
        await box.at(minute * 60 + 100)
    assert len(box.texts(UMA)) == 1


async def test_several_faults_become_one_text(box: Box):
    for code in ("siren", "microphone", "store"):
        box.faults.put(code, "")
    await box.at(60)
    (text,) = box.texts(UMA)
    assert all(name in text for name in ("relay output", "sound input", "writing to the card"))


async def test_whatever_fails_a_text_stays_short(box: Box):
    for code in KINDS:
        box.faults.put(f"{code}:b1a2c", "")
    await box.at(60)
    assert all(segments(message.text) <= 3 for message in box.sms.taken)
    assert all(name in box.mail.taken[0].text for name in ("réception radio", "écriture des fichiers"))


async def test_a_dead_way_does_not_stop_the_other_and_who_got_nothing_is_tried_each_minute(box: Box):
    box.sms.problem = DEAD
    box.faults.put("twilio", "connection")
    await box.at(60)
    assert [message.to for message in box.mail.taken] == [TOM.email]
    for seconds in (70, 119, 120, 180):
        await box.at(seconds)
    assert [message.to for message in box.sms.tried] == [TOM.phone, UMA.phone, UMA.phone, UMA.phone]
    assert [message.again for message in box.sms.tried] == [False, False, True, True]
    box.sms.problem = None
    await box.at(240)
    await box.at(300)
    assert (len(box.texts(UMA)), len(box.texts(TOM)), len(box.mail.taken)) == (1, 0, 1)


async def test_who_got_nothing_is_not_told_of_what_is_over(box: Box):
    box.sms.problem = DEAD
    box.faults.put("twilio", "connection")
    await box.at(60)
    box.faults.restore("twilio")
    box.sms.problem = None
    await box.at(120)
    assert box.sms.taken == []


async def test_what_is_not_due_is_not_in_the_text_of_something_else(box: Box):
    box.faults.put("siren", "no pin")
    box.faults.put("button_absent:b1", "")
    box.seconds = 50
    box.faults.put("store", "slow")
    await box.at(60)
    assert box.texts(UMA) == ["Box 7K2M. Out of order: relay output (since 20:14)."]


async def test_what_nobody_took_is_not_told_and_is_tried_each_minute(box: Box):
    box.sms.problem = box.mail.problem = DEAD
    box.faults.put("twilio", "connection")
    for seconds in (60, 65, 120):
        await box.at(seconds)
    assert len(box.mail.tried) == 2
    assert next(iter(box.faults)).told is None
    box.mail.problem = None
    await box.at(180)
    assert next(iter(box.faults)).told == at(180)


async def test_a_technician_who_is_refused_for_good_is_not_tried_for_ever(box: Box):
    del box.hub.household.technicians["t1"]
    box.sms.problem = REFUSED
    box.hub.household.technicians["t3"] = Technician("t3", "Vic", "+33639990003", "vic@example.org")
    box.faults.put("siren", "no pin")
    for seconds in (60, 120, 180):
        await box.at(seconds)
    assert [message.to for message in box.sms.tried] == [UMA.phone, "+33639990003"]


async def test_a_restart_does_not_tell_again_and_does_not_forget_to_tell_the_end(box: Box):
    box.faults.put("siren", "no pin")
    await box.at(60)
    await box.written[-1]
    box.start()
    box.faults.load((await box.hub.store.load(at(70), 3.0)).faults)
    await box.at(100)
    assert len(box.texts(UMA)) == 1
    box.faults.restore("siren")
    await box.written[-1]
    box.start()
    box.faults.load((await box.hub.store.load(at(200), 3.0)).faults)
    await box.at(900)
    await box.written[-1]
    assert box.texts(UMA)[1:] == ["Box 7K2M. In order again: relay output."]
    box.start()
    box.faults.load((await box.hub.store.load(at(1000), 3.0)).faults)
    await box.at(2000)
    assert len(box.texts(UMA)) == 2


async def test_an_alert_goes_first_even_in_the_middle(box: Box):
    box.faults.put("siren", "no pin")
    box.busy = True
    await box.at(60)
    assert box.sms.tried == []
    box.busy = False
    box.sms.before = lambda: setattr(box, "busy", True)
    await box.at(70)
    assert [message.to for message in box.sms.tried + box.mail.tried] == [TOM.phone]


async def test_an_alert_that_waits_for_a_dead_path_does_not_keep_it_secret_for_ever(box: Box):
    box.busy = True
    box.faults.put("twilio", "connection")
    for seconds in (60, 600, 959):
        await box.at(seconds)
    assert box.mail.taken == []
    await box.at(960)
    assert len(box.mail.taken) == 1


async def test_what_is_minor_goes_by_mail_alone_to_whoever_has_one(box: Box):
    box.faults.put("buttons_degraded", "active scan")
    await box.at(60)
    assert [message.to for message in box.mail.taken + box.sms.taken] == [TOM.email, UMA.phone]


async def test_a_worn_button_is_told_without_its_time_in_the_round_of_the_day(box: Box):
    box.faults.put("button_absent:b1a2", "")
    await box.at(3600)
    assert box.sms.tried == []
    await box.at(ROUND)
    assert box.texts(UMA) == ["Box 7K2M. Out of order: transmitter b1a2 out of reach."]


async def test_a_contact_who_cannot_be_reached_is_told_without_name_or_number(box: Box):
    box.faults.put("refused:sms:c1", "21211")
    await box.at(60)
    said = " ".join(message.text for message in box.sms.taken + box.mail.taken)
    assert "recipient c1, a number or an address cannot be reached" in said
    assert "Anna" not in said
    assert "3639980001" not in said


async def test_neither_the_home_nor_a_contact_is_told(box: Box):
    box.faults.put("twilio", "")
    await box.at(60)
    assert {message.to for message in box.sms.tried + box.mail.tried} == {TOM.phone, TOM.email, UMA.phone}


async def test_the_hub_waits_for_what_an_alert_has_still_to_send(hub: Hub):
    now = clock()
    assert not hub.book.busy
    hub.book.enter([Delivery("K-1", "K", "c1", Action.SMS, "alert", "+33639980001", "fr", "", "text", now, now.mono)])
    assert hub.book.busy
