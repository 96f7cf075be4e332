"""What Twilio answers: its resources, its lists and its errors, as JSON-ready dictionaries."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime

from hardware.simulated.network.call import Call, CallState
from hardware.simulated.network.numbers import OwnNumber
from hardware.simulated.network.texting import EXPIRED, OUT_OF_REACH, Sms

Json = dict[str, object]

VERSION = "2010-04-01"
CALL_PARTS = (
    "events",
    "notifications",
    "payments",
    "recordings",
    "siprec",
    "streams",
    "transcriptions",
    "user_defined_message_subscriptions",
    "user_defined_messages",
)
UNUSED_NUMBER_PARTS = (
    "address_sid",
    "bundle_sid",
    "emergency_address_sid",
    "identity_sid",
    "sms_application_sid",
    "sms_fallback_url",
    "sms_url",
    "status_callback",
    "trunk_sid",
    "voice_application_sid",
    "voice_fallback_url",
)
ERROR_MESSAGES = {
    OUT_OF_REACH: "Unreachable destination handset",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
    EXPIRED: "Validity Period Expired",
}


class AnswerError(Exception):
    """An answer with a status of 400 and more; `code` is Twilio's own number for the reason."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    @property
    def body(self) -> Json:
        link = f"https://www.twilio.com/docs/errors/{self.code}"
        return {"code": self.code, "message": str(self), "more_info": link, "status": self.status}


def not_found() -> AnswerError:
    return AnswerError(404, 20404, "The requested resource was not found")


def message(sms: Sms, account: str) -> Json:
    uri = f"/{VERSION}/Accounts/{account}/Messages/{sms.id}"
    return {
        "account_sid": account,
        "api_version": VERSION,
        "body": sms.text,
        "date_created": _date(sms.created),
        "date_sent": _date(sms.sent),
        "date_updated": _date(sms.updated),
        "direction": "inbound" if sms.inbound else "outbound-api",
        "error_code": sms.error,
        "error_message": ERROR_MESSAGES.get(sms.error) if sms.error else None,
        "from": sms.sender,
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": str(sms.segments),
        "price": None,
        "price_unit": "USD",
        "sid": sms.id,
        "status": sms.state.value,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": sms.to,
        "uri": f"{uri}.json",
    }


def call(one: Call, account: str) -> Json:
    uri = f"/{VERSION}/Accounts/{account}/Calls/{one.id}"
    parts = {part: f"{uri}/{part.title().replace('_', '')}.json" for part in CALL_PARTS}
    return {
        "account_sid": account,
        "answered_by": one.answered_by,
        "api_version": VERSION,
        "caller_name": None,
        "date_created": _date(one.created),
        "date_updated": _date(one.updated),
        "direction": "inbound" if one.inbound else "outbound-api",
        "duration": _duration(one),
        "end_time": _date(one.ended),
        "forwarded_from": None,
        "from": one.sender,
        "from_formatted": one.sender,
        "group_sid": None,
        "parent_call_sid": None,
        "phone_number_sid": None,
        "price": None,
        "price_unit": "USD",
        "queue_time": str(round(one.queued_for * 1000)),
        "sid": one.id,
        "start_time": _date(one.started),
        "status": one.state.value,
        "subresource_uris": parts,
        "to": one.to,
        "to_formatted": one.to,
        "trunk_sid": None,
        "uri": f"{uri}.json",
    }


def account(sid: str) -> Json:
    uri = f"/{VERSION}/Accounts/{sid}"
    created = format_datetime(datetime.fromisoformat("2024-01-01T00:00:00+00:00"))
    return {
        "auth_token": None,
        "date_created": created,
        "date_updated": created,
        "friendly_name": "Built-in telephone network",
        "owner_account_sid": sid,
        "sid": sid,
        "status": "active",
        "subresource_uris": {"calls": f"{uri}/Calls.json", "messages": f"{uri}/Messages.json"},
        "type": "Full",
        "uri": f"{uri}.json",
    }


def balance(sid: str, left: str) -> Json:
    return {"account_sid": sid, "balance": left, "currency": "USD"}


def number(own: OwnNumber, account: str) -> Json:
    return dict.fromkeys(UNUSED_NUMBER_PARTS) | {
        "account_sid": account,
        "address_requirements": "none",
        "api_version": VERSION,
        "beta": False,
        "capabilities": {"voice": own.voice, "sms": own.sms, "mms": False, "fax": False},
        "date_created": _date(own.created),
        "date_updated": _date(own.updated),
        "emergency_address_status": "unregistered",
        "emergency_status": "Inactive",
        "friendly_name": own.number,
        "origin": "twilio",
        "phone_number": own.number,
        "sid": own.id,
        "sms_fallback_method": "POST",
        "sms_method": "POST",
        "status": "in-use",
        "status_callback_method": "POST",
        "type": "local",
        "uri": f"/{VERSION}/Accounts/{account}/IncomingPhoneNumbers/{own.id}.json",
        "voice_caller_id_lookup": False,
        "voice_fallback_method": "POST",
        "voice_method": own.voice_method,
        "voice_receive_mode": "voice",
        "voice_url": own.voice_url,
    }


def caller_id(own: OwnNumber, account: str) -> Json:
    return {
        "account_sid": account,
        "date_created": _date(own.created),
        "date_updated": _date(own.updated),
        "friendly_name": own.number,
        "phone_number": own.number,
        "sid": own.id,
        "uri": f"/{VERSION}/Accounts/{account}/OutgoingCallerIds/{own.id}.json",
    }


def page(name: str, path: str, number: int, size: int, items: Sequence[Json], links: Mapping[str, str]) -> Json:
    """`items` are those of this page alone; `links` has "previous" and "next" where there is one."""
    start = number * size
    return {
        "end": max(start, start + len(items) - 1),
        "first_page_uri": f"{path}?PageSize={size}&Page=0",
        "next_page_uri": links.get("next"),
        name: list(items),
        "page": number,
        "page_size": size,
        "previous_page_uri": links.get("previous"),
        "start": start,
        "uri": f"{path}?PageSize={size}&Page={number}",
    }


def _date(moment: datetime | None) -> str | None:
    return None if moment is None else format_datetime(moment)


def _duration(one: Call) -> str | None:
    if one.state is not CallState.COMPLETED or not one.started or not one.ended:
        return None
    return str(round((one.ended - one.started).total_seconds()))
