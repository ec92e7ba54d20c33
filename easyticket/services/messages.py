"""What visitors leave with the people who run the site: messages, which are mailed to them, and newsletter addresses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import sqlalchemy as sa

from easyticket.core.errors import Invalid, invalid_field
from easyticket.db import db, insert_if_new, transactional
from easyticket.models import ContactMessage, NewsletterSubscription
from easyticket.queue import JobName, enqueue
from easyticket.rules.people import check_all, normal_email, normal_line, normal_phone, normal_text
from easyticket.rules.permissions import Actor

_NAME, _SUBJECT, _MESSAGE = 100, 200, 5_000
_BLANK = "This field may not be blank."


@dataclass(frozen=True, slots=True)
class MessageDraft:
    """What somebody wrote in the contact form."""

    name: str
    email: str
    subject: str
    message: str
    phone_number: str = ""


@transactional
def send_contact_message(*, actor: Actor, draft: MessageDraft, now: datetime) -> ContactMessage:
    """Keep a message and mail it to the people who run the site, who answer to the writer's address.

    :raises Invalid: by field, everything that is wrong at once.
    """
    clean = check_all(
        {
            "name": lambda: _filled("name", normal_line(draft.name, field="name", longest=_NAME)),
            "email": lambda: normal_email(draft.email),
            "subject": lambda: _filled(
                "subject", normal_line(draft.subject, field="subject", longest=_SUBJECT)
            ),
            "message": lambda: _filled(
                "message", normal_text(draft.message, field="message", longest=_MESSAGE)
            ),
            "phone": lambda: normal_phone(draft.phone_number),
        }
    )
    message = ContactMessage(**clean, user_id=actor.user_id, created_at=now)
    db.session.add(message)
    db.session.flush()
    enqueue(JobName.MAIL_CONTACT_MESSAGE, {"contact_message_id": message.id})
    return message


@transactional
def subscribe_to_newsletter(*, email: str, now: datetime) -> NewsletterSubscription:
    """Note that an address wants the newsletter.

    :raises Invalid: it is none, or wants it already (code `already_subscribed`); field `email`.
    """
    address = normal_email(email)
    row = {"uuid": uuid4(), "email": address, "subscribed_at": now}
    if not insert_if_new(NewsletterSubscription, row):
        sentence = "This email is already subscribed to the newsletter."
        raise Invalid(sentence, code="already_subscribed", fields={"email": [sentence]})
    found = sa.select(NewsletterSubscription).where(NewsletterSubscription.email == address)
    return db.session.scalars(found).one()


def _filled(field: str, text: str) -> str:
    if not text.strip():
        raise invalid_field(field, _BLANK)
    return text
