"""The hub's own words (levels, outcomes, devices) as a person reads them, and times by the home's clock."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Flask
from flask_babel import lazy_gettext as _

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
