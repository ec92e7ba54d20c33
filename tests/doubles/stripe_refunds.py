"""What can be done with refunds: ask for one, and what may become of it later."""

from __future__ import annotations

from tests.doubles.stripe_books import Asked, Books
from tests.doubles.stripe_errors import Refusal, Thing
from tests.doubles.stripe_forms import INTEGER, LIST, METADATA, TEXT, Spec
from tests.doubles.stripe_objects import new_refund, new_transaction

CREATE: Spec = {
    "payment_intent": TEXT,
    "charge": TEXT,
    "amount": INTEGER,
    "reason": ("duplicate", "fraudulent", "requested_by_customer"),
    "metadata": METADATA,
    "expand": LIST,
}
UPDATE: Spec = {"metadata": METADATA, "expand": LIST}
GONE = ("failed", "canceled")


def create_refund(books: Books, asked: Asked) -> Thing:
    """Return money of a charge, all that is left when no amount is given."""
    charge = _charge(books, asked)
    amount = _amount(books, charge, asked.params)
    card = books.cards[charge["id"]]
    status = books.plans.refunds.pop(0) if books.plans.refunds else card.refunds
    if status == "refused":
        raise Refusal(
            "You have insufficient funds in your Stripe account. The refund was not made.",
            code="balance_insufficient",
        )
    return make_refund(books, charge, asked.params, amount, status)


def make_refund(books: Books, charge: Thing, params: Thing, amount: int, status: str) -> Thing:
    """Enter a refund in its first state."""
    low = status == "pending_insufficient_funds"
    refund = books.add(new_refund(books, charge, params, amount, "pending" if low else status))
    if refund["status"] == "pending":
        refund["pending_reason"] = "insufficient_funds" if low else "processing"
    if refund["status"] == "requires_action":
        refund["next_action"] = {
            "type": "display_details",
            "display_details": {"expires_at": refund["created"] + 86400},
        }
    if refund["status"] == "failed":
        refund["failure_reason"] = "declined"
    else:
        refund["balance_transaction"] = _transaction(books, refund, "refund", -amount)
    _count(books, charge)
    books.tell("refund.created", refund)
    if refund["status"] == "failed":
        books.tell("refund.failed", refund)
    else:
        books.tell("charge.refunded", charge)
    return refund


def change_refund(books: Books, refund: Thing, status: str, reason: str = "") -> Thing:
    """Let a refund become something else; `failed` may come after `succeeded`."""
    allowed = {
        "pending": ("succeeded", "failed", "canceled", "requires_action"),
        "requires_action": ("succeeded", "failed", "canceled", "pending"),
        "succeeded": ("failed",),
    }
    if status not in allowed.get(refund["status"], ()):
        raise ValueError(f"A refund that is {refund['status']} does not become {status}")
    before = {"status": refund["status"]}
    refund["status"] = status
    for name in ("pending_reason", "next_action"):
        refund.pop(name, None)
    if status in GONE:
        refund["failure_balance_transaction"] = _transaction(
            books, refund, "refund_failure", refund["amount"]
        )
        refund["failure_reason"] = reason or (
            "merchant_request" if status == "canceled" else "expired_or_canceled_card"
        )
    _count(books, books.things[refund["charge"]])
    books.tell("refund.updated", refund, before)
    books.tell("charge.refund.updated", refund, before)
    if status == "failed":
        books.tell("refund.failed", refund)
    return refund


def update_refund(books: Books, asked: Asked) -> Thing:
    """Change the metadata."""
    refund = refund_of(books, asked)
    refund["metadata"] = {**refund["metadata"], **asked.params.get("metadata", {})}
    books.tell("refund.updated", refund)
    return refund


def cancel_refund(books: Books, asked: Asked) -> Thing:
    """Take back a refund that still waits for the payer."""
    refund = refund_of(books, asked)
    if refund["status"] != "requires_action":
        raise Refusal(f"You cannot cancel a refund with the status {refund['status']}.")
    return change_refund(books, refund, "canceled")


def refund_of(books: Books, asked: Asked) -> Thing:
    """Return the refund that the address of the request names."""
    return books.get("refund", asked.ids["refund"], asked.livemode, "id", in_url=True)


def left_of(books: Books, charge: Thing) -> int:
    """Return what can still be refunded; refunds that are not through yet count."""
    return int(charge["amount"]) - _refunded(books, charge)


def _refunded(books: Books, charge: Thing) -> int:
    refunds = books.all("refund", charge["livemode"], charge=charge["id"])
    return sum(refund["amount"] for refund in refunds if refund["status"] not in GONE)


def _count(books: Books, charge: Thing) -> None:
    charge["amount_refunded"] = _refunded(books, charge)
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]


def _charge(books: Books, asked: Asked) -> Thing:
    params = asked.params
    if "charge" not in params and "payment_intent" not in params:
        raise Refusal(
            "One of the following params should be provided for this request: payment_intent or charge.",
            code="parameter_missing",
            param="payment_intent",
        )
    if "charge" in params and "payment_intent" in params:
        raise Refusal("You may only specify one of these parameters: charge, payment_intent.")
    if "charge" in params:
        charge = books.get("charge", params["charge"], asked.livemode, "charge")
    else:
        name = params["payment_intent"]
        found = books.charge_of(books.get("payment_intent", name, asked.livemode, "payment_intent"))
        if found is None:
            raise Refusal(f"This PaymentIntent ({name}) does not have a successful charge to refund.")
        charge = found
    if charge["status"] != "succeeded":
        raise Refusal(f"Charge {charge['id']} was not successful.", code="charge_not_refundable")
    return charge


def _amount(books: Books, charge: Thing, params: Thing) -> int:
    disputes = books.all("dispute", charge["livemode"], charge=charge["id"])
    if any(not dispute["is_charge_refundable"] for dispute in disputes):
        raise Refusal(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed"
        )
    left = left_of(books, charge)
    if left == 0:
        raise Refusal(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    amount = int(params.get("amount", left))
    if amount < 1:
        raise Refusal("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if amount > left:
        raise Refusal(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", param="amount"
        )
    return amount


def _transaction(books: Books, refund: Thing, kind: str, amount: int) -> str:
    return str(books.add(new_transaction(books, refund, kind, amount))["id"])
