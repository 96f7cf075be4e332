"""A small flow as Studio knows it: it calls, says the text, asks for a key, and answers to it."""

from typing import Any

Json = dict[str, Any]


def widget(name: str, kind: str, properties: Json, **transitions: str | None) -> Json:
    steps = [{"event": event} | ({"next": name} if name else {}) for event, name in transitions.items()]
    return {"name": name, "type": kind, "properties": properties, "transitions": steps}


def split(name: str, argument: str, other: str | None = None, **matches: str) -> Json:
    """`matches`: the name of the next widget for each value, written as _1 where it is a digit."""
    made = widget(name, "split-based-on", {"input": argument}, noMatch=other)
    for written, target in matches.items():
        value = written.removeprefix("_")
        condition = {"friendly_name": value, "arguments": [argument], "type": "equal_to", "value": value}
        made["transitions"].append({"event": "match", "next": target, "conditions": [condition]})
    return made


def say(name: str, text: str, after: str | None = None) -> Json:
    return widget(name, "say-play", {"say": text, "language": "en-GB", "loop": 1}, audioComplete=after)


def gather(name: str, text: str, after: str | None, timeout: str | None = None, **more: object) -> Json:
    asked = {"say": text, "loop": 1, "timeout": 5, "number_of_digits": 1, **more}
    return widget(name, "gather-input-on-call", asked, keypress=after, speech=None, timeout=timeout)


def keep(name: str, key: str, value: str, after: str | None = None) -> Json:
    return widget(name, "set-variables", {"variables": [{"key": key, "value": value}]}, next=after)


FLOW: Json = {
    "description": "Somebody takes charge",
    "states": [
        widget(
            "Trigger",
            "trigger",
            {"offset": {"x": 0, "y": 0}},
            incomingMessage=None,
            incomingCall="welcome",
            incomingConversationMessage=None,
            incomingRequest="call",
            incomingParent=None,
        ),
        widget(
            "call",
            "make-outgoing-call-v2",
            {
                "from": "{{flow.channel.address}}",
                "to": "{{contact.channel.address}}",
                "timeout": 30,
                "detect_answering_machine": True,
                "machine_detection": "DetectMessageEnd",
            },
            answered="who",
            busy="note",
            noAnswer="note",
            failed="note",
        ),
        keep("note", "end", "{{widgets.call.CallStatus}}"),
        split("who", "{{widgets.call.AnsweredBy}}", "leave_word", human="text"),
        say("leave_word", "Call back."),
        say("welcome", "You are {{trigger.call.From}}.", "menu"),
        say("text", "{{flow.data.text}}", "menu"),
        gather("menu", "Press 1.", "choice", "nobody"),
        split("choice", "{{widgets.menu.Digits}}", "menu", _1="taken", _9="code"),
        keep("taken", "answer", "{{widgets.menu.Digits}}", "brief"),
        say("brief", "{{flow.data.brief}}"),
        gather("code", "The code?", "thanks", "nobody", number_of_digits=4),
        say("thanks", "It is {{widgets.code.Digits}}."),
        say("nobody", "Goodbye."),
    ],
    "initial_state": "Trigger",
    "flags": {"allow_concurrent_calls": True},
}
