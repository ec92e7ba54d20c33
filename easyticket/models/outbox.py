"""The outbox: jobs as rows, written in the transaction of what causes them, so that neither exists without the other.

And the sign of life of those who do them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from easyticket.db import Base
from easyticket.models.columns import HasUuid


class OutboxJob(HasUuid, Base):
    """A job to be run at least once at or after `run_at`; `leased_until` keeps other workers away while one runs it.

    `key` (where given) makes the same job exist once. `uuid` becomes the Message-ID of a mail, the same on every try.
    """

    __tablename__ = "outbox_job"
    __table_args__ = (
        sa.Index(
            "ix_outbox_job_due",
            "run_at",
            sqlite_where=sa.text("done_at IS NULL AND failed_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL AND failed_at IS NULL"),
        ),
    )

    name: Mapped[str] = mapped_column(sa.String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(sa.JSON())
    key: Mapped[str | None] = mapped_column(sa.String(120), unique=True)
    created_at: Mapped[datetime]
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    # Given up after the last try: somebody has to look at it.
    failed_at: Mapped[datetime | None] = mapped_column(index=True)
    error: Mapped[str] = mapped_column(default="")


class Heartbeat(Base):
    """When something that has to run without end last did, under its name; one row each, written over and over."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(sa.String(20), unique=True)
    seen_at: Mapped[datetime]
