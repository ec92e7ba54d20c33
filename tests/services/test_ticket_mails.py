"""The mails about a ticket that is sent on: the new holder gets it, the one before is told, and both hear what is true."""

from __future__ import annotations

from uuid import uuid4

import pytest

from easyticket.db import transaction
from easyticket.models import EventStatus
from easyticket.rules.permissions import ANONYMOUS
from easyticket.services.delivery import (
    mail_order_confirmed,
    mail_ticket_ended,
    mail_ticket_received,
    mail_ticket_sent_on,
)
from easyticket.services.orders import secret_of
from easyticket.services.ticket_transfers import secret_of_transfer
from easyticket.services.tickets import cancel_tickets
from tests.services.test_delivery import Mailbox, html_of, only, text_of
from tests.services.test_ticket_transfers import NOW, bought, send

pytestmark = pytest.mark.usefixtures("db_session")


def test_the_receiver_gets_the_ticket_with_a_link_of_its_own(mailbox: Mailbox) -> None:
    [ticket] = bought()
    old, order_secret = ticket.code, secret_of(ticket.order)
    transfer = send(ticket)
    mail_ticket_received(transfer.id, message_id=uuid4())
    message = only(mailbox)
    assert message["To"] == "efua@example.org"
    assert message["Subject"].startswith("A ticket for you: ")
    assert "Kofi Mensah sent you a ticket for" in text_of(message)
    for text in (text_of(message), html_of(message)):
        assert ticket.code in text and f"/tickets/{secret_of_transfer(transfer)}/" in text
        assert order_secret not in text and old not in text
    assert [part.get_content_type() for part in message.iter_attachments()] == [
        "application/pdf",
        "text/calendar",
    ]


def test_the_sender_is_told_where_it_went_and_not_the_new_code(mailbox: Mailbox) -> None:
    [ticket] = bought()
    mail_ticket_sent_on(send(ticket).id, message_id=uuid4())
    message = only(mailbox)
    assert message["To"] == "guest@example.org"
    assert "It went to Efua Sarpong (efua@example.org) on " in text_of(message)
    for text in (text_of(message), html_of(message)):
        assert ticket.code not in text


def test_what_went_further_or_ended_is_not_mailed(mailbox: Mailbox) -> None:
    [first, second] = bought(quantity=2)
    gone = send(first)
    send(first, actor=ANONYMOUS.with_ticket_secret(secret_of_transfer(gone)), to_email="kojo@example.org")
    ended = send(second)
    cancel_tickets([second], NOW, restock=False)
    for transfer in (gone, ended):
        mail_ticket_received(transfer.id, message_id=uuid4())
    assert mailbox() == []


def test_the_buyers_mail_brings_only_what_the_buyer_still_has(mailbox: Mailbox) -> None:
    [sent, kept] = bought(quantity=2)
    send(sent)
    mail_order_confirmed(sent.order_id, message_id=uuid4())
    text = text_of(only(mailbox))
    assert kept.code in text and sent.code not in text


def test_its_holder_hears_of_the_end_and_why(mailbox: Mailbox) -> None:
    [ticket] = bought()
    send(ticket)
    mail_ticket_ended(ticket.id, message_id=uuid4())
    assert mailbox() == []
    cancel_tickets([ticket], NOW, restock=False)
    mail_ticket_ended(ticket.id, message_id=uuid4())
    assert "is no longer valid" in text_of(only(mailbox))
    with transaction():
        ticket.event.status, ticket.event.cancellation_reason = EventStatus.CANCELLED, "The hall burned down."
    mail_ticket_ended(ticket.id, message_id=uuid4())
    message = mailbox()[-1]
    assert message["To"] == "efua@example.org" and message["Subject"].startswith("Cancelled: ")
    assert "The hall burned down." in text_of(message)
