"""The mails that arrived."""

import email
import email.policy
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage


@dataclass(frozen=True, slots=True)
class Mail:
    """`to` are the envelope's recipients; `headers` the mail's own; `accepted_at` is monotonic."""

    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    id: str = field(default_factory=lambda: "EM" + secrets.token_hex(8))
    accepted_at: float = field(default_factory=time.monotonic)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


def read(content: bytes, to: Sequence[str]) -> Mail:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return Mail(
        to=tuple(to),
        subject=str(message.get("Subject", "")),
        text=_part(message, "plain"),
        html=_part(message, "html"),
        headers={name: str(value) for name, value in message.items()},
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return "" if part is None else str(part.get_content()).replace("\r\n", "\n")
