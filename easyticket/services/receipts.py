"""Receipts of paid orders and credit notes of refunds: written once, numbered without gaps for each seller, and never changed.

The number is counted up in the transaction that writes the row, under the lock of the order first and the counter then:
what is rolled back leaves no gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import NotFound
from easyticket.db import db, insert_into, transactional
from easyticket.documents.receipt_pdf import ReceiptPaper, receipt_paper, render_receipt_pdf
from easyticket.models import Order, Receipt, ReceiptCounter, ReceiptKind, Refund, SellerProfile, User
from easyticket.queries.receipts import get_credit_note, get_receipt, get_receipt_of
from easyticket.rules.receipts import gets_credit_note, gets_receipt, is_void
from easyticket.rules.taxes import part_of_piece, tax_included
from easyticket.services.order_lock import lock_order


@transactional
def issue_receipt(order_id: int, now: datetime | None = None) -> Receipt | None:
    """Return the receipt of a paid order, written now if it has none yet (job, and on demand); None where nobody paid."""
    order = lock_order(order_id)
    return _receipt_of(order, now or clock.now()) if gets_receipt(order) else None


@transactional
def issue_credit_note(refund_id: int, now: datetime | None = None) -> Receipt | None:
    """Return the credit note of a refund, written now if it has none yet (job).

    None where the money had bought nothing, or did not go back after all.
    """
    order = lock_order(db.session.scalars(sa.select(Refund.order_id).where(Refund.id == refund_id)).one())
    refund = db.session.get_one(Refund, refund_id, populate_existing=True)
    note = db.session.scalar(sa.select(Receipt).where(Receipt.refund_id == refund_id))
    if note is not None or not gets_credit_note(refund):
        return note
    now = now or clock.now()
    return _write_credit_note(_receipt_of(order, now), refund, now)


@dataclass(frozen=True, slots=True)
class PrintedReceipt:
    """A PDF and the number of the paper, for example "R-000123"."""

    number: str
    content: bytes


def print_receipt(order_id: int) -> PrintedReceipt:
    """Return the receipt of a paid order as a PDF; it is written now if it has none yet.

    :raises NotFound: nobody paid for the order.
    :raises Unavailable: this machine cannot draw.
    """
    receipt = issue_receipt(order_id)
    if receipt is None:
        raise NotFound("There is no receipt: this order was not paid for.")
    return _printed(receipt_paper(get_receipt(receipt.id)))


def print_credit_note(order: Order, number: int) -> PrintedReceipt:
    """Return one credit note of an order as a PDF.

    :raises NotFound: the order has none of that number.
    :raises Unavailable: this machine cannot draw.
    """
    note = get_credit_note(order, number)
    return _printed(receipt_paper(get_receipt(note.id), get_receipt_of(order)))


def _printed(paper: ReceiptPaper) -> PrintedReceipt:
    # Drawing takes a while: what it needs has been read, and no connection waits meanwhile.
    db.session.rollback()
    return PrintedReceipt(paper.number, render_receipt_pdf(paper))


def _receipt_of(order: Order, now: datetime) -> Receipt:
    query = sa.select(Receipt).where(Receipt.order_id == order.id, Receipt.refund_id.is_(None))
    return db.session.scalar(query) or _write_receipt(order, now)


def _write_receipt(order: Order, now: datetime) -> Receipt:
    organizer = order.event.organizer
    seller = db.session.scalar(sa.select(SellerProfile).filter_by(user_id=organizer.id))
    rate = seller.tax_basis_points if seller else 0
    price = order.total_minor - order.fee_minor
    return _write(
        Receipt(
            kind=ReceiptKind.RECEIPT,
            seller_id=organizer.id,
            order_id=order.id,
            seller_name=_name_of(organizer, seller),
            seller_address=seller.address if seller else "",
            tax_number=seller.tax_number if seller else "",
            tax_name=seller.tax_name if seller else "",
            tax_basis_points=rate,
            amount_minor=order.total_minor,
            net_of_fee_minor=price,
            tax_minor=tax_included(price, rate),
            currency=order.currency,
            issued_at=now,
        )
    )


def _write_credit_note(receipt: Receipt, refund: Refund, now: datetime) -> Receipt:
    """Write a note in the words of the receipt; all notes of an order that is returned in full add up to it exactly."""
    earlier = [note for note in _notes_of(receipt.order_id) if not is_void(note)]
    gone = sum(note.amount_minor for note in earlier)
    price_gone = sum(note.net_of_fee_minor for note in earlier)
    tax_gone = sum(note.tax_minor for note in earlier)
    price = part_of_piece(
        receipt.net_of_fee_minor, receipt.amount_minor, gone, refund.amount_minor, price_gone
    )
    return _write(
        Receipt(
            kind=ReceiptKind.CREDIT_NOTE,
            seller_id=receipt.seller_id,
            order_id=receipt.order_id,
            refund_id=refund.id,
            seller_name=receipt.seller_name,
            seller_address=receipt.seller_address,
            tax_number=receipt.tax_number,
            tax_name=receipt.tax_name,
            tax_basis_points=receipt.tax_basis_points,
            amount_minor=refund.amount_minor,
            net_of_fee_minor=price,
            tax_minor=part_of_piece(receipt.tax_minor, receipt.net_of_fee_minor, price_gone, price, tax_gone),
            currency=receipt.currency,
            issued_at=now,
        )
    )


def _notes_of(order_id: int) -> list[Receipt]:
    query = sa.select(Receipt).where(Receipt.order_id == order_id, Receipt.kind == ReceiptKind.CREDIT_NOTE)
    return list(db.session.scalars(query))


def _write(receipt: Receipt) -> Receipt:
    receipt.number = _next_number(receipt.seller_id)
    db.session.add(receipt)
    db.session.flush()
    return receipt


def _next_number(seller_id: int) -> int:
    """Return the seller's next number; whoever asks at the same moment waits until this transaction has ended."""
    count = (
        insert_into(ReceiptCounter)
        .values(seller_id=seller_id, last=1)
        .on_conflict_do_update(index_elements=["seller_id"], set_={"last": ReceiptCounter.last + 1})
        .returning(ReceiptCounter.last)
    )
    return int(db.session.scalars(count).one())


def _name_of(organizer: User, seller: SellerProfile | None) -> str:
    return (seller.legal_name if seller else "") or organizer.display_name
