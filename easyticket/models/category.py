"""What kind of event it is; `icon` is a name of the react-icons/fa set, which the outside clients draw."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from easyticket.db import Base
from easyticket.models.columns import HasTimes, HasUuid


class Category(HasUuid, HasTimes, Base):
    """One category; an inactive one is hidden and keeps its events."""

    __tablename__ = "category"

    name: Mapped[str] = mapped_column(sa.String(100), unique=True)
    slug: Mapped[str] = mapped_column(sa.String(100), unique=True)
    description: Mapped[str] = mapped_column(default="")
    icon: Mapped[str] = mapped_column(sa.String(50), default="")
    is_active: Mapped[bool] = mapped_column(default=True)
