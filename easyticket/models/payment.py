"""Attempts to pay an order, what providers told us about them, refunds and disputes.

Every row is written before the provider is called.
"""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from easyticket.db import Base, choices
from easyticket.integrations.providers import DisputeState, NoticeTopic
from easyticket.models.columns import HasTimes, HasUuid
from easyticket.models.order import Order


class PaymentState(enum.StrEnum):
    """A lattice that is only climbed: a payment that is paid never becomes failed again.

    `surplus` is money for an order that another payment has settled; `quarantined` is money whose amount, currency,
    mode or reference is not what was asked for.
    """

    CREATED = "created"
    OPEN = "open"
    PROCESSING = "processing"
    FAILED = "failed"
    CANCELED = "canceled"
    PAID = "paid"
    SURPLUS = "surplus"
    QUARANTINED = "quarantined"


class RefundState(enum.StrEnum):
    """`requested` is not sent yet, `unknown` was sent and not answered: both count against what can be refunded.

    `blocked` was not begun, because there is too little money at the provider; it is tried again. Only `failed` does not
    count: the promise was taken back, also where the provider had called it done before.
    """

    REQUESTED = "requested"
    BLOCKED = "blocked"
    PENDING = "pending"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


# States in which a payer may still pay: an order has one such attempt at most.
OPEN_STATES = (PaymentState.CREATED, PaymentState.OPEN, PaymentState.PROCESSING)
# Their money is in our books; of quarantined money a person decides.
BOOKED_STATES = (PaymentState.PAID, PaymentState.SURPLUS)
# Promised, and neither returned nor taken back.
UNDECIDED_REFUNDS = (RefundState.REQUESTED, RefundState.BLOCKED, RefundState.UNKNOWN, RefundState.PENDING)
# The payer's bank looks into it; and it has the money, for now or for good.
UNDECIDED_DISPUTES = (DisputeState.WARNING, DisputeState.OPEN)
TAKEN_BACK = (DisputeState.OPEN, DisputeState.LOST)
_OPEN_SQL = sa.text("state IN ('created', 'open', 'processing')")


class Payment(HasUuid, HasTimes, Base):
    """One attempt to pay one order. `reference` is ours and unguessable, `provider_ref` is the provider's."""

    __tablename__ = "payment"
    __table_args__ = (
        sa.UniqueConstraint("order_id", "attempt"),
        sa.UniqueConstraint("provider", "provider_ref"),
        sa.CheckConstraint("amount_minor > 0", name="amount_positive"),
        sa.Index(
            "uq_payment_open", "order_id", unique=True, sqlite_where=_OPEN_SQL, postgresql_where=_OPEN_SQL
        ),
        sa.Index("ix_payment_state_checked_at", "state", "checked_at"),
        # What is asked about for late money and fees is a few days old, of all the payments there ever were.
        sa.Index("ix_payment_created_at", "created_at"),
    )

    order_id: Mapped[int] = mapped_column(sa.ForeignKey("order.id"))
    attempt: Mapped[int]
    provider: Mapped[str] = mapped_column(sa.String(20))
    reference: Mapped[str] = mapped_column(sa.String(64), unique=True)
    provider_ref: Mapped[str | None] = mapped_column(sa.String(255))
    state: Mapped[PaymentState] = mapped_column(choices(PaymentState, "state"), default=PaymentState.CREATED)
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(sa.String(3))
    # True for real money, False for a provider's test mode or the sandbox.
    is_live: Mapped[bool] = mapped_column(default=False)
    method: Mapped[str] = mapped_column(sa.String(20), default="")
    pay_url: Mapped[str] = mapped_column(default="")
    client_secret: Mapped[str] = mapped_column(sa.String(255), default="")
    return_url: Mapped[str] = mapped_column(default="")
    last_error: Mapped[str] = mapped_column(sa.String(500), default="")
    captured_minor: Mapped[int | None]
    # What the provider kept of it, once that is known.
    provider_fee_minor: Mapped[int | None]
    # When its hold was lengthened because the payer was in the middle of proving who they are: that happens once.
    grace_given_at: Mapped[datetime | None]
    # When somebody decided what becomes of quarantined money.
    reviewed_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    # When the provider was last asked; the reconciler takes the longest unasked first.
    checked_at: Mapped[datetime | None]

    order: Mapped[Order] = relationship(back_populates="payments")


class ProviderEvent(Base):
    """A webhook as it came, stored once by the provider's event key. It is a trigger only: the truth is read afresh."""

    __tablename__ = "provider_event"
    __table_args__ = (sa.UniqueConstraint("provider", "event_key"),)

    provider: Mapped[str] = mapped_column(sa.String(20))
    event_key: Mapped[str] = mapped_column(sa.String(255))
    kind: Mapped[str] = mapped_column(sa.String(80))
    topic: Mapped[NoticeTopic] = mapped_column(
        choices(NoticeTopic, "topic"), default=NoticeTopic.CHARGE, server_default=NoticeTopic.CHARGE.value
    )
    body: Mapped[str]
    payment_reference: Mapped[str] = mapped_column(sa.String(255), default="")
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None] = mapped_column(index=True)


class Refund(HasUuid, HasTimes, Base):
    """Money on its way back. Pending and unknown ones count, so that two partial refunds never exceed the payment."""

    __tablename__ = "refund"
    __table_args__ = (
        sa.CheckConstraint("amount_minor > 0", name="amount_positive"),
        sa.UniqueConstraint("payment_id", "provider_ref"),
    )

    order_id: Mapped[int] = mapped_column(sa.ForeignKey("order.id"), index=True)
    payment_id: Mapped[int] = mapped_column(sa.ForeignKey("payment.id"), index=True)
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(sa.String(3))
    state: Mapped[RefundState] = mapped_column(
        choices(RefundState, "state"), default=RefundState.REQUESTED, index=True
    )
    reason: Mapped[str] = mapped_column(sa.String(200), default="")
    # buyer, organizer, admin, late_payment, surplus_payment, quarantined_payment, event_cancelled, provider
    source: Mapped[str] = mapped_column(sa.String(30))
    requested_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    # Who had the money of a used ticket returned all the same.
    override_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    provider_ref: Mapped[str | None] = mapped_column(sa.String(255))
    last_error: Mapped[str] = mapped_column(sa.String(500), default="")
    # Until when one process alone asks the provider for it: not every provider can be asked twice for one refund.
    sending_until: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]

    order: Mapped[Order] = relationship(back_populates="refunds")
    payment: Mapped[Payment] = relationship()
    tickets: Mapped[list[RefundTicket]] = relationship(
        order_by="RefundTicket.ticket_id", cascade="all, delete-orphan"
    )


class RefundTicket(Base):
    """How much of a refund is for one ticket; refunds of an amount that names no ticket have no such rows."""

    __tablename__ = "refund_ticket"
    __table_args__ = (
        sa.UniqueConstraint("refund_id", "ticket_id"),
        sa.CheckConstraint("amount_minor >= 0", name="amount_not_negative"),
    )

    refund_id: Mapped[int] = mapped_column(sa.ForeignKey("refund.id", ondelete="CASCADE"))
    ticket_id: Mapped[int] = mapped_column(sa.ForeignKey("ticket.id"), index=True)
    amount_minor: Mapped[int]


class Dispute(HasUuid, HasTimes, Base):
    """A payer's bank takes the money back, or asks about it (`warning`). `amount_minor` is what is disputed."""

    __tablename__ = "dispute"
    __table_args__ = (
        sa.UniqueConstraint("payment_id", "provider_ref"),
        sa.CheckConstraint("amount_minor > 0", name="amount_positive"),
    )

    order_id: Mapped[int] = mapped_column(sa.ForeignKey("order.id"), index=True)
    payment_id: Mapped[int] = mapped_column(sa.ForeignKey("payment.id"), index=True)
    provider_ref: Mapped[str] = mapped_column(sa.String(255))
    state: Mapped[DisputeState] = mapped_column(choices(DisputeState, "state"), index=True)
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(sa.String(3))
    reason: Mapped[str] = mapped_column(sa.String(200), default="")
    due_at: Mapped[datetime | None]
    # When the money left us; None while it is a question only.
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    order: Mapped[Order] = relationship(back_populates="disputes")
    payment: Mapped[Payment] = relationship()
