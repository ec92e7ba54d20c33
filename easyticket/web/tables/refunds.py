"""The columns of the list of refunds that need somebody."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from easyticket.core.money import Money
from easyticket.documents.tables import Columns
from easyticket.models import Refund, RefundState


def refund_columns(zone: str) -> Columns[Refund]:
    """Return the columns; times are in `zone`."""
    local = ZoneInfo(zone)
    return (
        ("Order", lambda refund: refund.order.number),
        ("Event", lambda refund: refund.order.event.title),
        ("Organizer", lambda refund: refund.order.event.organizer.display_name),
        ("Buyer", lambda refund: refund.order.buyer_name),
        ("E-mail", lambda refund: refund.order.buyer_email),
        ("Amount", lambda refund: Money(refund.amount_minor, refund.currency).decimal),
        ("Currency", lambda refund: refund.currency),
        ("State", lambda refund: "Failed" if refund.state is RefundState.FAILED else "Waits for money"),
        ("What the provider says", lambda refund: refund.last_error),
        ("Provider", lambda refund: refund.payment.provider.capitalize()),
        ("Payment", lambda refund: refund.payment.provider_ref or refund.payment.reference),
        ("Asked for", lambda refund: refund.created_at.astimezone(local)),
        ("Failed", lambda refund: refund.failed_at.astimezone(local) if refund.failed_at else None),
    )
