"""From the configuration to the channels of this home."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from hub.channels import Lines, open_channels
from hub.channels.account import Account
from hub.channels.email import MailServer, Security
from hub.channels.inbox import Inbox
from hub.channels.studio import Studio
from hub.channels.twilio import TwilioAccount, TwilioLine
from hub.config import Config
from hub.config.sections import Email, Twilio
from hub.ports import Channel
from hub.provider import Outside
from hub.response import Action
from hub.way import Way

POLLING_THREADS = 4
SENDING_THREADS = 32  # five contacts, SMS and call, with room for sends that hang beyond their eight seconds


def open_lines(config: Config, way: Way) -> tuple[Mapping[Action, Channel], Outside | None]:
    """The channels, and what is looked after beside them; only what is configured. All a send needs is loaded now."""
    mail = _mail(config.email) if config.email else None
    if config.twilio is None:
        return open_channels(Lines(mail=mail, way=way)), None
    line = _twilio(config.twilio, way)
    studio = Studio(line)
    account = Account(line, config.twilio.balance_min)
    return open_channels(Lines(line, mail, studio, way)), Outside(line, studio, Inbox(line, studio), account)


def _twilio(config: Twilio, way: Way) -> TwilioLine:
    account = TwilioAccount(
        account_sid=config.account_sid,
        api_key_sid=config.api_key_sid,
        api_key_secret=config.api_key_secret.get_secret_value(),
        sender=config.sender,
        caller=config.caller,
        api_url=config.api_url,
        studio_url=config.studio_url,
    )
    sending = ThreadPoolExecutor(SENDING_THREADS, thread_name_prefix="send")
    polling = ThreadPoolExecutor(POLLING_THREADS, thread_name_prefix="poll")
    return TwilioLine(account, sending, polling, way=way)


def _mail(config: Email) -> MailServer:
    return MailServer(
        host=config.host,
        port=config.port,
        security=Security(config.security),
        sender=config.sender,
        username=config.username,
        password=config.password.get_secret_value() if config.password else "",
    )
