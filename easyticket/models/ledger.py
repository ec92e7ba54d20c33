"""The ledger: balanced postings of signed entries in minor units. Rows are only ever added; the database refuses the rest."""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from easyticket.db import Base
from easyticket.models.columns import HasUuid


class LedgerAccount(enum.StrEnum):
    """What an entry is booked on."""

    PROVIDER_CASH = "provider_cash"
    CLEARING = "clearing"
    ORGANIZER_PAYABLE = "organizer_payable"
    FEE_REVENUE = "fee_revenue"
    REFUND_DUE = "refund_due"
    PAYOUT_TRANSIT = "payout_transit"
    # What providers keep for their work.
    FEE_EXPENSE = "fee_expense"
    # Taken from us while a dispute is open, and the organizer's part of it, which is frozen.
    DISPUTE_HOLD = "dispute_hold"
    ORGANIZER_DISPUTED = "organizer_disputed"
    # What lost disputes took beyond what was left of the sale.
    DISPUTE_LOSS = "dispute_loss"


class PostingKind(enum.StrEnum):
    """Why money moved. A `VERIFICATION` is what one check of an account costs its owner.

    `REFUND_BOUNCED`: money that had been returned came back to us; `REFUND_FAILED`: a promise of money back is taken back.
    """

    CAPTURE = "capture"
    FULFILMENT = "fulfilment"
    REFUND_REQUESTED = "refund_requested"
    REFUND_PAID = "refund_paid"
    REFUND_BOUNCED = "refund_bounced"
    REFUND_FAILED = "refund_failed"
    PROVIDER_FEE = "provider_fee"
    DISPUTE_OPENED = "dispute_opened"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"
    VERIFICATION = "verification"
    PAYOUT_REQUESTED = "payout_requested"
    PAYOUT_CANCELLED = "payout_cancelled"
    PAYOUT_PAID = "payout_paid"
    PAYOUT_FAILED = "payout_failed"
    PAYOUT_REVERSED = "payout_reversed"
    PAYOUT_FEE = "payout_fee"

    def key_of(self, *numbers: int) -> str:
        """Return the key of the only posting of this kind about the row of that id (and what of it)."""
        return ":".join([self.value.replace("_", "-"), *map(str, numbers)])


def key_of_check(profile_id: int, attempt: int) -> str:
    """Return the key of the posting that pays for one check of an account."""
    return PostingKind.VERIFICATION.key_of(profile_id, attempt)


def check_of_key(key: str) -> tuple[int, int]:
    """Return the payment profile's id and the attempt that `key_of_check` made a key of."""
    _, profile_id, attempt = key.split(":")
    return int(profile_id), int(attempt)


class LedgerPosting(HasUuid, Base):
    """One movement of money with its reason. `key` makes each movement happen once (for example `capture:17`)."""

    __tablename__ = "ledger_posting"

    # A PostingKind.
    kind: Mapped[str] = mapped_column(sa.String(40))
    key: Mapped[str] = mapped_column(sa.String(120), unique=True)
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("order.id"), index=True)
    posted_at: Mapped[datetime]

    entries: Mapped[list[LedgerEntry]] = relationship(back_populates="posting", order_by="LedgerEntry.id")


class LedgerEntry(Base):
    """One side of a posting: debit positive, credit negative. All entries of a posting sum to zero."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        sa.CheckConstraint("amount_minor <> 0", name="amount_not_zero"),
        sa.Index("ix_ledger_entry_account", "account", "currency"),
        sa.Index("ix_ledger_entry_organizer", "organizer_id", "account"),
    )

    posting_id: Mapped[int] = mapped_column(sa.ForeignKey("ledger_posting.id"), index=True)
    # A LedgerAccount.
    account: Mapped[str] = mapped_column(sa.String(40))
    # Whose share it is, for the accounts kept per order and per organizer.
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("order.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event.id"))
    organizer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(sa.String(3))

    posting: Mapped[LedgerPosting] = relationship(back_populates="entries")
