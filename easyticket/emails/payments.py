"""Mails about payments that need a person: money that is not what was asked for, and money that a bank takes back."""

from __future__ import annotations

from easyticket.core.money import Money
from easyticket.emails.message import Email, render_email
from easyticket.integrations.providers import DisputeState
from easyticket.links import public_url
from easyticket.models import Dispute, Payment
from easyticket.rules.wording import moment_text, money_text


def payment_quarantined(payment: Payment, *, to: str) -> Email:
    """Return the mail to the people who run the site: money came that buys nothing until they decide what becomes of it."""
    order = payment.order
    return render_email(
        "payment_quarantined",
        to,
        reference=payment.reference,
        provider=payment.provider.capitalize(),
        order_number=order.number,
        event_title=" ".join(order.event.title.split()),
        difference=payment.last_error,
        can_be_returned=payment.captured_minor is not None,
        link=public_url("admin.payments"),
    )


def payment_disputed(dispute: Dispute, *, state: DisputeState, contact: str) -> Email:
    """Return the mail that tells an organizer of a dispute, at its beginning and when it is decided (`state`).

    `contact` is the address of the people who answer the bank.
    """
    order = dispute.order
    event = order.event
    return render_email(
        "payment_disputed",
        event.organizer.email,
        state=state.value,
        contact=contact,
        amount=money_text(Money(dispute.amount_minor, dispute.currency)),
        order_number=order.number,
        event_title=" ".join(event.title.split()),
        due=moment_text(dispute.due_at, event.time_zone) if dispute.due_at else "",
        has_ended=order.confirmed_at is not None and order.cancelled_at is not None,
        link=public_url("organizer.event", slug=event.slug),
    )
