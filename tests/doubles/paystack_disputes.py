"""Disputes of the Paystack double: opened, reminded of and resolved by tests, read by the shop."""

from __future__ import annotations

from datetime import timedelta

from werkzeug import Response

from tests.doubles.paystack_answers import Ask, Refused, Route, is_listed, page_of, told
from tests.doubles.paystack_books import Books, Charge, Dispute, Refund, now
from tests.doubles.paystack_desk import Desk
from tests.doubles.paystack_papers import dispute_paper
from tests.doubles.paystack_refunds import filtered, mark_charge

STATUSES = ("awaiting-merchant-feedback", "awaiting-bank-feedback", "pending", "resolved", "archived")
# Whether the payer's bank gets the money.
RESOLUTIONS = {"merchant-accepted": True, "auto-accepted": True, "declined": False}


def list_disputes(ask: Ask) -> Response:
    """GET /dispute, of a transaction's number or of all."""
    status = ask.query.get("status", "")
    if status and status not in STATUSES:
        raise Refused("Status is invalid")
    chosen = [
        dispute
        for dispute in filtered(ask, ask.books.disputes.values())
        if status in ("", dispute.status) and is_listed(ask, dispute.created_at)
    ]
    papers = [dispute_paper(dispute, ask.desk.knobs) for dispute in chosen]
    return page_of(ask, papers, "Disputes retrieved")


def fetch(ask: Ask, number: str) -> Response:
    """GET /dispute/:id."""
    dispute = ask.books.disputes.get(int(number)) if number.isdigit() else None
    if dispute is None:
        raise Refused("Dispute not found", "dispute_not_found", status=404)
    return told("Dispute retrieved", dispute_paper(dispute, ask.desk.knobs))


def fetch_of_charge(ask: Ask, number: str) -> Response:
    """GET /dispute/transaction/:id, which tells the latest one."""
    charge = ask.books.find_charge(number) if number.isdigit() else None
    if charge is None or not ask.books.disputes_of(charge):
        raise Refused("Dispute not found", "dispute_not_found", status=404)
    latest = ask.books.disputes_of(charge)[-1]
    return told("Dispute retrieved successfully", dispute_paper(latest, ask.desk.knobs))


ROUTES: list[Route] = [
    ("GET", r"/dispute", list_disputes),
    ("GET", r"/dispute/transaction/([^/]+)", fetch_of_charge),
    ("GET", r"/dispute/([^/]+)", fetch),
]


def open_for(desk: Desk, books: Books, charge: Charge, amount: int, category: str, due_days: int) -> Dispute:
    """Open a dispute of a paid charge, and tell of it. The money stays with the merchant until it is lost."""
    if not charge.was_paid:
        raise ValueError("Nobody disputes what was not paid")
    dispute = Dispute(charge, amount or charge.amount, category, now() + timedelta(days=due_days))
    books.disputes[dispute.id] = dispute
    _tell(desk, books, "create", dispute)
    return dispute


def remind(desk: Desk, books: Books, dispute: Dispute) -> None:
    """Tell of an open dispute once more."""
    dispute.updated_at = now()
    _tell(desk, books, "remind", dispute)


def resolve(desk: Desk, books: Books, dispute: Dispute, resolution: str, with_refund: bool) -> None:
    """End a dispute, and tell of it; lost, its money leaves the balance."""
    payer_wins = RESOLUTIONS[resolution]
    dispute.status, dispute.resolution = "resolved", resolution
    dispute.resolved_at = dispute.updated_at = now()
    if payer_wins:
        books.put_in(dispute.charge.currency, -dispute.amount)
        if with_refund:
            _record_refund(books, dispute)
        elif dispute.amount >= dispute.charge.amount:
            dispute.charge.status = "reversed"
    _tell(desk, books, "resolve", dispute)


def find(desk: Desk, dispute_id: int) -> tuple[Books, Dispute]:
    """Return a dispute of either mode.

    :raises LookupError: there is none.
    """
    for books in desk.books.values():
        if dispute_id in books.disputes:
            return books, books.disputes[dispute_id]
    raise LookupError(f"No dispute {dispute_id}")


def _record_refund(books: Books, dispute: Dispute) -> None:
    note = f"Refund for dispute {dispute.id}"
    refund = Refund(dispute.charge, dispute.amount, note, note, "processed", dispute=dispute.id)
    refund.refunded_at = now()
    books.refunds[refund.id] = refund
    mark_charge(books, dispute.charge)


def _tell(desk: Desk, books: Books, step: str, dispute: Dispute) -> None:
    desk.tell(books, f"charge.dispute.{step}", dispute_paper(dispute, desk.knobs))
