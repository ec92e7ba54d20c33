"""Receipts and credit notes with what they said when they were made, their numbers, and who sells: name, address, tax."""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from easyticket.db import Base, choices
from easyticket.models.columns import HasTimes, HasUuid
from easyticket.models.order import Order
from easyticket.models.payment import Refund


class ReceiptKind(enum.StrEnum):
    """What the paper says: money was taken, or given back."""

    RECEIPT = "receipt"
    CREDIT_NOTE = "credit_note"


class SellerProfile(HasTimes, Base):
    """What an organizer's receipts say about the seller, and whether what can be paid out is, without being asked for."""

    __tablename__ = "seller_profile"
    __table_args__ = (
        sa.CheckConstraint("tax_basis_points BETWEEN 0 AND 5000", name="tax_basis_points_in_bounds"),
    )

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), unique=True)
    legal_name: Mapped[str] = mapped_column(sa.String(255), default="")
    address: Mapped[str] = mapped_column(sa.String(500), default="")
    tax_number: Mapped[str] = mapped_column(sa.String(50), default="")
    # What the tax is called, for example "VAT", and its rate in hundredths of a percent; it is included in prices.
    tax_name: Mapped[str] = mapped_column(sa.String(30), default="")
    tax_basis_points: Mapped[int] = mapped_column(default=0)
    is_paid_automatically: Mapped[bool] = mapped_column(default=False)


class ReceiptCounter(Base):
    """The last number a seller's receipts have; counted up under its lock in the transaction that writes the receipt."""

    __tablename__ = "receipt_counter"

    seller_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), unique=True)
    last: Mapped[int]


class Receipt(HasUuid, Base):
    """One receipt of an order, or one credit note of a refund. Never changed: the paper is drawn from it again.

    `amount_minor` is what was paid or returned, `net_of_fee_minor` the part of it that is the tickets' price, and
    `tax_minor` what of that price is tax.
    """

    __tablename__ = "receipt"
    __table_args__ = (
        sa.UniqueConstraint("seller_id", "number"),
        sa.CheckConstraint("amount_minor > 0", name="amount_positive"),
        sa.Index(
            "uq_receipt_order",
            "order_id",
            unique=True,
            sqlite_where=sa.text("refund_id IS NULL"),
            postgresql_where=sa.text("refund_id IS NULL"),
        ),
    )

    kind: Mapped[ReceiptKind] = mapped_column(choices(ReceiptKind, "kind"))
    seller_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    number: Mapped[int]
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("order.id"), index=True)
    refund_id: Mapped[int | None] = mapped_column(sa.ForeignKey("refund.id"), unique=True)
    seller_name: Mapped[str] = mapped_column(sa.String(255))
    seller_address: Mapped[str] = mapped_column(sa.String(500), default="")
    tax_number: Mapped[str] = mapped_column(sa.String(50), default="")
    tax_name: Mapped[str] = mapped_column(sa.String(30), default="")
    tax_basis_points: Mapped[int] = mapped_column(default=0)
    amount_minor: Mapped[int]
    net_of_fee_minor: Mapped[int]
    tax_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(sa.String(3))
    issued_at: Mapped[datetime]

    order: Mapped[Order] = relationship()
    refund: Mapped[Refund | None] = relationship()
