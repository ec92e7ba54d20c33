"""Indexes that PostgreSQL has beside those of the models; SQLite, which is for small sites, sorts and searches without them.

Migrations make them. Here they are named for tables made from the models, and for comparing models with a database.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from easyticket.db import Base

# The largest first and empty ones last, which no index of SQLite can be.
_EMPTY_LAST = {
    "ix_ticket_type_listed_price_desc": "ticket_type (listed_price_minor DESC NULLS LAST, id DESC)",
    "ix_offer_pass_day_number_desc": "offer (day_number DESC NULLS LAST, id DESC) WHERE kind = 'day_pass'",
    "ix_offer_pass_day_on_desc": "offer (day_on DESC NULLS LAST, id DESC) WHERE kind = 'day_pass'",
}
# Any part of a text, where the server has the extension pg_trgm.
_TRIGRAMS = {
    "ix_event_search_text": "event USING gin (search_text gin_trgm_ops)",
    "ix_ticket_type_search_text": "ticket_type USING gin (search_text gin_trgm_ops)",
}
NAMES = frozenset({*_EMPTY_LAST, *_TRIGRAMS})


def is_compared(_thing: object, name: str | None, kind: str, *_rest: object) -> bool:
    """Tell alembic what it may compare: all but the indexes named here (an `include_object`)."""
    return kind != "index" or name not in NAMES


def _make(_metadata: sa.MetaData, connection: sa.Connection, **_options: Any) -> None:
    if connection.dialect.name != "postgresql":
        return
    has_trigrams = connection.scalar(sa.text("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'"))
    for name, place in {**_EMPTY_LAST, **(_TRIGRAMS if has_trigrams else {})}.items():
        connection.execute(sa.text(f"CREATE INDEX {name} ON {place}"))


sa.event.listen(Base.metadata, "after_create", _make)
