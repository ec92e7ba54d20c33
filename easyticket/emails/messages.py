"""Mails to the people who run the site: what visitors wrote in the contact form."""

from __future__ import annotations

from dataclasses import replace

from easyticket.emails.message import Email, render_email
from easyticket.models import ContactMessage
from easyticket.rules.wording import moment_text


def contact_message(message: ContactMessage, *, to: str) -> Email:
    """Return the mail that brings a message; whoever answers it writes to its writer."""
    mail = render_email(
        "contact_message",
        to,
        reference=message.reference,
        name=message.name,
        address=message.email,
        phone=message.phone,
        subject_line=message.subject,
        words=message.message,
        written_at=moment_text(message.created_at),
        has_account=message.user_id is not None,
    )
    return replace(mail, reply_to=message.email)
