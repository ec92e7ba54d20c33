"""Tickets: one row per person admitted. The QR's content is derived, only its digest is stored."""

from __future__ import annotations

import enum
import secrets
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from easyticket.db import Base, choices
from easyticket.models.columns import HasTimes, HasUuid
from easyticket.models.event import Event
from easyticket.models.offer import Offer
from easyticket.models.order import Order, OrderLine
from easyticket.models.user import User


class TicketStatus(enum.StrEnum):
    """What was decided about the ticket. `expired` is not stored: it follows from the event's end."""

    ACTIVE = "active"
    USED = "used"
    CANCELLED = "cancelled"


class Ticket(HasUuid, HasTimes, Base):
    """The right of one person to come in. `code` is printed and typed; names are kept as they were when it was sold."""

    __tablename__ = "ticket"
    __table_args__ = (
        sa.Index("ix_ticket_event_status", "event_id", "status"),
        sa.Index("ix_ticket_owner_created_at", "owner_id", "created_at"),
    )

    code: Mapped[str] = mapped_column(sa.String(32), unique=True)
    random_id: Mapped[bytes] = mapped_column(sa.LargeBinary(16), default=lambda: secrets.token_bytes(16))
    generation: Mapped[int] = mapped_column(default=0)
    qr_digest: Mapped[str] = mapped_column(sa.String(64), unique=True)

    order_id: Mapped[int] = mapped_column(sa.ForeignKey("order.id"), index=True)
    order_line_id: Mapped[int] = mapped_column(sa.ForeignKey("order_line.id"), index=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    offer_id: Mapped[int] = mapped_column(sa.ForeignKey("offer.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))

    attendee_name: Mapped[str] = mapped_column(sa.String(255), default="")
    attendee_email: Mapped[str] = mapped_column(sa.String(254), default="")
    attendee_phone: Mapped[str] = mapped_column(sa.String(20), default="")
    ticket_name: Mapped[str] = mapped_column(sa.String(100))
    tier_name: Mapped[str] = mapped_column(sa.String(50), default="")
    day_name: Mapped[str] = mapped_column(sa.String(50), default="")
    # The one day it admits on, in the event's zone; NULL with is_all_days admits once on each day.
    day_on: Mapped[date | None] = mapped_column(sa.Date())
    is_all_days: Mapped[bool] = mapped_column(default=False)
    price_minor: Mapped[int]
    # What this ticket brought in with its share of fee and discount: the most that can be refunded for it.
    paid_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(sa.String(3))

    status: Mapped[TicketStatus] = mapped_column(choices(TicketStatus, "status"), default=TicketStatus.ACTIVE)
    used_at: Mapped[datetime | None]
    used_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    cancelled_at: Mapped[datetime | None]
    # While the payer's bank takes its money back: it admits, and the gate says so.
    disputed_at: Mapped[datetime | None]
    # When it was last sent on to somebody else, who holds it now: attendee and owner are theirs.
    sent_on_at: Mapped[datetime | None]
    # Set once when its place went back on sale.
    released_at: Mapped[datetime | None]

    order: Mapped[Order] = relationship(back_populates="tickets")
    order_line: Mapped[OrderLine] = relationship()
    event: Mapped[Event] = relationship()
    offer: Mapped[Offer] = relationship()
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id])
    used_by: Mapped[User | None] = relationship(foreign_keys=[used_by_id])
    transfers: Mapped[list[TicketTransfer]] = relationship(
        order_by="TicketTransfer.id", back_populates="ticket"
    )

    @property
    def full_name(self) -> str:
        """Type, tier and day joined by " - "."""
        return " - ".join(part for part in (self.ticket_name, self.tier_name, self.day_name) if part)


class TicketTransfer(HasUuid, Base):
    """A ticket that its holder sent to somebody else: from whom, to whom, when."""

    __tablename__ = "ticket_transfer"

    ticket_id: Mapped[int] = mapped_column(sa.ForeignKey("ticket.id"), index=True)
    from_user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    from_name: Mapped[str] = mapped_column(sa.String(255), default="")
    from_email: Mapped[str] = mapped_column(sa.String(254), default="")
    to_name: Mapped[str] = mapped_column(sa.String(255))
    to_email: Mapped[str] = mapped_column(sa.String(254))
    sent_at: Mapped[datetime]
    # SHA-256 of the 128-bit secret of the receiver's link, which is derived again when a mail needs it.
    secret_digest: Mapped[str] = mapped_column(sa.String(64), unique=True)

    ticket: Mapped[Ticket] = relationship(back_populates="transfers")


class RetiredCode(Base):
    """A code that admitted once and admits no more, because its ticket has a new one."""

    __tablename__ = "retired_code"

    ticket_id: Mapped[int] = mapped_column(sa.ForeignKey("ticket.id"), index=True)
    code: Mapped[str] = mapped_column(sa.String(32), unique=True)
    qr_digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    retired_at: Mapped[datetime]

    ticket: Mapped[Ticket] = relationship()
