"""A mail as a value, made from three templates, and as the message that leaves: headers that nobody can add a line to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage, Message
from email.policy import SMTP
from email.utils import format_datetime
from uuid import UUID

from email_validator import validate_email
from flask import render_template

_EMPTY_LINES = re.compile(r"\n{3,}")
# What is written as it stands is never taken apart and put together anew.
_POLICY = SMTP.clone(refold_source="none")
# An encoded word begins so (RFC 2047): `=?utf-8?q?=0D=0ABcc:?=` becomes a line break wherever it is read.
_ENCODED_WORD = "=?"
_LONGEST_LINE = 76


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail; we choose its name, in ASCII. `parameters` are those of its content type."""

    name: str
    content_type: str
    content: bytes
    parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Email:
    """Everything about one mail that a reader sees."""

    to: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()
    # Whom an answer goes to; nobody reads answers to the sender.
    reply_to: str = ""


def render_email(kind: str, to: str, *, attachments: Sequence[Attachment] = (), **values: object) -> Email:
    """Return the mail of one kind, from its three templates in templates/mail/ (subject, text, HTML)."""
    subject = " ".join(render_template(f"mail/{kind}.subject.txt", **values).split())
    return Email(
        to=to,
        subject=subject,
        text=_EMPTY_LINES.sub("\n\n", render_template(f"mail/{kind}.txt", **values).strip()) + "\n",
        html=render_template(f"mail/{kind}.html", subject=subject, **values),
        attachments=tuple(attachments),
    )


def as_message(email: Email, *, message_id: UUID, sender: str, host: str, now: datetime) -> EmailMessage:
    """Return the message to deliver. `message_id` is the same on every try, so that a second copy can be told as one.

    :raises ValueError: a header with a line break, a recipient that is not exactly one address, or a message that would
        be read with other headers than these.
    """
    message = EmailMessage(policy=_POLICY)
    message["Message-ID"] = f"<{message_id}@{host}>"
    message["Date"] = format_datetime(now)
    message["From"] = _one_line(sender)
    message["To"] = _address(email.to)
    if email.reply_to:
        message["Reply-To"] = _address(email.reply_to)
    # Not by message[...], which decodes encoded words in what it is given.
    message.set_raw("Subject", _as_written(_one_line(email.subject), "Subject"))
    # Nobody answers an automatic mail with another one (RFC 3834; the second is Exchange's own word for it).
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(email.text, cte="quoted-printable")
    message.add_alternative(email.html, subtype="html", cte="quoted-printable")
    for attachment in email.attachments:
        kind, _, subkind = attachment.content_type.partition("/")
        message.add_attachment(
            attachment.content,
            maintype=kind,
            subtype=subkind,
            filename=attachment.name,
            params=dict(attachment.parameters),
        )
    _check_headers(message)
    return message


def _check_headers(message: EmailMessage) -> None:
    """Refuse a message whose bytes are read as other parts or with other headers than it was given."""
    if _header_names(message_from_bytes(message.as_bytes())) != _header_names(message):
        raise ValueError("a mail header holds more than its own line")


def _header_names(message: Message) -> list[list[str]]:
    return [part.keys() for part in message.walk()]


def _as_written(text: str, name: str) -> str:
    """Return a header's text so that everybody reads it exactly as it was written, encoded words in it as well."""
    is_plain = text.isascii() and text.isprintable() and _ENCODED_WORD not in text
    if is_plain and len(name) + len(text) + 2 <= _LONGEST_LINE:
        return text
    return Header(text, "utf-8", maxlinelen=_LONGEST_LINE, header_name=name).encode(linesep="\r\n")


def _one_line(text: str) -> str:
    if len(text.splitlines()) > 1 or text != text.strip("\r\n"):
        raise ValueError("a mail header is one line")
    return text


def _address(text: str) -> Address:
    """Return the one address; its domain in ASCII, so that servers without SMTPUTF8 take it."""
    if _ENCODED_WORD in text:
        raise ValueError("an address holds no encoded word")
    checked = validate_email(_one_line(text), check_deliverability=False, test_environment=True)
    return Address(username=checked.local_part, domain=checked.ascii_domain)
