"""The ledger: balanced postings of signed entries in minor units. Rows are only ever added; the database refuses the rest."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from easyticket.db import Base
from easyticket.models.columns import HasUuid


class LedgerPosting(HasUuid, Base):
    """One movement of money with its reason. `key` makes each movement happen once (for example `capture:payment:17`)."""

    __tablename__ = "ledger_posting"

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
    # provider_cash, clearing, organizer_payable, fee_revenue, fee_expense, refund_due, payout_transit, dispute_hold
    account: Mapped[str] = mapped_column(sa.String(40))
    # Whose share it is, for the accounts kept per order and per organizer.
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("order.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event.id"))
    organizer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(sa.String(3))

    posting: Mapped[LedgerPosting] = relationship(back_populates="entries")
