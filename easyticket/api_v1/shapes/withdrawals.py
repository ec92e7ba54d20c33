"""Money on its way to an organizer, as this surface gives it."""

from __future__ import annotations

from typing import Any

from easyticket.api_v1.shapes.payment_profiles import account_shape
from easyticket.core.money import Money
from easyticket.models import Payout, PayoutState
from easyticket.rules.payouts import may_be_cancelled

# The states in the words this surface has for payments.
_STATUSES = {
    PayoutState.REQUESTED: "pending",
    PayoutState.PENDING: "processing",
    PayoutState.UNKNOWN: "processing",
    PayoutState.PAID: "completed",
    PayoutState.FAILED: "failed",
    PayoutState.REVERSED: "failed",
    PayoutState.CANCELLED: "cancelled",
}
STATUSES = tuple(dict.fromkeys(_STATUSES.values()))


def withdrawal_shape(payout: Payout) -> dict[str, Any]:
    """Return a withdrawal with the account it goes to."""
    return {
        "withdrawal_id": str(payout.uuid),
        "reference": payout.reference,
        "requested_amount": Money(payout.amount_minor, payout.currency),
        # What the provider takes for sending it (`fee_minor`) is the site's to bear: all of it arrives.
        "transfer_fee": Money(0, payout.currency),
        "final_amount": Money(payout.amount_minor, payout.currency),
        "currency": payout.currency,
        "status": _STATUSES[payout.state],
        "can_cancel": may_be_cancelled(payout),
        "bank_account": account_shape(payout.payment_profile) if payout.payment_profile else None,
        "created_at": payout.created_at,
        "completed_at": payout.paid_at,
    }


def told_withdrawal_shape(payout: Payout, message: str) -> dict[str, Any]:
    """Return a withdrawal with what was done to it."""
    return {"success": True, "message": message, "data": withdrawal_shape(payout)}
