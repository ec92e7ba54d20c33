"""What Paystack's transactions, refunds and disputes mean to us. Nothing is asked here."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from easyticket.integrations.paystack_client import malformed, public_text
from easyticket.integrations.paystack_values import (
    find_moment,
    find_number,
    find_text,
    from_hundredths,
    number_in,
    object_in,
    text_in,
)
from easyticket.integrations.providers import (
    ChargeSnapshot,
    ChargeState,
    DisputeSnapshot,
    DisputeState,
    RefundOutcome,
    RefundSnapshot,
)

State = TypeVar("State", ChargeState, RefundOutcome)

log = logging.getLogger(__name__)

APP = "easyticket"
_LONGEST_METHOD = 20
_LESS = "Less was paid than was asked for."
# `abandoned` is what Paystack calls a transaction that nobody paid yet. `reversed` was paid: refunds and disputes tell the rest.
_CHARGES = {
    "success": ChargeState.PAID,
    "reversed": ChargeState.PAID,
    "failed": ChargeState.FAILED,
    "abandoned": ChargeState.OPEN,
    "ongoing": ChargeState.OPEN,
    "pending": ChargeState.PROCESSING,
    "processing": ChargeState.PROCESSING,
    "queued": ChargeState.PROCESSING,
}
_REFUNDS = {
    "pending": RefundOutcome.PENDING,
    "processing": RefundOutcome.PENDING,
    "needs-attention": RefundOutcome.PENDING,
    "processed": RefundOutcome.SUCCEEDED,
    "failed": RefundOutcome.FAILED,
}
_RESOLUTIONS = {
    "declined": DisputeState.WON,
    "merchant-accepted": DisputeState.LOST,
    "auto-accepted": DisputeState.LOST,
}
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def read_charge(data: Mapping[str, Any]) -> ChargeSnapshot:
    """Return what a transaction says.

    Where the payer bore Paystack's fees, more was paid than was asked for: ours is what was asked for. Where less was paid,
    it is no answer to our request, and carries no reference of ours: it must not be taken for what we wait for.

    :raises ProviderDown: it does not say all of it.
    """
    state = _state(_CHARGES, find_text(data, "status"), ChargeState.OPEN)
    reference, domain = text_in(data, "reference"), text_in(data, "domain")
    if domain not in ("live", "test"):
        raise malformed()
    is_paid = state is ChargeState.PAID
    currency = text_in(data, "currency").upper() if is_paid else find_text(data, "currency").upper()
    paid = number_in(data, "amount") if is_paid else 0
    asked = find_number(data, "requested_amount")
    ours = paid if asked is None else min(paid, asked)
    is_short = is_paid and asked is not None and paid < asked
    return ChargeSnapshot(
        reference="" if is_short else reference,
        provider_ref=reference,
        state=state,
        amount_minor=from_hundredths(ours, currency),
        currency=currency,
        is_live=domain == "live",
        method=find_text(data, "channel")[:_LONGEST_METHOD],
        message=_LESS if is_short else "" if is_paid else _message(data),
        fee_minor=_fee(data, paid - ours, currency) if is_paid else None,
    )


def is_ours(data: Mapping[str, Any]) -> bool:
    """Tell whether EasyTicket began a transaction: other applications may share the account."""
    return object_in(data, "metadata").get("app") == APP


def read_refund(data: Mapping[str, Any]) -> RefundSnapshot:
    """Return what a refund says; its key is what we noted with it.

    :raises ProviderDown: it does not say all of it.
    """
    status = find_text(data, "status")
    note, currency = find_text(data, "merchant_note").strip(), text_in(data, "currency").upper()
    return RefundSnapshot(
        provider_ref=str(number_in(data, "id")),
        outcome=_state(_REFUNDS, status, RefundOutcome.PENDING),
        message=_refund_message(status),
        # Whoever returns money on Paystack's own pages writes something else, or leaves Paystack's sentence with an address.
        key=note if _UUID.fullmatch(note) else "",
        amount_minor=from_hundredths(number_in(data, "amount"), currency),
        currency=currency,
    )


def read_dispute(data: Mapping[str, Any], charge: ChargeSnapshot) -> DisputeSnapshot:
    """Return what a dispute says; where it names no amount, all of the charge is disputed.

    :raises ProviderDown: it does not say all of it.
    """
    currency = find_text(data, "currency").upper() or charge.currency
    amount = find_number(data, "refund_amount")
    return DisputeSnapshot(
        provider_ref=str(number_in(data, "id")),
        state=_dispute_state(data),
        amount_minor=from_hundredths(amount, currency) if amount else charge.amount_minor,
        currency=currency,
        reason=public_text(data.get("category")),
        due_at=find_moment(data, "dueAt", "due_at"),
    )


def _dispute_state(data: Mapping[str, Any]) -> DisputeState:
    resolution, status = find_text(data, "resolution"), find_text(data, "status")
    if resolution in _RESOLUTIONS:
        return _RESOLUTIONS[resolution]
    # Put away without a decision: nothing was taken.
    return DisputeState.WON if status == "archived" else DisputeState.OPEN


def _state(known: Mapping[str, State], said: str, unknown: State) -> State:
    if not said:
        raise malformed()
    if said not in known:
        # Neither paid nor decided: whoever waits goes on waiting, and somebody reads this.
        log.warning("Paystack has a status that we do not know: %.40s", said)
    return known.get(said, unknown)


def _message(data: Mapping[str, Any]) -> str:
    return public_text(find_text(data, "message") or find_text(data, "gateway_response"))


def _refund_message(status: str) -> str:
    if status == "needs-attention":
        return (
            "Needs attention: Paystack cannot return this money without the payer's account. "
            "Enter it with the refund on Paystack's dashboard."
        )
    return "Paystack could not return this money." if status == "failed" else ""


def _fee(data: Mapping[str, Any], borne_by_payer: int, currency: str) -> int | None:
    """Return what Paystack keeps of our money, in minor units: not what the payer paid for it on top."""
    fees = find_number(data, "fees")
    return None if fees is None else from_hundredths(max(0, fees - borne_by_payer), currency)
