"""Reads about receipts and credit notes: those of one order, and what a seller's say."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from easyticket.core.errors import NotFound
from easyticket.db import db
from easyticket.models import Event, Order, Receipt, ReceiptKind, Refund, SellerProfile
from easyticket.rules.permissions import Actor


def get_receipt(receipt_id: int) -> Receipt:
    """Return a receipt or credit note with all that its paper shows."""
    return db.session.scalars(
        sa.select(Receipt)
        .where(Receipt.id == receipt_id)
        .options(
            joinedload(Receipt.order).joinedload(Order.event).joinedload(Event.organizer),
            joinedload(Receipt.order).selectinload(Order.lines),
            joinedload(Receipt.refund).joinedload(Refund.payment),
        )
    ).one()


def get_receipt_of(order: Order) -> Receipt:
    """Return the receipt of an order, which its credit notes name.

    :raises NotFound: none was written.
    """
    query = sa.select(Receipt).where(Receipt.order_id == order.id, Receipt.refund_id.is_(None))
    receipt = db.session.scalar(query)
    if receipt is None:
        raise NotFound("This order has no receipt.")
    return receipt


def get_credit_note(order: Order, number: int) -> Receipt:
    """Return one credit note of an order by its number.

    :raises NotFound: the order has none of that number.
    """
    note = next((note for note in list_credit_notes(order) if note.number == number), None)
    if note is None:
        raise NotFound("This order has no such credit note.")
    return note


def list_credit_notes(order: Order) -> Sequence[Receipt]:
    """Return the credit notes of an order with their refunds, the oldest first."""
    return db.session.scalars(
        sa.select(Receipt)
        .where(Receipt.order_id == order.id, Receipt.kind == ReceiptKind.CREDIT_NOTE)
        .options(selectinload(Receipt.refund))
        .order_by(Receipt.id)
    ).all()


def find_seller(actor: Actor) -> SellerProfile | None:
    """Return what the actor said about themselves as a seller, or None."""
    return db.session.scalar(sa.select(SellerProfile).filter_by(user_id=actor.user_id))
