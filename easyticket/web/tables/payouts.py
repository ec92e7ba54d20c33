"""The columns of the list of payouts."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from easyticket.core.money import Money
from easyticket.documents.tables import Columns
from easyticket.models import Payout
from easyticket.rules.payment_accounts import account_line


def payout_columns(zone: str) -> Columns[Payout]:
    """Return the columns; times are in `zone`."""
    local = ZoneInfo(zone)
    return (
        ("Reference", lambda payout: payout.reference),
        ("Asked for", lambda payout: payout.created_at.astimezone(local)),
        ("State", lambda payout: payout.state.value.capitalize()),
        ("Amount", lambda payout: Money(payout.amount_minor, payout.currency).decimal),
        ("Currency", lambda payout: payout.currency),
        ("To", lambda payout: account_line(payout.payment_profile) if payout.payment_profile else ""),
        ("By itself", lambda payout: "Yes" if payout.is_automatic else ""),
        ("Paid", lambda payout: payout.paid_at.astimezone(local) if payout.paid_at else None),
    )
