"""What happens at the gate: one admission row per ticket and scope, and an append-only row for every scan, also refused ones."""

from __future__ import annotations

import enum
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from easyticket.db import Base, choices
from easyticket.models.ticket import Ticket
from easyticket.models.user import User


class ScanOutcome(enum.StrEnum):
    """The answer a gate gave. Only `admitted` opens it."""

    ADMITTED = "admitted"
    ALREADY_IN = "already_in"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    UNPAID = "unpaid"
    WRONG_EVENT = "wrong_event"
    WRONG_DAY = "wrong_day"
    NOT_YET = "not_yet"
    OVER = "over"
    # The code of a ticket that has a new one, since it was sent on.
    REPLACED = "replaced"
    UNKNOWN = "unknown"
    # No answer to a scan: somebody took one that had admitted back.
    UNDONE = "undone"


class Admission(Base):
    """A ticket was let in. UNIQUE(ticket, scope) is what makes one ticket admit once, whoever scans it at that instant.

    `scope` is `event`, or the day (`2025-11-19`) for passes that admit once a day, or the scan's id where re-entry is free.
    """

    __tablename__ = "admission"
    __table_args__ = (sa.UniqueConstraint("ticket_id", "scope"),)

    ticket_id: Mapped[int] = mapped_column(sa.ForeignKey("ticket.id"))
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"), index=True)
    scope: Mapped[str] = mapped_column(sa.String(40))
    # The gate's own id of the scan, so that a repeated request gets its first answer again.
    scan_key: Mapped[UUID] = mapped_column(sa.Uuid(), unique=True)
    admitted_at: Mapped[datetime]
    admitted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    gate: Mapped[str] = mapped_column(sa.String(80), default="")

    ticket: Mapped[Ticket] = relationship()
    admitted_by: Mapped[User | None] = relationship()


class Scan(Base):
    """One try at a gate with its answer, as it was given. Never changed, never deleted.

    Taking a check-in back is a row of its own: outcome `undone`, with the key of the scan that had admitted.
    """

    __tablename__ = "scan"
    __table_args__ = (
        sa.Index("ix_scan_event_scanned_at", "event_id", "scanned_at"),
        # Once for each, whoever takes it back at that instant.
        sa.Index("uq_scan_undoes_key", "undoes_key", unique=True),
    )

    scan_key: Mapped[UUID] = mapped_column(sa.Uuid(), unique=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    ticket_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ticket.id"), index=True)
    # SHA-256 of what was scanned or typed, so that the log itself admits nobody.
    code_digest: Mapped[str] = mapped_column(sa.String(64))
    outcome: Mapped[ScanOutcome] = mapped_column(choices(ScanOutcome, "outcome"))
    scanned_at: Mapped[datetime]
    scanned_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    gate: Mapped[str] = mapped_column(sa.String(80), default="")
    undoes_key: Mapped[UUID | None] = mapped_column(sa.Uuid())

    ticket: Mapped[Ticket | None] = relationship()
    scanned_by: Mapped[User | None] = relationship()
