"""The hub's own words (levels, outcomes, devices) as a person reads them, and times by the home's clock."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from flask import Flask
from flask_babel import lazy_gettext as _

from web.languages import chosen

WORDS = {
    "level": {
        "prevention": _("Prevention"),
        "rescue": _("Rescue"),
        "alarm": _("Alarm"),
    },
    "state": {
        "alerting": _("Telling the contacts"),
        "acknowledged": _("Somebody is taking care"),
        "resolved": _("Ended"),
    },
    "kind": {
        "real": _("It was real"),
        "false_alarm": _("False alarm"),
        "test": _("It was a test"),
        "duress": _("Ended under threat"),
        "expired": _("Closed by itself: everything was sent"),
    },
    "channel": {"sms": _("SMS"), "call": _("Call"), "email": _("E-mail")},
    "outcome": {
        "queued": _("waiting"),
        "sending": _("sending"),
        "accepted": _("accepted"),
        "delivered": _("delivered"),
        "unknown": _("unknown"),
        "failed": _("failed"),
    },
    "device": {
        "buttons": _("Buttons"),
        "siren": _("Siren"),
        "microphone": _("Microphone"),
        "modem": _("Mobile network"),
        "power": _("Mains power"),
        "store": _("Memory"),
    },
    "driver": {"simulated": _("simulated"), "none": _("none")},
    "path": {
        "twilio": _("SMS and calls by internet"),
        "smtp": _("E-mail"),
        "internet": _("Internet"),
        "ethernet": _("Ethernet"),
        "wifi": _("Wi-Fi"),
        "lte": _("Mobile data"),
        "other": _("Other connection"),
        "modem": _("SMS by the mobile network"),
    },
    "event": {
        "opened": _("The button was pressed"),
        "drill": _("The exercise began"),
        "joined": _("Pressed again within ten seconds"),
        "repeated": _("Pressed again"),
        "raised": _("Pressed again, at a higher level"),
        "called_again": _("Nobody answered: everybody is called again"),
        "unreached": _("Not reached by SMS: called"),
        "acknowledged": _("Somebody is taking care"),
        "answered": _("Pressed 1 or answered OK"),
        "checked": _("Whoever takes care is asked whether it still is so"),
        "wrong_code": _("Key 9 with a wrong code"),
        "moved": _("The hub has moved"),
        "lapsed": _("Nobody is taking care any more"),
        "threatened": _("Ended under threat: it goes on"),
        "ended": _("Ended"),
        "expired": _("Closed by itself"),
    },
    "purpose": {
        "alert": _("Alert"),
        "again": _("Pressed again"),
        "still": _("Nobody answered yet"),
        "moved": _("Where the hub is"),
        "lapsed": _("Nobody is taking care any more"),
        "check": _("Still taking care?"),
        "taken": _("Somebody is taking care"),
        "yours": _("You are taking care"),
        "second": _("Somebody else is taking care"),
        "all_clear": _("All-clear"),
        "under_threat": _("Ended under threat"),
    },
    "gesture": {
        "single": _("One press"),
        "double": _("Two presses"),
        "many": _("Three presses or more"),
        "hold": _("Hold it down"),
    },
    "action": {
        "sms": _("SMS"),
        "call": _("Call"),
        "email": _("E-mail"),
        "siren": _("Siren"),
        "record": _("Record the room"),
    },
    "button": {
        "ok": _("works"),
        "unheard": _("not heard yet"),
        "late": _("late"),
        "missing": _("missing"),
        "absent": _("not heard for a day"),
        "apart": _("not connected"),
        "unlinked": _("not connected for long"),
    },
    "step": {
        "presence": _("Does he live here, or come in?"),
        "home": _("Home"),
        "contacts": _("Contacts"),
        "technicians": _("Technicians"),
        "buttons": _("Buttons"),
        "siren": _("Siren"),
        "microphone": _("Microphone"),
        "paths": _("Ways to the contacts"),
        "keys": _("Keys of the recordings"),
        "drill": _("Exercise"),
        "sheet": _("Sheet to hand over"),
    },
    "visit": {
        "opened": _("The page was opened"),
        "closed": _("The page was closed"),
        "login": _("Logged in"),
        "refused": _("A wrong code"),
        "logout": _("Logged out"),
        "code": _("A code was changed"),
        "removal": _("A contact is to be removed or changed"),
        "confirmed": _("A change was confirmed"),
        "withdrawn": _("A change was withdrawn"),
        "wiped": _("Everything was deleted"),
    },
    "who": {
        "technician": _("Technician"),
        "wearer": _("Wearer"),
        "duress": _("Under threat"),
        "threat": _("Under threat"),
        "button": _("by the button in the case"),
        "command": _("by a command"),
        "setup": _("for the set-up"),
    },
    "behaviour": {
        "by_hand": _("By hand: you decide"),
        "takes_charge": _("Answers and presses 1"),
        "answers": _("Answers, presses nothing"),
        "answering_machine": _("Answering machine"),
        "ignores": _("Rings, nobody answers"),
        "out_of_reach": _("Out of reach"),
    },
    "result": {
        "completed": _("answered"),
        "no-answer": _("not answered"),
        "busy": _("declined"),
        "failed": _("out of reach"),
        "machine": _("answering machine"),
        "needless": _("not needed any more"),
    },
}


def install(app: Flask) -> None:
    app.add_template_filter(word)
    app.add_template_filter(clock)
    app.add_template_filter(moment)
    app.add_template_filter(decibels)


def word(value: str, group: str) -> str:
    """A word that this page does not know yet is shown as the hub says it."""
    return str(WORDS[group].get(value, value))


def decibels(level: float) -> str:
    """-21.4 is "−21 dB": with a real minus sign, whole."""
    return f"{level:.0f} dB".replace("-", "−")


def clock(at: str | None, timezone: str) -> str:
    """ "2026-03-01T19:14:05Z" is "20:14:05" in Paris."""
    if not at:
        return ""
    return datetime.fromisoformat(at).astimezone(ZoneInfo(timezone)).strftime("%H:%M:%S")


def moment(at: str | None, timezone: str) -> str:
    """ "2026-03-01T19:14:05Z" is "Sunday 1 March at 20:14" in Paris, in the page's language."""
    if not at:
        return ""
    pattern = {"fr": "EEEE d MMMM 'à' HH:mm", "en": "EEEE d MMMM 'at' HH:mm"}[chosen()]
    return str(format_datetime(datetime.fromisoformat(at), pattern, ZoneInfo(timezone), chosen()))
