"""What a stranger puts into an event or a message adds no header to a mail and no part: looked at in the bytes that leave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes, policy
from functools import partial
from uuid import uuid4

import pytest
from flask import Flask

from config import Settings
from easyticket.core import clock
from easyticket.db import transaction
from easyticket.integrations.mail import MailRefused
from easyticket.models import ContactMessage
from easyticket.services import delivery
from tests.factories import make_simple_event
from tests.servers.smtp import SmtpServer
from tests.services.test_delivery import make_paid_order, make_refund

pytestmark = pytest.mark.usefixtures("db_session")

# A line break, a header, the end of the headers and a page, as an encoded word (RFC 2047).
EVIL = "Win =?utf-8?q?=0D=0AReply-To:_evil@evil.org=0D=0AContent-Type:_text/html=0D=0A=0D=0A=3Ch1=3EPhish=3C/h1=3E?="
HEADERS = [
    "Message-ID", "Date", "From", "To", "Subject", "Auto-Submitted", "X-Auto-Response-Suppress", "Content-Type",
    "MIME-Version",
]  # fmt: skip
KINDS = {
    "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf", "text/calendar",
}  # fmt: skip


@pytest.fixture
def outgoing(
    app: Flask, settings: Settings, smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> SmtpServer:
    """The mail server that mails of this test go to."""
    monkeypatch.setitem(app.config, "SETTINGS", replace(settings, mail_url=smtp_server.url))
    return smtp_server


def leave(outgoing: SmtpServer, mail: Callable[..., None]) -> tuple[list[str], str]:
    """Send a mail; return the names of its headers and its subject, as they are read in its bytes."""
    mail(message_id=uuid4())
    content = outgoing.contents.pop()
    read = message_from_bytes(content, policy=policy.default)
    assert {part.get_content_type() for part in read.walk()} <= KINDS
    return message_from_bytes(content).keys(), str(read["Subject"]).replace("\N{NO-BREAK SPACE}", " ")


def test_a_title_with_headers_in_disguise_is_only_ever_a_title(outgoing: SmtpServer) -> None:
    event = make_simple_event(title=EVIL, venue_name=EVIL[:200], price_minor=5_000)
    order = make_paid_order(event=event, buyer_name=EVIL[:100])
    refunds = [make_refund(make_paid_order(event=event), source).id for source in ("buyer", "late_payment")]
    mails = {
        f"Your tickets for {EVIL}": partial(delivery.mail_order_confirmed, order.id),
        f"GH₵ 105.00 on its way back: {EVIL}": partial(delivery.mail_order_refunded, refunds[0]),
        f"Paid too late for {EVIL}: GH₵ 105.00 on its way back": partial(
            delivery.mail_order_refunded, refunds[1]
        ),
        f"Cancelled: {EVIL}": partial(delivery.mail_event_cancelled, order.id),
    }
    for subject, mail in mails.items():
        names, said = leave(outgoing, mail)
        assert (sorted(names), said) == (sorted(HEADERS), subject)


def written(**fields: str) -> int:
    with transaction() as session:
        message = ContactMessage(
            **{
                "name": EVIL[:100],
                "email": "ama@example.org",
                "subject": EVIL,
                "message": EVIL,
                "created_at": clock.now(),
                **fields,
            }
        )
        session.add(message)
        session.flush()
        return message.id


def test_so_is_the_subject_of_a_message_to_the_site(outgoing: SmtpServer) -> None:
    names, said = leave(outgoing, partial(delivery.mail_contact_message, written()))
    assert sorted(names) == sorted([*HEADERS, "Reply-To"])
    assert said.endswith(f": {EVIL}")
    assert outgoing.messages[-1]["Reply-To"] == "ama@example.org"


def test_an_address_with_headers_in_disguise_gets_no_mail(outgoing: SmtpServer) -> None:
    address = "=?utf-8?q?a=0D=0ABcc=3A=5Fz?=@example.org"
    mails = (
        partial(delivery.mail_contact_message, written(email=address)),
        partial(delivery.mail_order_confirmed, make_paid_order(buyer_email=address).id),
    )
    for mail in mails:
        with pytest.raises(MailRefused):
            mail(message_id=uuid4())
    assert outgoing.contents == []
