"""Reading the mails of MAIL_DIR, for the development mailbox."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from flask import current_app

from easyticket.core.errors import NotFound
from easyticket.integrations.mail_folder import MailFolder

_LINK = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, slots=True)
class MailRow:
    """One mail as the list shows it."""

    name: str
    to: str
    subject: str
    written_at: datetime
    has_attachments: bool


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file that came with a mail."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """One mail as a mail program would show it; `links` are the addresses its text names, each once."""

    name: str
    sender: str
    to: str
    subject: str
    written_at: datetime
    text: str
    html: str
    links: tuple[str, ...]
    attachments: tuple[AttachedFile, ...]


def list_mails(limit: int = 200) -> list[MailRow]:
    """Return the latest mails, the newest first."""
    folder = _folder()
    rows = []
    for name in folder.names()[:limit]:
        message = folder.read(name, headers_only=True)
        if message is not None:
            rows.append(_row(folder, name, message))
    return rows


def get_mail(name: str) -> ReceivedMail:
    """Return one mail.

    :raises NotFound: there is none of that name.
    """
    folder = _folder()
    message = folder.read(name)
    if message is None:
        raise NotFound("There is no such mail.")
    text = _body(message, "plain")
    return ReceivedMail(
        name=name,
        sender=str(message["From"] or ""),
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        written_at=folder.written_at(name),
        text=text,
        html=_body(message, "html"),
        links=tuple(dict.fromkeys(_LINK.findall(text))),
        attachments=tuple(_attached(part) for part in message.iter_attachments()),
    )


def get_attachment(name: str, number: int) -> AttachedFile:
    """Return a file of a mail by its place, from 0.

    :raises NotFound: there is no such mail, or it has fewer files.
    """
    attachments = get_mail(name).attachments
    if number >= len(attachments):
        raise NotFound("This mail has no such file.")
    return attachments[number]


def _folder() -> MailFolder:
    return MailFolder(current_app.config["SETTINGS"].mail_dir)


def _row(folder: MailFolder, name: str, message: EmailMessage) -> MailRow:
    return MailRow(
        name=name,
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        written_at=folder.written_at(name),
        has_attachments=message.get_content_type() == "multipart/mixed",
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


def _attached(part: EmailMessage) -> AttachedFile:
    content = part.get_payload(decode=True)
    return AttachedFile(
        name=part.get_filename() or "file",
        content_type=part.get_content_type(),
        content=content if isinstance(content, bytes) else b"",
    )
