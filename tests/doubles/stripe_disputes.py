"""What a payer's bank does: opens disputes, takes the money, decides."""

from __future__ import annotations

from tests.doubles.stripe_books import Asked, Books
from tests.doubles.stripe_errors import Thing
from tests.doubles.stripe_objects import new_dispute, new_transaction

FEE = 1500


def open_dispute(
    books: Books,
    charge: Thing,
    reason: str = "fraudulent",
    amount: int | None = None,
    *,
    warning: bool = False,
) -> Thing:
    """Open a dispute and take the money from our balance; a `warning` asks a question only."""
    status = "warning_needs_response" if warning else "needs_response"
    dispute = books.add(new_dispute(books, charge, reason, amount or charge["amount"], status))
    charge["disputed"] = True
    books.tell("charge.dispute.created", dispute)
    if not warning:
        _withdraw(books, dispute)
    return dispute


def escalate(books: Books, dispute: Thing) -> Thing:
    """Turn a question into a dispute about money."""
    _expect(dispute, "warning_needs_response", "warning_under_review")
    before = {"status": dispute["status"]}
    dispute |= {"status": "needs_response", "is_charge_refundable": False}
    books.tell("charge.dispute.updated", dispute, before)
    _withdraw(books, dispute)
    return dispute


def answer(books: Books, dispute: Thing) -> Thing:
    """Hand in evidence."""
    _expect(dispute, "needs_response", "warning_needs_response")
    before = {"status": dispute["status"]}
    dispute["status"] = dispute["status"].replace("needs_response", "under_review")
    dispute["evidence_details"] |= {"has_evidence": True, "submission_count": 1}
    books.tell("charge.dispute.updated", dispute, before)
    return dispute


def close(books: Books, dispute: Thing, won: bool) -> Thing:
    """Decide. Won: the money comes back. A question that never became a dispute is only closed."""
    if dispute["status"].startswith("warning"):
        _expect(dispute, "warning_needs_response", "warning_under_review")
        dispute["status"] = "warning_closed"
    else:
        _expect(dispute, "needs_response", "under_review")
        dispute |= {"status": "won" if won else "lost", "is_charge_refundable": won}
        if won:
            _enter(books, dispute, "dispute_reversal", dispute["amount"], -FEE)
            books.tell("charge.dispute.funds_reinstated", dispute)
    books.tell("charge.dispute.closed", dispute)
    return dispute


def close_dispute(books: Books, asked: Asked) -> Thing:
    """Give in: the dispute is lost."""
    return close(books, dispute_of(books, asked), won=False)


def dispute_of(books: Books, asked: Asked) -> Thing:
    """Return the dispute that the address of the request names."""
    return books.get("dispute", asked.ids["dispute"], asked.livemode, "dispute", in_url=True)


def _withdraw(books: Books, dispute: Thing) -> None:
    _enter(books, dispute, "dispute", -dispute["amount"], FEE)
    books.tell("charge.dispute.funds_withdrawn", dispute)


def _enter(books: Books, dispute: Thing, category: str, amount: int, fee: int) -> None:
    line = new_transaction(books, dispute, "adjustment", amount, fee) | {"reporting_category": category}
    dispute["balance_transactions"] = [*dispute["balance_transactions"], books.add(line)]


def _expect(dispute: Thing, *statuses: str) -> None:
    if dispute["status"] not in statuses:
        raise ValueError(f"A dispute that is {dispute['status']} is not one of {', '.join(statuses)}")
