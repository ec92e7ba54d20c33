"""Accounts, their sign-in sessions (one row each, so that all can be revoked) and the one-time tokens sent by mail."""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from easyticket.db import Base, choices
from easyticket.models.columns import HasTimes, HasUuid


class UserType(enum.StrEnum):
    """What an account was made for (surface 1); `admin` only ever comes with `is_staff`."""

    CONSUMER = "consumer"
    ORGANIZER = "organizer"
    ADMIN = "admin"


class TokenPurpose(enum.StrEnum):
    """What the holder of a mailed token may do once."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 (a name, not a password)
    CHANGE_EMAIL = "change_email"


class User(HasUuid, HasTimes, Base):
    """A person with an account; `email` is kept in lower case, and so is `username_key` for look-ups."""

    __tablename__ = "user"

    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    username: Mapped[str | None] = mapped_column(sa.String(30))
    username_key: Mapped[str | None] = mapped_column(sa.String(30), unique=True)
    password_hash: Mapped[str] = mapped_column(sa.String(255))
    first_name: Mapped[str] = mapped_column(sa.String(150), default="")
    last_name: Mapped[str] = mapped_column(sa.String(150), default="")
    phone_number: Mapped[str] = mapped_column(sa.String(20), default="")
    user_type: Mapped[UserType] = mapped_column(choices(UserType, "user_type"), default=UserType.CONSUMER)
    is_staff: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    is_phone_verified: Mapped[bool] = mapped_column(default=False)
    email_verified_at: Mapped[datetime | None]
    auth_provider: Mapped[str] = mapped_column(sa.String(20), default="email")
    bio: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(sa.String(100), default="")
    country: Mapped[str] = mapped_column(sa.String(100), default="")
    profile_image: Mapped[str] = mapped_column(sa.String(255), default="")
    wants_marketing: Mapped[bool] = mapped_column(default=False)
    wants_reminders: Mapped[bool] = mapped_column(default=True)
    wants_email: Mapped[bool] = mapped_column(default=True)
    wants_sms: Mapped[bool] = mapped_column(default=False)
    last_login_at: Mapped[datetime | None]
    password_changed_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]

    sessions: Mapped[list[UserSession]] = relationship(
        back_populates="user", cascade="all, delete-orphan", foreign_keys="UserSession.user_id"
    )

    @property
    def full_name(self) -> str:
        """First and last name, or nothing."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def display_name(self) -> str:
        """What to call this person: the full name, else the username, else the part of the address before the @.

        Nobody is left to be called after the account was deleted.
        """
        if self.deleted_at is not None:
            return "Deleted account"
        return self.full_name or self.username or self.email.partition("@")[0]

    @property
    def is_email_verified(self) -> bool:
        """True once a mailed link has proved the address."""
        return self.email_verified_at is not None

    @property
    def is_organizer(self) -> bool:
        """True for accounts that may have events of their own."""
        return self.user_type in (UserType.ORGANIZER, UserType.ADMIN) or self.is_staff


class UserSession(Base):
    """One sign-in of one account, in a browser or by tokens; what it may do ends when it is revoked or expires."""

    __tablename__ = "user_session"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    token_digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    surface: Mapped[str] = mapped_column(sa.String(10))
    address: Mapped[str] = mapped_column(sa.String(45), default="")
    device: Mapped[str] = mapped_column(sa.String(255), default="")
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    # The account in whose place an administrator acts in this session, if in one.
    acting_for_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))

    user: Mapped[User] = relationship(back_populates="sessions", foreign_keys=[user_id])
    acting_for: Mapped[User | None] = relationship(foreign_keys=[acting_for_id])


class MailToken(HasUuid, Base):
    """A one-time right sent by mail, derived from its UUID; the database keeps only its digest.

    `email` is the address it proves.
    """

    __tablename__ = "mail_token"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[TokenPurpose] = mapped_column(choices(TokenPurpose, "purpose"))
    token_digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    email: Mapped[str] = mapped_column(sa.String(254))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()
