"""Refunds of the Paystack double. There is no idempotency: whoever posts twice refunds twice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from werkzeug import Response

from tests.doubles.paystack_answers import Ask, Refused, Route, is_listed, page_of, told
from tests.doubles.paystack_books import Books, Charge, Dispute, Refund, new_code, now
from tests.doubles.paystack_desk import Desk
from tests.doubles.paystack_papers import new_refund_paper, refund_notice, refund_paper

Row = TypeVar("Row", Refund, Dispute)
STATUSES = ("pending", "processing", "processed", "failed", "needs-attention")


def create(ask: Ask) -> Response:
    """POST /refund."""
    ask.only("transaction", "amount", "currency", "customer_note", "merchant_note")
    charge = _charge(ask)
    if ask.text_or("currency", charge.currency) != charge.currency:
        raise Refused("Refund currency must be the currency of the transaction", "invalid_currency")
    # The documents: "defaults to original transaction amount", also where part of it went back already.
    amount = charge.amount if ask.body.get("amount") is None else ask.amount()
    if amount > left_of(ask.books, charge):
        raise Refused("Refund amount cannot be more than what is left of the transaction", "invalid_amount")
    if ask.desk.knobs.refund_balance_too_low:
        raise Refused(
            "Your balance is not enough to fulfill this request", "insufficient_balance", kind="api_error"
        )
    refund = begin(
        ask.desk,
        ask.books,
        charge,
        amount,
        customer_note=ask.text_or("customer_note", f"Refund for transaction {charge.reference}"),
        merchant_note=ask.text_or("merchant_note", f"Refund for transaction {charge.reference}"),
    )
    paper = new_refund_paper(refund, ask.desk.knobs)
    if outcome := ask.desk.knobs.refund_outcome:
        desk, books = ask.desk, ask.books
        desk.later(desk.knobs.refund_seconds, lambda: finish(desk, books, refund, outcome))
    return told("Refund has been queued for processing", paper)


def fetch(ask: Ask, number: str) -> Response:
    """GET /refund/:id."""
    return told("Refund retrieved", refund_paper(_refund(ask, number)))


def list_refunds(ask: Ask) -> Response:
    """GET /refund, of a transaction's number or of all."""
    refunds = filtered(ask, ask.books.refunds.values())
    currency = ask.query.get("currency", "")
    chosen = [
        refund
        for refund in refunds
        if currency in ("", refund.charge.currency) and is_listed(ask, refund.created_at)
    ]
    return page_of(ask, [refund_paper(refund) for refund in chosen], "Refunds retrieved")


def retry(ask: Ask, number: str) -> Response:
    """POST /refund/retry_with_customer_details/:id."""
    ask.only("refund_account_details")
    refund = _refund(ask, number)
    details = ask.body.get("refund_account_details")
    if not isinstance(details, dict) or not {"currency", "account_number", "bank_id"} <= details.keys():
        raise Refused("refund_account_details is required", "missing_params")
    if refund.status != "needs-attention":
        raise Refused("Only a refund that needs attention can be retried", "invalid_refund_status")
    refund.details = details
    move(ask.desk, ask.books, refund, "processing")
    return told("Refund retried and has been queued for processing", refund_paper(refund))


ROUTES: list[Route] = [
    ("POST", r"/refund", create),
    ("GET", r"/refund", list_refunds),
    ("POST", r"/refund/retry_with_customer_details/([^/]+)", retry),
    ("GET", r"/refund/([^/]+)", fetch),
]


def left_of(books: Books, charge: Charge) -> int:
    """Return what can still be refunded; all that did not fail counts as gone."""
    return charge.amount - sum(
        refund.amount for refund in books.refunds_of(charge) if refund.status != "failed"
    )


def begin(
    desk: Desk, books: Books, charge: Charge, amount: int, *, customer_note: str, merchant_note: str
) -> Refund:
    """Make a refund, take its money from the balance, and tell of it."""
    refund = Refund(charge, amount, customer_note, merchant_note)
    books.refunds[refund.id] = refund
    books.put_in(charge.currency, -amount)
    desk.tell(books, "refund.pending", refund_notice(refund))
    return refund


def finish(desk: Desk, books: Books, refund: Refund, outcome: str = "") -> None:
    """Bring a refund to its end: the one that is asked for, or the one of the card it goes to, by way of processing."""
    outcome = outcome or refund.charge.refunds_end or "processed"
    if refund.status == "pending":
        move(desk, books, refund, "processing")
    move(desk, books, refund, outcome)


def move(desk: Desk, books: Books, refund: Refund, status: str) -> None:
    """Put a refund into a state, and tell of it; failing gives the merchant the money again, also after success.

    :raises LookupError: there is no such state.
    """
    if status not in STATUSES:
        raise LookupError(f"No refund is {status!r}; there are {', '.join(STATUSES)}")
    if (status == "failed") != (refund.status == "failed"):
        books.put_in(refund.charge.currency, refund.amount if status == "failed" else -refund.amount)
    refund.status, refund.updated_at = status, now()
    if status == "processing":
        refund.bank_reference = refund.bank_reference or new_code("")
    refund.refunded_at = now() if status == "processed" else None
    mark_charge(books, refund.charge)
    desk.tell(books, f"refund.{status}", refund_notice(refund))


def mark_charge(books: Books, charge: Charge) -> None:
    """Call a charge reversed while all of it went back."""
    back = sum(refund.amount for refund in books.refunds_of(charge) if refund.status == "processed")
    charge.status = "reversed" if back >= charge.amount else "success"


def filtered(ask: Ask, rows: Iterable[Row]) -> list[Row]:
    """Return the rows of the transaction that is asked for, as the knob says what a filter does."""
    wanted, mode = ask.query.get("transaction"), ask.desk.knobs.list_filter
    if wanted is None or mode == "ignored":
        return list(rows)
    if not wanted.isdigit() and mode == "strict":
        raise Refused("transaction must be the ID of a transaction")
    return [row for row in rows if str(row.charge.id) == wanted]


def _charge(ask: Ask) -> Charge:
    name = ask.body.get("transaction")
    if name is None or name == "":
        raise Refused("Transaction is required", "missing_params")
    charge = ask.books.find_charge(str(name))
    if charge is None:
        raise Refused("Transaction not found", "transaction_not_found", status=404)
    if charge.status == "reversed":
        raise Refused("Transaction has been fully reversed", "transaction_reversed")
    if charge.status != "success":
        raise Refused("Transaction has not been successful", "transaction_not_successful")
    return charge


def _refund(ask: Ask, number: str) -> Refund:
    refund = ask.books.refunds.get(int(number)) if number.isdigit() else None
    if refund is None:
        raise Refused("Refund not found", "refund_not_found", status=404)
    return refund
