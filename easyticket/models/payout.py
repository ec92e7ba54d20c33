"""Where organizers are paid and what was paid out to them."""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from easyticket.db import Base, choices
from easyticket.models.columns import HasTimes, HasUuid
from easyticket.models.user import User


class ProfileMethod(enum.StrEnum):
    """How money reaches an organizer."""

    MOBILE_MONEY = "mobile_money"
    BANK_TRANSFER = "bank_transfer"


class ProfileStatus(enum.StrEnum):
    """Whether the account is proved to be the organizer's (the long names of the API contract)."""

    PENDING = "pending_verification"
    VERIFIED = "verified"
    FAILED = "verification_failed"


class PayoutState(enum.StrEnum):
    """Where a payout is; `unknown` was sent and not answered, `reversed` arrived and came back."""

    REQUESTED = "requested"
    PENDING = "pending"
    UNKNOWN = "unknown"
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REVERSED = "reversed"


# Asked for and neither paid nor given up.
OPEN_STATES = (PayoutState.REQUESTED, PayoutState.PENDING, PayoutState.UNKNOWN)


class PaymentProfile(HasUuid, HasTimes, Base):
    """An account an organizer is paid to. Any change of its number makes it unverified again."""

    __tablename__ = "payment_profile"
    __table_args__ = (
        sa.Index(
            "uq_payment_profile_default",
            "user_id",
            unique=True,
            sqlite_where=sa.text("is_default AND deleted_at IS NULL"),
            postgresql_where=sa.text("is_default AND deleted_at IS NULL"),
        ),
    )

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    method: Mapped[ProfileMethod] = mapped_column(choices(ProfileMethod, "method"))
    name: Mapped[str] = mapped_column(sa.String(100))
    description: Mapped[str] = mapped_column(sa.String(500), default="")
    account_number: Mapped[str] = mapped_column(sa.String(20))
    account_name: Mapped[str] = mapped_column(sa.String(255))
    # A mobile money network, or a bank with its code and branch.
    network: Mapped[str] = mapped_column(sa.String(20), default="")
    bank_name: Mapped[str] = mapped_column(sa.String(100), default="")
    bank_code: Mapped[str] = mapped_column(sa.String(20), default="")
    branch: Mapped[str] = mapped_column(sa.String(100), default="")
    # What a bank account is held in, empty where nobody said; a network's is that of its country (rules/payment_accounts.py).
    currency: Mapped[str] = mapped_column(sa.String(3), default="", server_default="")
    is_default: Mapped[bool] = mapped_column(default=False)
    status: Mapped[ProfileStatus] = mapped_column(
        choices(ProfileStatus, "status"), default=ProfileStatus.PENDING
    )
    verification_reference: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    verification_started_at: Mapped[datetime | None]
    verification_attempts: Mapped[int] = mapped_column(default=0)
    verified_at: Mapped[datetime | None]
    failure_reason: Mapped[str] = mapped_column(sa.String(200), default="")
    # Nothing is paid out to it before this moment: the freeze after a change of the account.
    frozen_until: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class Payout(HasUuid, HasTimes, Base):
    """Money on its way to an organizer. `reference` is ours and goes to the provider, so that a retry pays once."""

    __tablename__ = "payout"
    __table_args__ = (sa.CheckConstraint("amount_minor > 0", name="amount_positive"),)

    organizer_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    payment_profile_id: Mapped[int | None] = mapped_column(sa.ForeignKey("payment_profile.id"))
    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event.id"))
    reference: Mapped[str] = mapped_column(sa.String(50), unique=True)
    # manual, paystack_transfer, stripe_transfer
    method: Mapped[str] = mapped_column(sa.String(30))
    amount_minor: Mapped[int]
    fee_minor: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(sa.String(3))
    state: Mapped[PayoutState] = mapped_column(
        choices(PayoutState, "state"), default=PayoutState.REQUESTED, index=True
    )
    provider_ref: Mapped[str | None] = mapped_column(sa.String(255))
    last_error: Mapped[str] = mapped_column(sa.String(500), default="")
    # When it was first handed to the provider, and when that was last asked.
    sent_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    # Made by the clock because its organizer wants that, not asked for by hand.
    is_automatic: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    paid_at: Mapped[datetime | None]
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))

    organizer: Mapped[User] = relationship(foreign_keys=organizer_id)
    payment_profile: Mapped[PaymentProfile | None] = relationship()
