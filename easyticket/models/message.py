"""What visitors leave with the people who run the site: messages of the contact form, addresses for the newsletter."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from easyticket.db import Base
from easyticket.models.columns import HasUuid


class ContactMessage(HasUuid, Base):
    """One message as it was written; `user_id` where its writer was signed in."""

    __tablename__ = "contact_message"

    name: Mapped[str] = mapped_column(sa.String(255))
    email: Mapped[str] = mapped_column(sa.String(254))
    phone: Mapped[str] = mapped_column(sa.String(20), default="")
    subject: Mapped[str] = mapped_column(sa.String(255))
    message: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(index=True)

    @property
    def reference(self) -> str:
        """What the writer may quote, `MSG-000001` (the API contract)."""
        return f"MSG-{self.id:06d}"


class NewsletterSubscription(HasUuid, Base):
    """An address that wants the newsletter, in lower case."""

    __tablename__ = "newsletter_subscription"

    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    subscribed_at: Mapped[datetime]
