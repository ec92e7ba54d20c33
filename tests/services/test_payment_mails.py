"""Mails about money that needs a person: each says what happened, what it means for the reader, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from uuid import uuid4

import pytest

from easyticket.core import clock
from easyticket.db import db
from easyticket.integrations.providers import DisputeState
from easyticket.models import Dispute, Order, Payment
from easyticket.services import delivery
from easyticket.services.disputes import apply_dispute_snapshot
from easyticket.services.payments import settle_payment
from easyticket.services.quarantine import leave_quarantined_payment
from tests import factories
from tests.services.strict_provider import StrictProvider
from tests.services.test_orders import place
from tests.services.test_payments import start

pytestmark = pytest.mark.usefixtures("db_session")

Mailbox = Callable[[], list[EmailMessage]]


def disputed(provider: StrictProvider, state: DisputeState) -> Dispute:
    order, payment = paid(provider)
    provider.dispute(state, order.total_minor, due_at=clock.now() + timedelta(days=7))
    return apply_dispute_snapshot(payment.id, provider.disputes["dp_1"], clock.now())


def paid(provider: StrictProvider, **wrong: object) -> tuple[Order, Payment]:
    order = place(factories.make_simple_event(title="Highlife Night", price_minor=5_000))
    payment = start(order)
    provider.pay(payment.reference, **wrong)
    settle_payment(payment.reference)
    return order, payment


def texts(mail: EmailMessage) -> list[str]:
    return [
        " ".join(part.get_content().split()) for part in mail.walk() if part.get_content_maintype() == "text"
    ]


@pytest.mark.parametrize(
    ("state", "subject", "said"),
    [
        (
            DisputeState.WARNING,
            "A bank asks about a payment of Highlife Night",
            "No money has been taken back.",
        ),
        (DisputeState.OPEN, "A payment of Highlife Night is disputed", "your share of it cannot be paid out"),
        (DisputeState.LOST, "is lost", "have ended, and their places are not sold again"),
        (DisputeState.WON, "stays yours", "the money is not taken back"),
    ],
)
def test_an_organizer_reads_where_a_dispute_stands(
    provider: StrictProvider, mailbox: Mailbox, state: DisputeState, subject: str, said: str
) -> None:
    dispute = disputed(provider, state)
    organizer = dispute.order.event.organizer.email
    delivery.mail_payment_disputed(dispute.id, state=state.value, message_id=uuid4())
    [mail] = mailbox()
    assert mail["To"] == organizer
    assert subject in mail["Subject"]
    for text in texts(mail):
        assert said in text and "52.50" in text
        assert ("We can answer the bank until" in text) is (
            state in (DisputeState.WARNING, DisputeState.OPEN)
        )


def test_what_is_no_longer_so_is_not_mailed(provider: StrictProvider, mailbox: Mailbox) -> None:
    dispute = disputed(provider, DisputeState.WON)
    delivery.mail_payment_disputed(dispute.id, state="open", message_id=uuid4())
    assert mailbox() == []


@pytest.mark.parametrize(
    ("wrong", "what_to_do"),
    [
        ({"amount_minor": 1}, "the money goes back to the payer, or it stays"),
        ({"currency": "NGN"}, "return it at Stripe"),
    ],
)
def test_the_people_who_run_the_site_read_of_quarantined_money(
    provider: StrictProvider, mailbox: Mailbox, wrong: dict[str, object], what_to_do: str
) -> None:
    order, payment = paid(provider, **wrong)
    number, reference, difference = order.number, payment.reference, payment.last_error
    delivery.mail_payment_quarantined(payment.id, message_id=uuid4())
    [mail] = mailbox()
    assert number in mail["Subject"]
    for text in texts(mail):
        assert reference in text and difference in text and what_to_do in text


def test_once_decided_nobody_is_asked_any_more(provider: StrictProvider, mailbox: Mailbox) -> None:
    _, payment = paid(provider, amount_minor=1)
    staff = factories.actor_of(factories.make_staff())
    leave_quarantined_payment(actor=staff, payment=payment, now=clock.now())
    delivery.mail_payment_quarantined(payment.id, message_id=uuid4())
    assert mailbox() == []
    assert db.session.get_one(Payment, payment.id).reviewed_at is not None
