"""What a press does: at five people's ends, at the siren's pin, and in the evidence folder."""

import asyncio

import soundfile

from tests.scenarios.world import ADDRESS, DOUBLE, HOLD, PEOPLE, PHONES, SINGLE, TRIPLE, World


async def test_a_single_press_texts_everybody_and_nothing_else_happens(world: World):
    await world.click(SINGLE)
    await world.until(lambda: world.all_told(calls=0, mails=0))
    for phone, name in PEOPLE.items():
        (text,) = world.texts(phone)
        assert text.startswith("PREVENTION" if name == "Sofia" else "PRÉVENTION")
        assert "Marie" in text
        assert "12 rue des Lilas" in text
    assert not any(world.calls(phone) for phone in PHONES)
    assert not world.network.mails
    assert world.pins.count(True) == 0
    assert not list(world.evidence.glob("*"))


async def test_a_double_press_calls_texts_and_mails_everybody_and_the_room_is_the_same_for_all(world: World):
    await world.click(DOUBLE)
    await world.until(world.all_told)
    rooms = {text.partition("https://video.example.org/")[2].split()[0] for p in PHONES for text in world.texts(p)}
    assert len(rooms) == 1
    assert len(rooms.pop()) >= 16
    await world.until(lambda: all(call.count("Marie") >= 2 for phone in PHONES for call in world.calls(phone)))
    for phone, name in PEOPLE.items():
        assert len(world.calls(phone)) == 1
        (mail,) = world.mails(name)
        assert mail.subject.startswith("URGENT")
        assert "Marie" in mail.subject
    assert world.pins.count(True) == 0


async def test_a_hold_also_sounds_the_siren_and_records_the_room(world: World):
    await world.click(HOLD)
    await world.until(lambda: world.sounding)
    await world.until(world.all_told)
    await world.until(lambda: len(list(world.evidence.glob("*/*.flac"))) >= 3)
    incident = await world.incident()
    assert incident["level"] == "alarm"
    await world.ask("resolve", id=incident["id"], kind="real")
    await world.until(lambda: not world.sounding)
    segments = sorted((world.evidence / f"{incident['id']}-1").glob("*.flac"))
    first, rate = soundfile.read(segments[0])
    assert (len(first), rate) == (16000, 16000)


async def test_three_presses_are_a_rescue(world: World):
    await world.click(TRIPLE)
    await world.until(world.all_told)
    assert (await world.incident())["level"] == "rescue"


async def test_an_event_that_only_the_button_knows_is_a_rescue_at_least(world: World):
    await world.click(0x42)
    await world.until(world.all_told)
    assert (await world.incident())["level"] == "rescue"


async def test_a_frame_that_is_heard_again_is_not_a_press(world: World):
    await world.click(SINGLE)
    await world.until(lambda: world.all_told(calls=0, mails=0))
    world.again(SINGLE)
    await world.click(DOUBLE)
    await world.until(world.all_told)
    pressed = [event for event in (await world.incident())["events"] if event["what"] in ("opened", "joined", "raised")]
    assert [event["what"] for event in pressed] == ["opened", "raised"]


async def test_a_press_at_a_higher_level_is_sent_at_once(world: World):
    await world.click(SINGLE)
    await world.until(lambda: world.all_told(calls=0, mails=0))
    await world.click(HOLD)
    await world.until(lambda: world.all_told(texts=2))
    assert world.sounding
    assert all(world.texts(phone)[-1].startswith("ALARM") for phone in PHONES)
    assert len((await world.ask("incidents"))["incidents"]) == 1


async def test_a_press_right_after_another_is_logged_and_not_sent_again(world: World):
    await world.click(DOUBLE)
    await world.until(world.all_told)
    await world.click(DOUBLE)

    async def joined():
        return [e["what"] for e in (await world.incident())["events"]] == ["opened", "joined"]

    await world.until(joined)
    assert all(len(world.calls(phone)) == 1 for phone in PHONES)


async def test_an_end_stops_the_siren_and_tells_everybody_who_was_reached(world: World):
    await world.click(HOLD)
    await world.until(world.all_told)
    id = (await world.incident())["id"]
    await world.ask("resolve", id=id, kind="false_alarm")
    await world.until(lambda: world.all_told(texts=2, mails=2))
    assert not world.sounding
    assert all(id in world.texts(phone)[-1] for phone in PHONES)
    assert (await world.ask("status"))["open_incident"] is None
    assert id in await world.refused("resolve", id=id, kind="real")


async def test_under_duress_it_looks_ended_and_the_contacts_know_better(world: World):
    await world.click(HOLD)
    await world.until(world.all_told)
    id = (await world.incident())["id"]
    answer = await world.ask("resolve", id=id, kind="duress")
    assert answer["incident"]["state"] == "resolved", "to whoever looks over her shoulder"
    assert not world.sounding
    await world.until(lambda: world.all_told(texts=2, calls=2, mails=2))
    assert (await world.ask("status"))["open_incident"] == id

    async def recorded():
        return (await world.ask("status"))["recording"] is not None

    await world.until(recorded)  # the child may still be loading: a fast provider is told before it is ready


async def test_a_drill_is_marked_everywhere_and_records_nothing(world: World):
    await world.ask("drill", gesture="hold")
    await world.until(world.all_told)
    for phone, name in PEOPLE.items():
        assert ("EXERCISE" if name == "Sofia" else "EXERCICE") in world.texts(phone)[0]
    assert world.pins.count(True) == 0
    assert (await world.ask("status"))["recording"] is None


async def test_a_real_press_ends_a_drill_and_says_so(world: World):
    await world.ask("drill", gesture="double")
    await world.until(world.all_told)
    await world.click(DOUBLE)
    await world.until(lambda: world.all_told(texts=2, calls=2, mails=2))
    assert all("PAS UN EXERCICE" in text or "NOT an exercise" in text for text in (world.texts(p)[-1] for p in PHONES))
    real, drill = (await world.ask("incidents"))["incidents"]
    assert (real["drill"], real["state"]) == (False, "alerting")
    assert (drill["drill"], drill["state"], drill["kind"]) == (True, "resolved", "test")


async def test_no_drill_during_an_alert(world: World):
    await world.click(DOUBLE)
    await world.until(world.all_told)
    await world.refused("drill", gesture="double")


async def test_where_he_lives_too_a_hold_records_in_silence(world: World):
    await world.ask("response set", gesture="hold", actions=["sms", "call", "email", "record"])
    await world.click(HOLD)
    await world.until(world.all_told)
    await world.until(lambda: list(world.evidence.glob("*/*.flac")))
    assert world.pins.count(True) == 0


async def test_a_press_by_command_is_as_real(world: World):
    (button,) = (await world.ask("buttons"))["buttons"]
    assert button["address"] == ADDRESS
    await world.ask("press", gesture="double", button=button["id"])
    await world.until(world.all_told)


async def test_the_recording_goes_on_until_the_end_and_is_closed(world: World):
    await world.click(HOLD)
    await world.until(lambda: len(list(world.evidence.glob("*/*.flac"))) >= 2)
    id = (await world.incident())["id"]
    await world.ask("resolve", id=id, kind="test")

    await world.until(lambda: "end" in world.recorder_log(f"{id}-1")[-1].values())
    count = len(list(world.evidence.glob("*/*.flac")))
    await asyncio.sleep(1.2)  # a segment would be written in this time
    assert len(list(world.evidence.glob("*/*.flac"))) == count
