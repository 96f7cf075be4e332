"""Commands that teach the hub a button whose protocol is not published."""

from time import monotonic

from hub import pairing
from hub.control import requests as ask
from hub.control.pairing import in_force
from hub.core import Hub
from hub.errors import Refusal
from hub.gesture import Kind
from hub.learning.finding import Finding
from hub.learning.learner import Session
from hub.learning.lesson import Lesson, Phase
from hub.texts import sentence

Json = dict[str, object]
STATES = {Phase.ASKING: "asking", Phase.FOUND: "found", Phase.FAILED: "failed"}  # else it listens: "looking"


async def learn(hub: Hub, request: ask.Learn) -> Json:
    address = pairing.address(request.address)
    if hub.household.button_at(address):
        raise Refusal("duplicate_button", address=address)
    return _shown(await hub.learner.start(address), request.answer_in)


async def lesson(hub: Hub, request: ask.Lesson) -> Json:
    """How far it is; `undo`: the last gesture went wrong and is asked for again."""
    session = _session(hub)
    if request.undo:
        session.lesson.undo(monotonic())
    return _shown(session, request.answer_in)


async def keep(hub: Hub, request: ask.Learned) -> Json:
    """Make it a button of this home."""
    session = _session(hub)
    finding = session.lesson.finding
    if session.lesson.phase is not Phase.FOUND or finding is None:
        raise Refusal("lesson_not_done")
    button = hub.household.add_button(
        session.address, request.name, "learned", request.worn, timing=finding.timing, rules=finding.rules
    )
    await hub.learner.stop()
    return await in_force(hub, button, request.answer_in)


async def unlearn(hub: Hub, _: ask.Nothing) -> Json:
    """Nothing is left behind."""
    await hub.learner.stop()
    return {}


def _session(hub: Hub) -> Session:
    if hub.learner.session is None:
        raise Refusal("no_lesson")
    return hub.learner.session


def _shown(session: Session, language: str) -> Json:
    lesson = session.lesson
    finding = lesson.finding if lesson.phase is Phase.FOUND else None
    return {
        "lesson": {
            "address": session.address,
            "state": STATES.get(lesson.phase, "looking"),
            "asked": lesson.asked,
            "done": lesson.done,
            "of": lesson.of,
            "heard": lesson.heard,
            "linked": lesson.linked,
            "sentence": _what_now(lesson, language),
            "finding": finding and _found(finding, language),
        }
    }


def _what_now(lesson: Lesson, language: str) -> str:
    """What whoever holds the button should do, or know."""
    key = lesson.failure if lesson.phase is Phase.FAILED else lesson.asked or lesson.phase.value
    hint = f"{sentence(language, 'lessons', lesson.hint)} " if lesson.asked and lesson.hint else ""
    return hint + sentence(language, "lessons", key)


def _found(finding: Finding, language: str) -> Json:
    return {
        "tells": list(finding.tells),
        "timed": finding.timed,
        "sentence": " ".join(_sentences(finding, language)),
    }


def _sentences(finding: Finding, language: str) -> list[str]:
    def say(key: str, **values: str) -> str:
        return sentence(language, "lessons", key, **values)

    def name(kind: Kind) -> str:
        return say(f"gesture_{kind}")

    gestures = ", ".join(name(kind) for kind in finding.tells)
    if set(finding.others.values()) == {Kind.SINGLE} and finding.tells == (Kind.SINGLE,):
        return [say("all_alike")]
    told = "told_only" if len(finding.tells) == 1 else "told_timed" if finding.timed else "told"
    others = [
        say("acts_as", gesture=name(kind), other=name(as_)) if as_ else say("not_told", gesture=name(kind))
        for kind, as_ in finding.others.items()
    ]
    return [say(told, gestures=gestures), *others, *([say("rolling")] if finding.rolling else [])]
