"""Everything of the Paystack double's books as Paystack writes it down: charges, refunds, disputes and transfers."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from tests.doubles.paystack_books import Charge, Dispute, Knobs, Recipient, Refund, Transfer, written

INTEGRATION = 412829
CARD_NUMBERS = {
    "4084084084084081": "success",
    "4084080000005408": "declined",
    # Paid, but refunds of these end so.
    "4084080000671803": "failed",
    "4084080000671902": "needs-attention",
}
SHOWN_CARDS = {
    "4084084084084081": "4084 0840 8408 4081",
    "4084080000005408": "4084 0800 0000 5408",
    "4084080000671803": "4084 0800 0067 1803",
    "4084080000671902": "4084 0800 0067 1902",
}
NETWORKS = {"mtn": "MTN", "vod": "Telecel", "atl": "AirtelTigo"}


def card(number: str = "4084084084084081") -> dict[str, Any]:
    """Return how Paystack writes down a card that paid."""
    return _authorization(number[:6], number[-4:], "card", "visa", "TEST BANK") | {
        "exp_month": "12",
        "exp_year": "2030",
    }


def phone(number: str = "0551234987", network: str = "mtn") -> dict[str, Any]:
    """Return how Paystack writes down a phone that paid: its first and last three digits only."""
    name = NETWORKS[network]
    return _authorization(f"{number[:3]}XXX", f"X{number[-3:]}", "mobile_money", name, name) | {
        "exp_month": "12",
        "exp_year": "9999",
        "reusable": False,
    }


def _authorization(first: str, last: str, channel: str, brand: str, bank: str) -> dict[str, Any]:
    return {
        "authorization_code": f"AUTH_{first.lower()}{last.lower()}",
        "bin": first,
        "last4": last,
        "channel": channel,
        "card_type": f"{brand} " if channel == "card" else "",
        "bank": bank,
        "country_code": "GH",
        "brand": brand,
        "reusable": True,
        "signature": f"SIG_{first}{last}",
        "account_name": None,
    }


def customer_paper(charge: Charge) -> dict[str, Any]:
    """Return who paid."""
    number = sum(charge.email.encode()) + 180_000_000
    return {
        "id": number,
        "first_name": None,
        "last_name": None,
        "email": charge.email,
        "customer_code": f"CUS_{number:x}",
        "phone": None,
        "metadata": None,
        "risk_action": "default",
        "international_format_phone": None,
    }


def charge_paper(charge: Charge, knobs: Knobs, *, in_webhook: bool = False) -> dict[str, Any]:
    """Return a charge with all its members, changed where a test tampers."""
    paid, created = written(charge.paid_at), written(charge.created_at)
    return {
        "id": charge.id,
        "domain": charge.domain,
        "status": charge.status,
        "reference": charge.reference,
        "receipt_number": None,
        "amount": str(charge.amount) if knobs.amount_as_string else charge.amount,
        "message": charge.message,
        "gateway_response": charge.gateway_response,
        "paid_at": paid,
        "created_at": created,
        "channel": charge.channel,
        "currency": charge.currency,
        "ip_address": "127.0.0.1",
        "metadata": _metadata(charge, knobs, in_webhook),
        "log": _log(charge),
        "fees": charge.fees,
        "fees_split": None,
        "authorization": charge.authorization,
        "customer": customer_paper(charge),
        "plan": {} if in_webhook else None,
        "split": {},
        "order_id": None,
        "paidAt": paid,
        "createdAt": created,
        "requested_amount": str(charge.asked) if knobs.amount_as_string else charge.asked,
        "pos_transaction_data": None,
        "source": None,
        "fees_breakdown": None,
        "connect": None,
        "transaction_date": created,
        "plan_object": {},
        "subaccount": {},
    } | charge.tampered


def _metadata(charge: Charge, knobs: Knobs, in_webhook: bool) -> Any:
    none_given: Any = 0 if in_webhook else ""
    given = none_given if charge.metadata is None else charge.metadata
    return {"": given, "empty": "", "zero": 0, "string": json.dumps(given)}[knobs.metadata_as]


def _log(charge: Charge) -> dict[str, Any] | None:
    if not charge.history:
        return None
    return {
        "start_time": int(charge.created_at.timestamp()),
        "time_spent": charge.history[-1]["time"],
        "attempts": charge.attempts,
        "errors": sum(note["type"] == "error" for note in charge.history),
        "success": charge.was_paid,
        "mobile": False,
        "input": [],
        "history": charge.history,
    }


def refund_paper(refund: Refund) -> dict[str, Any]:
    """Return a refund as it is fetched and listed: the charge is its number only."""
    return {
        "id": refund.id,
        "integration": INTEGRATION,
        "domain": refund.charge.domain,
        "transaction": refund.charge.id,
        "dispute": refund.dispute,
        "settlement": None,
        "amount": refund.amount,
        "deducted_amount": refund.amount if refund.status == "processed" else 0,
        "fully_deducted": refund.status == "processed",
        "currency": refund.charge.currency,
        "channel": refund.charge.channel,
        "status": refund.status,
        "refunded_by": "merchant@example.com",
        "refunded_at": written(refund.refunded_at),
        "expected_at": written(refund.created_at + timedelta(days=7)),
        "customer_note": refund.customer_note,
        "merchant_note": refund.merchant_note,
        "bank_reference": refund.bank_reference,
        "created_at": written(refund.created_at),
        "updated_at": written(refund.updated_at),
        "createdAt": written(refund.created_at),
        "updatedAt": written(refund.updated_at),
    }


def new_refund_paper(refund: Refund, knobs: Knobs) -> dict[str, Any]:
    """Return a refund as it is answered to whoever makes it: with the charge."""
    return refund_paper(refund) | {"transaction": charge_paper(refund.charge, knobs)}


def refund_notice(refund: Refund) -> dict[str, Any]:
    """Return what a refund's webhook says: the amount is a text, and no number names it but for needs-attention."""
    customer = customer_paper(refund.charge)
    said: dict[str, Any] = {
        "status": refund.status,
        "transaction_reference": refund.charge.reference,
        "refund_reference": refund.bank_reference,
        "amount": str(refund.amount),
        "currency": refund.charge.currency,
        "processor": "mobile_money_mtn" if refund.charge.channel == "mobile_money" else "mpgs_zen",
        "customer": {name: customer[name] for name in ("first_name", "last_name", "email")},
        "integration": INTEGRATION,
        "domain": refund.charge.domain,
    }
    return said | {"id": refund.id} if refund.status == "needs-attention" else said


def dispute_paper(dispute: Dispute, knobs: Knobs) -> dict[str, Any]:
    """Return a dispute with the charge it is about."""
    created, updated = written(dispute.created_at), written(dispute.updated_at)
    return {
        "id": dispute.id,
        "refund_amount": dispute.amount,
        "currency": dispute.charge.currency,
        "status": dispute.status,
        "resolution": dispute.resolution,
        "domain": dispute.charge.domain,
        "transaction": charge_paper(dispute.charge, knobs),
        "transaction_reference": None,
        "category": dispute.category,
        "customer": customer_paper(dispute.charge),
        "bin": dispute.charge.authorization.get("bin"),
        "last4": dispute.charge.authorization.get("last4"),
        "dueAt": written(dispute.due_at),
        "resolvedAt": written(dispute.resolved_at),
        "evidence": None,
        "attachments": None,
        "note": None,
        "history": [{"status": "pending", "by": dispute.charge.email, "createdAt": created}],
        "messages": [],
        "created_at": created,
        "updated_at": updated,
        "createdAt": created,
        "updatedAt": updated,
    }


def recipient_paper(recipient: Recipient) -> dict[str, Any]:
    """Return a recipient."""
    created = written(recipient.created_at)
    return {
        "active": True,
        "createdAt": created,
        "currency": recipient.currency,
        "domain": recipient.domain,
        "id": recipient.id,
        "integration": INTEGRATION,
        "name": recipient.name,
        "recipient_code": recipient.code,
        "type": recipient.kind,
        "updatedAt": created,
        "is_deleted": False,
        "isDeleted": False,
        "details": {
            "authorization_code": None,
            "account_number": recipient.account_number,
            "account_name": None,
            "bank_code": recipient.bank_code,
            "bank_name": recipient.bank_name,
        },
    }


def transfer_paper(transfer: Transfer) -> dict[str, Any]:
    """Return a transfer as it is fetched and told of: with its recipient."""
    return {
        "id": transfer.id,
        "integration": INTEGRATION,
        "domain": transfer.recipient.domain,
        "amount": transfer.amount,
        "currency": transfer.currency,
        "reference": transfer.reference,
        "source": "balance",
        "source_details": None,
        "reason": transfer.reason,
        "status": transfer.status,
        "failures": transfer.failures,
        "transfer_code": transfer.code,
        "titan_code": None,
        "transferred_at": written(transfer.transferred_at),
        "fee_charged": transfer.fee,
        "session": {"provider": None, "id": None},
        "recipient": recipient_paper(transfer.recipient),
        "createdAt": written(transfer.created_at),
        "updatedAt": written(transfer.updated_at),
        "created_at": written(transfer.created_at),
        "updated_at": written(transfer.updated_at),
    }
