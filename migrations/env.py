"""Runs migrations on the application's database. SQLite runs them with foreign keys off and checks them afterwards.

A batch change of a SQLite table drops and recreates it; with foreign keys on, that would delete its children.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context
from flask import current_app

import easyticket.integrations.sandbox
import easyticket.models  # noqa: F401 (the tables must be known)
from easyticket.db import Base, db
from easyticket.models.postgresql_indexes import is_compared

config = context.config


def run_migrations_online() -> None:
    """Connect outside the application's sessions and run all steps in one transaction."""
    engine = db.engine
    on_sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if on_sqlite:
            # PRAGMA foreign_keys is ignored inside a transaction, so it is set on the bare connection.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            compare_server_default=True,
            include_object=is_compared,
        )
        with context.begin_transaction():
            context.run_migrations()
            if on_sqlite:
                broken = connection.execute(sa.text("PRAGMA foreign_key_check")).fetchall()
                if broken:
                    raise RuntimeError(f"the migration broke foreign keys: {broken[:5]}")
        connection.commit()
        if on_sqlite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")


if context.is_offline_mode():
    raise SystemExit("Migrations need the database: run `flask db upgrade`.")
with current_app.app_context():
    run_migrations_online()
