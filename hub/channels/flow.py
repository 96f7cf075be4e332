"""What an alert call and a call back do, as a flow that Twilio Studio runs: the text, then the keys.

Alert call: a machine hears a few words of its own; a person hears the text, then may press. Call back: nothing is
known of the caller, so both languages are spoken, one after the other. Only variables count as an answer, and they are
set once the text was heard: `taken` ("1") by key 1, `over` (the digits typed) after key 9.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256

from hub.model import LANGUAGES
from hub.texts import sentence

State = dict[str, object]
Words = Callable[[str], str]  # what is said, by language

VOICES = {"fr": ("Polly.Lea-Neural", "fr-FR"), "en": ("Polly.Amy-Neural", "en-GB")}

CALL = "call"  # the widget that dials
TAKEN, OVER = "taken", "over"

PASSES = 3  # how often the text is said to somebody who presses nothing
MACHINE_TIMES = 3  # a machine records only the end of what is said during its greeting
RING = 45  # s
DETECTION = 10  # s of silence at most while Twilio makes up its mind
THINKING = 8  # s for a key
CODE_DIGITS = 4
MACHINES = ("machine_start", "machine_end_beep", "machine_end_silence", "machine_end_other", "fax")


def definition() -> State:
    """The whole flow, as Twilio's API takes it; always the same for the same texts."""
    return {
        "description": "Home hub",
        "states": list(_states()),
        "initial_state": "Trigger",
        "flags": {"allow_concurrent_calls": True},
    }


def digest(flow: object) -> str:
    """Eight hexadecimal digits that tell one definition from another, however its keys are ordered."""
    return sha256(json.dumps(flow, sort_keys=True).encode()).hexdigest()[:8]


def _states() -> Iterator[State]:
    yield _state("Trigger", "trigger", {"incomingCall": "back_text1", "incomingRequest": CALL}, {})
    yield _state(
        CALL, "make-outgoing-call-v2", {"answered": "who", "busy": "", "noAnswer": "", "failed": ""}, _DIALLING
    )
    yield _split("who", f"widgets.{CALL}.AnsweredBy", dict.fromkeys(MACHINES, "machine"), "person")
    yield _split(
        "machine", "flow.data.language", {language: f"{language}_machine" for language in LANGUAGES}, "fr_machine"
    )
    yield _split("person", "flow.data.language", {language: f"{language}_text1" for language in LANGUAGES}, "fr_text1")
    for language in LANGUAGES:
        yield _machine(language)
        yield from _talk(language, [language], lambda _: "{{flow.data.text}}", lambda _: "{{flow.data.brief}}")
    yield from _talk("back", LANGUAGES, _fixed("greeting"), _fixed("callback"))


def _machine(language: str) -> State:
    """A person whom Twilio takes for a machine gets to the text by any key."""
    said = f"{{{{flow.data.machine}}}} {sentence(language, 'flow', 'machine')}"
    return _gather(f"{language}_machine", language, said, f"{language}_text1", "", loop=MACHINE_TIMES)


def _talk(who: str, languages: Sequence[str], text: Words, brief: Words) -> Iterator[State]:
    """From the text to the end, in one language or in several after one another."""
    for number in range(1, PASSES + 1):
        again = f"{who}_text{number + 1}" if number < PASSES else ""
        keys = {"1": f"{who}_taken", "2": f"{who}_text{number}", "9": f"{who}_code"}
        yield from _say(f"{who}_text{number}", languages, text, f"{who}_menu{number}")
        yield from _menu(f"{who}_menu{number}", languages, "menu", keys, f"{who}_wrong{number}", again)
        yield from _say(f"{who}_wrong{number}", languages, _fixed("wrong"), again)
    yield _set(f"{who}_taken", TAKEN, "1", f"{who}_brief")
    yield from _say(
        f"{who}_brief", languages, lambda language: f"{_fixed('thanks')(language)} {brief(language)}", f"{who}_after"
    )
    keys = {"2": f"{who}_brief", "9": f"{who}_code"}
    yield from _menu(f"{who}_after", languages, "after", keys, "", "")
    yield from _ask(f"{who}_code", languages, "code", f"{who}_over", f"{who}_menu{PASSES}", CODE_DIGITS)
    yield _set(f"{who}_over", OVER, f"{{{{widgets.{_names(f'{who}_code', languages)[-1]}.Digits}}}}", f"{who}_end")
    yield from _say(f"{who}_end", languages, _fixed("over"), "")


def _menu(
    name: str, languages: Sequence[str], key: str, keys: Mapping[str, str], other: str, silent: str
) -> Iterator[State]:
    yield from _ask(name, languages, key, f"{name}_keys", silent, digits=1)
    yield _split(f"{name}_keys", f"widgets.{_names(name, languages)[-1]}.Digits", keys, other)


def _ask(name: str, languages: Sequence[str], key: str, then: str, silent: str, digits: int) -> Iterator[State]:
    """A widget takes keys in one language only: the last, once the others were spoken."""
    *spoken, last = _names(name, languages)
    if spoken:
        yield from _say(name, languages[:-1], _fixed(key), last)
    yield _gather(last, languages[-1], sentence(languages[-1], "flow", key), then, silent, digits=digits)


def _say(name: str, languages: Sequence[str], text: Words, then: str) -> Iterator[State]:
    """Spoken to the end, whatever is pressed."""
    names = _names(name, languages)
    for one, language, following in zip(names, languages, [*names[1:], then], strict=True):
        yield _state(one, "say-play", {"audioComplete": following}, _speech(language, text(language)))


def _names(name: str, languages: Sequence[str]) -> list[str]:
    """A widget for each language; the first is where the others come in."""
    return [name, *(f"{name}_{language}" for language in languages[1:])]


def _fixed(key: str) -> Words:
    return lambda language: sentence(language, "flow", key)


def _gather(name: str, language: str, said: str, then: str, silent: str, *, digits: int = 1, loop: int = 1) -> State:
    keys: State = {"timeout": THINKING, "number_of_digits": digits, "finish_on_key": "", "stop_gather": True}
    moves = {"keypress": then, "speech": "", "timeout": silent}
    return _state(name, "gather-input-on-call", moves, {**_speech(language, said, loop), **keys})


def _speech(language: str, said: str, loop: int = 1) -> State:
    voice, accent = VOICES[language]
    return {"say": said, "voice": voice, "language": accent, "loop": loop}


def _set(name: str, key: str, value: str, then: str) -> State:
    return _state(name, "set-variables", {"next": then}, {"variables": [{"key": key, "value": value}]})


def _split(name: str, value: str, ways: Mapping[str, str], other: str) -> State:
    """By the value of a variable; `other` for all that is not named."""
    source = f"{{{{{value}}}}}"
    matches = [_match(source, wanted, then) for wanted, then in ways.items()]
    state = _state(name, "split-based-on", {"noMatch": other}, {"input": source})
    return {**state, "transitions": [*_moves({"noMatch": other}), *matches]}


def _match(source: str, wanted: str, then: str) -> State:
    condition = {"friendly_name": wanted, "arguments": [source], "type": "equal_to", "value": wanted}
    return {"event": "match", "next": then, "conditions": [condition]}


def _state(name: str, kind: str, moves: Mapping[str, str], properties: State) -> State:
    offset = {"offset": {"x": 0, "y": 0}}
    return {"name": name, "type": kind, "transitions": _moves(moves), "properties": {**offset, **properties}}


def _moves(moves: Mapping[str, str]) -> list[State]:
    """By event, the state that follows; "": the call ends."""
    return [{"event": event, "next": then} if then else {"event": event} for event, then in moves.items()]


_DIALLING: State = {
    "from": "{{flow.channel.address}}",
    "to": "{{contact.channel.address}}",
    "timeout": RING,
    "record": False,
    "detect_answering_machine": True,
    "machine_detection": "Enable",
    "machine_detection_timeout": str(DETECTION),
}
