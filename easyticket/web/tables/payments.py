"""The columns of payments that wait for a person: money that is not what was asked for, and disputes."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from easyticket.core.money import Money
from easyticket.documents.tables import Columns
from easyticket.integrations.providers import DisputeState
from easyticket.models import Dispute, Payment


def payment_columns(zone: str) -> Columns[Payment]:
    """Return the columns of quarantined money; times are in `zone`."""
    return (
        ("Order", lambda payment: payment.order.number),
        ("Event", lambda payment: payment.order.event.title),
        ("Buyer", lambda payment: payment.order.buyer_name),
        ("E-mail", lambda payment: payment.order.buyer_email),
        ("Asked for", lambda payment: Money(payment.amount_minor, payment.currency).decimal),
        ("Currency", lambda payment: payment.currency),
        # In the currency that was asked for; empty where our books cannot hold what came.
        ("Came", lambda payment: _came(payment).decimal if payment.captured_minor else None),
        ("Why it waits", lambda payment: payment.last_error),
        ("Provider", lambda payment: payment.provider.capitalize()),
        ("Payment", lambda payment: payment.provider_ref or payment.reference),
        ("Begun", lambda payment: payment.created_at.astimezone(ZoneInfo(zone))),
    )


def dispute_columns(zone: str) -> Columns[Dispute]:
    """Return the columns of disputes that are not decided; times are in `zone`."""
    local = ZoneInfo(zone)
    return (
        ("Order", lambda dispute: dispute.order.number),
        ("Event", lambda dispute: dispute.order.event.title),
        ("Buyer", lambda dispute: dispute.order.buyer_name),
        ("E-mail", lambda dispute: dispute.order.buyer_email),
        ("Amount", lambda dispute: Money(dispute.amount_minor, dispute.currency).decimal),
        ("Currency", lambda dispute: dispute.currency),
        ("State", lambda dispute: _state_of(dispute)),
        ("Reason", lambda dispute: dispute.reason.replace("_", " ").capitalize()),
        ("Answer by", lambda dispute: dispute.due_at.astimezone(local) if dispute.due_at else None),
        ("Provider", lambda dispute: dispute.payment.provider.capitalize()),
        ("Dispute", lambda dispute: dispute.provider_ref),
    )


def _came(payment: Payment) -> Money:
    return Money(payment.captured_minor or 0, payment.currency)


def _state_of(dispute: Dispute) -> str:
    is_question = dispute.state is DisputeState.WARNING
    return "The bank asks" if is_question else "The bank has the money"
