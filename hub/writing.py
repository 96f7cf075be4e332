"""What people read: an alert as the parts of an SMS, and as an e-mail."""

from collections.abc import Mapping

from hub.alert import DETAILS, Alert, Course, Purpose
from hub.fitting import Parts
from hub.gsm7 import transliterate
from hub.texts import sentence, wordings

Values = Mapping[str, str]


def parts(alert: Alert, language: str, values: Values) -> Parts:
    """An SMS, in the order in which it is read."""
    over = alert.course is Course.OVER
    keys = {
        "head": f"head_{_purpose(alert)}{'_drill' * (alert.drill and alert.purpose is Purpose.AGAIN)}",
        "silence": "silence_over" if over else "silence",
        **({"moved": "moved"} if alert.shows_elsewhere else {}),
        "police": f"police_{alert.course}",
        "do": f"do_{alert.course}",
    }
    for mark in alert.marks:
        keys = {"mark": mark, **keys}
    if alert.shows_code:
        keys["code"] = "code"
    if values["map"] and alert.shows_place and not alert.shows_elsewhere:  # two links would be one too many
        keys["map"] = "map"
    if alert.shows_room:
        keys["room"] = "room"
    return {
        part: tuple(transliterate(text) for text in wordings(language, "sms", key, **values))
        for part, key in keys.items()
    }


def subject(alert: Alert, language: str, values: Values) -> str:
    """Of the e-mail: urgent or not, who, and the reference."""
    key = "drill" if alert.drill else alert.course
    return sentence(language, "mail", f"subject_{key}", **values)


def mail(alert: Alert, language: str, values: Values) -> str:
    """The e-mail: paragraphs, the first one the most important."""
    course = alert.course
    place = ["where", *_maps(alert, values), *_details(alert, values)] if alert.shows_place else []
    facts = [*(place or ["where"] * (course is Course.OVER)), "when", "reference"]
    todo = [f"police_{course}", f"do_{course}", *([] if course is Course.OVER else ["silence"])]
    head = [*alert.marks, f"head_{_purpose(alert)}", f"what_{course}"]
    end = [*(["code"] if alert.shows_code else []), *(["room"] if alert.shows_room else [])]

    def say(keys: list[str]) -> list[str]:
        return [sentence(language, "mail", key, **values) for key in keys]

    return "\n\n".join([*say(head), "\n".join(say(facts)), *say(todo), *say(end)]) + "\n"


def _maps(alert: Alert, values: Values) -> list[str]:
    return [*(["map"] if values["map"] else []), *(["moved"] if alert.shows_elsewhere else [])]


def _details(alert: Alert, values: Values) -> list[str]:
    """What the emergency services may ask for: only where somebody may have to call them."""
    return [key for key in DETAILS if values[key]] if alert.urgent else []


def _purpose(alert: Alert) -> Purpose:
    """To ask whether somebody is still in charge is a call; in writing it would say what they were told before."""
    return Purpose.YOURS if alert.purpose is Purpose.CHECK else alert.purpose
