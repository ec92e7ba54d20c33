"""Whether the database is the one this version of the application was made for."""

from __future__ import annotations

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app

from easyticket.db import db


def is_schema_current() -> bool:
    """Tell whether every migration was run, and none that this version does not know."""
    current = set(MigrationContext.configure(db.session.connection()).get_current_heads())
    config = current_app.extensions["migrate"].migrate.get_config()
    return current == set(ScriptDirectory.from_config(config).get_heads())
