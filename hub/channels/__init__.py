"""The ways to a person. A channel is one short file here and one line in the table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hub.channels.call import Call
from hub.channels.email import Email, MailServer
from hub.channels.sms import Sms
from hub.channels.studio import Studio
from hub.channels.twilio import TwilioLine
from hub.ports import Channel
from hub.response import Action
from hub.way import Way


@dataclass(frozen=True, slots=True)
class Lines:
    """What leads out of this home; None: not configured."""

    twilio: TwilioLine | None = None
    mail: MailServer | None = None
    studio: Studio | None = None
    way: Way | None = None


CHANNELS: Mapping[Action, Callable[[Lines], Channel | None]] = {
    Action.SMS: lambda lines: Sms(lines.twilio) if lines.twilio else None,
    Action.CALL: lambda lines: Call(lines.twilio, lines.studio) if lines.twilio and lines.studio else None,
    Action.EMAIL: lambda lines: Email(lines.mail, lines.way) if lines.mail else None,
}


def open_channels(lines: Lines) -> dict[Action, Channel]:
    """The channels this home has; everything a send needs is loaded now."""
    made = {action: make(lines) for action, make in CHANNELS.items()}
    return {action: channel for action, channel in made.items() if channel is not None}
