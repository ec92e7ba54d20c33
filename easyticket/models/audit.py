"""Runs of the audit: what it counted when, so that people see at a glance whether the books are right."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from easyticket.db import Base


class AuditRun(Base):
    """One run of `flask audit`. `findings` has one object per invariant: its name, count and some examples."""

    __tablename__ = "audit_run"

    started_at: Mapped[datetime] = mapped_column(index=True)
    finished_at: Mapped[datetime]
    violations: Mapped[int]
    findings: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON())
