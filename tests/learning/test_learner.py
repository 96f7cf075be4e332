"""Lessons with the simulated button that nobody has described, over the commands of the control socket."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from hardware.simulated.buttons import STRANGER
from hub.core import Hub
from hub.errors import DeviceError, Refusal
from hub.learning import learner
from hub.learning.times import Times
from hub.profile import Signal
from hub.store.load import load
from tests.hub_fixture import Ask
from tests.moments import at

FAST = Times().scaled(0.01)


@pytest.fixture(autouse=True)
async def quick(hub: Hub) -> AsyncIterator[None]:
    hub.learner.times = FAST
    yield
    await hub.learner.stop()


async def lesson(ask: Ask, state: str, **wanted: object) -> dict[str, object]:
    """As soon as it is so far."""
    async with asyncio.timeout(20):
        while True:
            now = (await ask("button lesson", answer_in="en"))["lesson"]
            if now["state"] == state and wanted.items() <= now.items():
                return now
            await asyncio.sleep(0.002)


def press(hub: Hub, do: str) -> None:
    hub.devices.buttons.simulate({"command": "buttons", "do": do, "button": STRANGER})  # type: ignore[attr-defined]


async def do_all_that_is_asked(hub: Hub, ask: Ask) -> dict[str, object]:
    await ask("button learn", address=STRANGER)
    for done in range(9):
        asked = (await lesson(ask, "asking", done=done))["asked"]
        press(hub, str(asked))
    return await lesson(ask, "found")


async def test_a_button_is_learned_kept_and_pressed(hub: Hub, ask: Ask):
    found = await do_all_that_is_asked(hub, ask)
    assert found["finding"] == {
        "tells": ["single", "double", "hold"],
        "timed": False,
        "sentence": "The button itself tells apart: one press, two presses, a hold.",
    }
    kept = (await ask("button learned", name="gift", worn=False))["button"]
    assert (kept["protocol"], kept["name"], kept["worn"], kept["address"]) == ("learned", "gift", False, STRANGER)
    (button,) = hub.household.buttons.values()
    assert [rule.meaning for rule in button.rules] == ["hold", "double", "single"]
    loaded = await hub.store.read(lambda connection: load(connection, at(0)))
    assert [one.rules for one in loaded.buttons] == [button.rules]
    with pytest.raises(Refusal, match="no_lesson"):
        await ask("button lesson")


async def test_a_kept_button_is_heard(hub: Hub, ask: Ask):
    await do_all_that_is_asked(hub, ask)
    await ask("button learned")
    radio = asyncio.create_task(hub.devices.buttons.listen(hub.hear))
    await asyncio.sleep(0)
    press(hub, "double")
    radio.cancel()
    assert hub.alerting.incident is not None
    assert hub.alerting.incident.level.word == "rescue"


async def test_nothing_is_kept_before_it_was_found(hub: Hub, ask: Ask):
    with pytest.raises(Refusal, match="no_lesson"):
        await ask("button learned")
    await ask("button learn", address=STRANGER)
    with pytest.raises(Refusal, match="lesson_not_done"):
        await ask("button learned")
    assert hub.household.buttons == {}


async def test_unlearning_leaves_nothing_behind(hub: Hub, ask: Ask):
    await ask("button learn", address=STRANGER)
    await lesson(ask, "asking")
    await ask("button unlearn")
    with pytest.raises(Refusal, match="malformed_request"):
        press(hub, "single")  # nobody studies it any more
    with pytest.raises(Refusal, match="no_lesson"):
        await ask("button lesson")
    await ask("button unlearn")  # twice does no harm


async def test_a_new_lesson_takes_the_place_of_the_old_one(hub: Hub, ask: Ask):
    await ask("button learn", address=STRANGER)
    other = "02:00:00:00:00:78"
    assert (await ask("button learn", address=other))["lesson"]["address"] == other
    with pytest.raises(Refusal, match="malformed_request"):
        press(hub, "single")  # the old one is not studied any more
    assert (await lesson(ask, "asking"))["address"] == other


async def test_a_button_of_this_home_is_not_learned(ask: Ask):
    await ask("button add", address=STRANGER)
    with pytest.raises(Refusal, match="duplicate_button"):
        await ask("button learn", address=STRANGER)
    with pytest.raises(Refusal, match="invalid_button_address"):
        await ask("button learn", address="here")


async def test_a_gesture_that_went_wrong_is_asked_for_again(hub: Hub, ask: Ask):
    await ask("button learn", address=STRANGER)
    await lesson(ask, "asking", done=0)
    press(hub, "hold")  # asked was a single
    await lesson(ask, "asking", done=1)
    assert (await ask("button lesson", undo=True))["lesson"]["done"] == 0
    assert (await lesson(ask, "asking"))["asked"] == "single"


async def test_a_silent_button_ends_the_lesson_with_a_sentence(ask: Ask):
    await ask("button learn", address=STRANGER)
    failed = await lesson(ask, "failed")
    assert "says nothing" in str(failed["sentence"])
    assert failed["finding"] is None


class Odd:
    """A radio that does what it is told to instead of studying."""

    def __init__(self, study: Callable[[], object]) -> None:
        self._study = study

    async def study(self, address: str, note: Callable[[Signal], None]) -> None:
        self._study()


def broken() -> None:
    raise DeviceError("no adapter")


@pytest.mark.parametrize("study", [broken, lambda: None])
async def test_a_radio_that_fails_ends_the_lesson_and_nothing_else(study: Callable[[], object]):
    teacher = learner.Learner(Odd(study), FAST)  # type: ignore[arg-type]
    session = await teacher.start(STRANGER)
    await asyncio.wait({session.task}, timeout=5)
    assert session.lesson.failure == "study_broke"
    assert session.task.exception() is None


class Slow:
    """A radio that needs a while to let go of the device."""

    def __init__(self) -> None:
        self.studied: list[str] = []
        self.let_go = asyncio.Event()

    async def study(self, address: str, note: Callable[[Signal], None]) -> None:
        self.studied.append(address)
        try:
            await asyncio.Event().wait()
        finally:
            await self.let_go.wait()
            self.studied.remove(address)


async def test_of_lessons_begun_at_once_only_the_last_goes_on():
    radio = Slow()
    teacher = learner.Learner(radio)  # type: ignore[arg-type]
    await teacher.start("first")
    await asyncio.sleep(0)  # the lesson
    await asyncio.sleep(0)  # its study
    assert radio.studied == ["first"]
    both = asyncio.gather(teacher.start("second"), teacher.start("third"))
    await asyncio.sleep(0)
    radio.let_go.set()
    second, third = await both
    assert teacher.session is third
    assert second.task.done()
    await teacher.stop()
    assert third.task.done()
    assert radio.studied == []


async def test_a_bug_of_ours_ends_the_lesson_and_nothing_else(hub: Hub, ask: Ask, monkeypatch: pytest.MonkeyPatch):
    def find(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(learner, "find", find)
    await ask("button learn", address=STRANGER)
    for done in range(9):
        press(hub, str((await lesson(ask, "asking", done=done))["asked"]))
    assert "broke off" in str((await lesson(ask, "failed"))["sentence"])
