"""Reading what Stripe answers: its payment intents, refunds and disputes as the plain values of the protocol.

Everything here raises KeyError, TypeError or ValueError for what Stripe never sends; callers read inside `asking()`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from easyticket.integrations.providers import (
    ChargeSnapshot,
    ChargeState,
    DisputeSnapshot,
    DisputeState,
    RefundOutcome,
    RefundSnapshot,
)
from easyticket.integrations.stripe_amounts import from_stripe

# What our payment intents are marked with, beside the reference: other programs may share the account.
APP = "easyticket"

# Seconds until the year 2100; what lies behind it is no moment of a dispute, and too far for a calendar at some point.
_END = 4_102_444_800

_CHARGE_STATES = {
    # After a declined card too: the same intent takes another one.
    "requires_payment_method": ChargeState.OPEN,
    "requires_confirmation": ChargeState.OPEN,
    "requires_action": ChargeState.OPEN,
    "requires_capture": ChargeState.OPEN,
    "processing": ChargeState.PROCESSING,
    "succeeded": ChargeState.PAID,
    "canceled": ChargeState.CANCELED,
}
_REFUND_OUTCOMES = {
    # Also while the balance is too small: Stripe tries again by itself.
    "pending": RefundOutcome.PENDING,
    "requires_action": RefundOutcome.PENDING,
    "succeeded": RefundOutcome.SUCCEEDED,
    "failed": RefundOutcome.FAILED,
    "canceled": RefundOutcome.FAILED,
}
_DISPUTE_STATES = {
    "warning_needs_response": DisputeState.WARNING,
    "warning_under_review": DisputeState.WARNING,
    "warning_closed": DisputeState.WON,
    "won": DisputeState.WON,
    # Settled before it became a dispute; what was returned for it is a refund.
    "prevented": DisputeState.WON,
    "lost": DisputeState.LOST,
}


def charge_snapshot(intent: dict[str, Any]) -> ChargeSnapshot:
    """Return a payment intent as a charge. Its latest charge is read where it was expanded."""
    currency = _currency(intent)
    state = _CHARGE_STATES[intent["status"]]
    charge = _part(intent, "latest_charge")
    return ChargeSnapshot(
        reference=_text(_part(intent, "metadata"), "reference"),
        provider_ref=_id(intent),
        state=state,
        amount_minor=from_stripe(intent["amount_received"], currency) if state is ChargeState.PAID else 0,
        currency=currency,
        is_live=intent["livemode"] is True,
        method=_text(_part(charge, "payment_method_details"), "type"),
        message=_text(_part(intent, "last_payment_error"), "message"),
        fee_minor=_fee(_part(charge, "balance_transaction"), currency),
        needs_action=intent["status"] == "requires_action",
    )


def is_ours(intent: dict[str, Any]) -> bool:
    """Tell whether we made a payment intent."""
    return _text(_part(intent, "metadata"), "app") == APP


def refund_snapshot(refund: dict[str, Any]) -> RefundSnapshot:
    """Return a refund, with the key we gave it; none where somebody made it at Stripe."""
    currency = _currency(refund)
    outcome = _REFUND_OUTCOMES[refund["status"]]
    reason = _text(refund, "failure_reason" if outcome is RefundOutcome.FAILED else "pending_reason")
    return RefundSnapshot(
        provider_ref=_id(refund),
        outcome=outcome,
        message=reason.replace("_", " "),
        key=_text(_part(refund, "metadata"), "refund_key"),
        amount_minor=from_stripe(refund["amount"], currency),
        currency=currency,
    )


def dispute_snapshot(dispute: dict[str, Any]) -> DisputeSnapshot:
    """Return a dispute; a state that is not known yet counts as open, which keeps its money safe."""
    currency = _currency(dispute)
    return DisputeSnapshot(
        provider_ref=_id(dispute),
        state=_DISPUTE_STATES.get(dispute["status"], DisputeState.OPEN),
        amount_minor=from_stripe(dispute["amount"], currency),
        currency=currency,
        reason=_text(dispute, "reason"),
        due_at=_moment(_part(dispute, "evidence_details").get("due_by")),
    )


def _fee(transaction: dict[str, Any], currency: str) -> int | None:
    if _text(transaction, "currency").upper() != currency:
        return None
    try:
        return from_stripe(transaction["fee"], currency)
    except ValueError:  # a share of a shilling
        return None


def _part(thing: dict[str, Any], name: str) -> dict[str, Any]:
    """Return an object inside another one; an empty one where it is missing, or only its id is told."""
    part = thing.get(name)
    return part if isinstance(part, dict) else {}


def _text(thing: dict[str, Any], name: str) -> str:
    """Return a text that any database keeps: no control characters, no halves of characters."""
    value = thing.get(name)
    return "".join(sign if sign.isprintable() else " " for sign in value) if isinstance(value, str) else ""


def _id(thing: dict[str, Any]) -> str:
    found = thing["id"]
    if not (isinstance(found, str) and found.isprintable()):
        raise ValueError("an id that is no text")
    return found


def _currency(thing: dict[str, Any]) -> str:
    found: str = thing["currency"].upper()
    if not (found.isascii() and found.isalpha()):
        raise ValueError("a currency that has no name")
    return found


def _moment(seconds: Any) -> datetime | None:
    if not seconds:
        return None
    if not 0 < seconds < _END:
        raise ValueError("a moment that nobody means")
    return datetime.fromtimestamp(seconds, UTC)
