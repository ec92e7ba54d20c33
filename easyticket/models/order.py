"""Orders with their lines, the hold that keeps their places, the order number counter and remembered idempotent answers."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from easyticket.db import Base, choices
from easyticket.models.columns import HasTimes, HasUuid
from easyticket.models.event import Event, FeeBearer
from easyticket.models.offer import Offer
from easyticket.models.user import User

if TYPE_CHECKING:
    from easyticket.models.payment import Dispute, Payment, Refund
    from easyticket.models.ticket import Ticket


class OrderStatus(enum.StrEnum):
    """Where an order is (the API contract): pending -> processing -> confirmed, or failed, cancelled, refunded."""

    PENDING = "pending"
    PROCESSING = "processing"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


# Not paid yet, and not given up.
UNPAID = (OrderStatus.PENDING, OrderStatus.PROCESSING)


class SalesChannel(enum.StrEnum):
    """Which door the order came through."""

    WEB = "web"
    API = "api"
    API_V1 = "api_v1"
    DESK = "desk"


class HoldState(enum.StrEnum):
    """What became of the held places; each hold leaves `held` once, by compare-and-set."""

    HELD = "held"
    CONVERTED = "converted"
    RELEASED = "released"


class Order(HasUuid, HasTimes, Base):
    """One purchase with the quote it was made at. Amounts are minor units of `currency` and never change afterwards."""

    __tablename__ = "order"
    __table_args__ = (
        sa.CheckConstraint("total_minor = subtotal_minor - discount_minor + fee_minor", name="total_adds_up"),
        sa.CheckConstraint(
            "subtotal_minor >= 0 AND discount_minor >= 0 AND fee_minor >= 0 AND total_minor >= 0",
            name="amounts_not_negative",
        ),
        sa.CheckConstraint(
            "refunded_minor >= 0 AND refunded_minor <= total_minor", name="refunded_within_total"
        ),
        sa.Index("ix_order_status_expires_at", "status", "expires_at"),
        sa.Index("ix_order_event_status", "event_id", "status"),
        sa.Index("ix_order_user_created_at", "user_id", "created_at"),
        # The API's order, by ids: without it the newest of everybody are read until enough are of this account.
        sa.Index("ix_order_user_id", "user_id", "id"),
        sa.Index("ix_order_confirmed_at", "confirmed_at"),
    )

    number: Mapped[str] = mapped_column(sa.String(24), unique=True)
    purchase_code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    # SHA-256 of the 128-bit secret of the guest link; the secret itself is derived again when a mail needs it.
    secret_digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    channel: Mapped[SalesChannel] = mapped_column(choices(SalesChannel, "channel"))
    status: Mapped[OrderStatus] = mapped_column(choices(OrderStatus, "status"), default=OrderStatus.PENDING)
    expires_at: Mapped[datetime]

    # Empty until the buyer's step of the checkout; folded to lower case for guest orders joining an account.
    buyer_email: Mapped[str] = mapped_column(sa.String(254), default="", index=True)
    buyer_name: Mapped[str] = mapped_column(sa.String(255), default="")
    buyer_phone: Mapped[str] = mapped_column(sa.String(20), default="")
    notes: Mapped[str] = mapped_column(default="")

    currency: Mapped[str] = mapped_column(sa.String(3))
    subtotal_minor: Mapped[int]
    discount_minor: Mapped[int] = mapped_column(default=0)
    # What the buyer pays on top; 0 where the organizer bears the fee.
    fee_minor: Mapped[int]
    total_minor: Mapped[int]
    # What the platform keeps, whoever bears it.
    platform_fee_minor: Mapped[int]
    fee_basis_points: Mapped[int]
    fee_bearer: Mapped[FeeBearer] = mapped_column(choices(FeeBearer, "fee_bearer"))
    promo_code_id: Mapped[int | None] = mapped_column(sa.ForeignKey("promo_code.id", ondelete="SET NULL"))
    promo_code: Mapped[str] = mapped_column(sa.String(50), default="")
    refunded_minor: Mapped[int] = mapped_column(default=0)
    # What its organizer took in cash at the door: their own money and in none of our books, where the order cost nothing.
    cash_minor: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))

    payment_method: Mapped[str] = mapped_column(sa.String(20), default="pending")
    confirmed_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    failure_reason: Mapped[str] = mapped_column(sa.String(200), default="")
    cancelled_at: Mapped[datetime | None]
    cancellation_reason: Mapped[str] = mapped_column(sa.String(500), default="")

    event: Mapped[Event] = relationship()
    user: Mapped[User | None] = relationship()
    lines: Mapped[list[OrderLine]] = relationship(
        order_by="OrderLine.id", cascade="all, delete-orphan", back_populates="order"
    )
    hold: Mapped[Hold | None] = relationship(cascade="all, delete-orphan", back_populates="order")
    payments: Mapped[list[Payment]] = relationship(order_by="Payment.id", back_populates="order")
    refunds: Mapped[list[Refund]] = relationship(order_by="Refund.id", back_populates="order")
    disputes: Mapped[list[Dispute]] = relationship(order_by="Dispute.id", back_populates="order")
    tickets: Mapped[list[Ticket]] = relationship(order_by="Ticket.id", back_populates="order")

    @property
    def quantity(self) -> int:
        """How many tickets the order is for."""
        return sum(line.quantity for line in self.lines)


class OrderLine(HasUuid, Base):
    """Some tickets of one offer. Names, day and amounts are kept as they were when the order was made."""

    __tablename__ = "order_line"
    __table_args__ = (
        sa.UniqueConstraint("order_id", "offer_id"),
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
        sa.CheckConstraint("subtotal_minor = unit_price_minor * quantity", name="subtotal_adds_up"),
    )

    order_id: Mapped[int] = mapped_column(sa.ForeignKey("order.id", ondelete="CASCADE"))
    offer_id: Mapped[int] = mapped_column(sa.ForeignKey("offer.id"), index=True)
    quantity: Mapped[int]
    unit_price_minor: Mapped[int]
    subtotal_minor: Mapped[int]
    # The line's share of the order's fee and discount, apportioned so that the parts add up exactly.
    fee_minor: Mapped[int] = mapped_column(default=0)
    discount_minor: Mapped[int] = mapped_column(default=0)
    ticket_name: Mapped[str] = mapped_column(sa.String(100))
    tier_name: Mapped[str] = mapped_column(sa.String(50), default="")
    day_name: Mapped[str] = mapped_column(sa.String(50), default="")
    day_on: Mapped[date | None] = mapped_column(sa.Date())
    is_all_days: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    order: Mapped[Order] = relationship(back_populates="lines")
    offer: Mapped[Offer] = relationship()

    @property
    def full_name(self) -> str:
        """Type, tier and day joined by " - "."""
        return " - ".join(part for part in (self.ticket_name, self.tier_name, self.day_name) if part)


class Hold(Base):
    """The places an order keeps until `expires_at` (UTC); turned into a sale or released exactly once."""

    __tablename__ = "hold"
    __table_args__ = (sa.Index("ix_hold_state_expires_at", "state", "expires_at"),)

    order_id: Mapped[int] = mapped_column(sa.ForeignKey("order.id", ondelete="CASCADE"), unique=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"), index=True)
    state: Mapped[HoldState] = mapped_column(choices(HoldState, "state"), default=HoldState.HELD)
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    order: Mapped[Order] = relationship(back_populates="hold")
    lines: Mapped[list[HoldLine]] = relationship(order_by="HoldLine.quota_id", cascade="all, delete-orphan")


class HoldLine(Base):
    """So many units of one quota. No foreign key to the counter row (see OfferQuota)."""

    __tablename__ = "hold_line"
    __table_args__ = (
        sa.UniqueConstraint("hold_id", "quota_id"),
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
    )

    hold_id: Mapped[int] = mapped_column(sa.ForeignKey("hold.id", ondelete="CASCADE"))
    quota_id: Mapped[int] = mapped_column(index=True)
    quantity: Mapped[int]


class OrderCounter(Base):
    """The last order number given out on a day; one row per day, counted up under its lock."""

    __tablename__ = "order_counter"

    day_on: Mapped[date] = mapped_column(sa.Date(), unique=True)
    last: Mapped[int]


class IdempotencyRecord(Base):
    """The first answer to a request with an `Idempotency-Key`, given again when the same request comes back.

    Written in the transaction that makes the thing, and named after it: a process that dies before it can note its
    answer leaves enough behind for the next one to answer without making a second.
    """

    __tablename__ = "idempotency_record"
    __table_args__ = (sa.UniqueConstraint("scope", "operation", "key"),)

    # Who asked: `user:<id>` or `guest:<digest>`; keys of different people never meet.
    scope: Mapped[str] = mapped_column(sa.String(80))
    operation: Mapped[str] = mapped_column(sa.String(80))
    key: Mapped[str] = mapped_column(sa.String(255))
    body_digest: Mapped[str] = mapped_column(sa.String(64))
    # What the first request made: an order, or a refund.
    made_uuid: Mapped[UUID | None] = mapped_column("order_uuid", sa.Uuid())
    status_code: Mapped[int | None]
    answer: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(index=True)
