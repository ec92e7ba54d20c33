"""The migrations make what the models say, on the database of this run, and lead back to nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import flask_migrate
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask

from easyticket.db import db
from easyticket.models.postgresql_indexes import is_compared
from tests import factories
from tests.fixtures.database import application_on
from tests.servers.databases import Databases


def structure(engine: sa.Engine) -> dict[str, Any]:
    """Return all that a database says about its tables but alembic's own, in an order that does not matter."""
    inspector = sa.inspect(engine)

    def told(table: str) -> dict[str, Any]:
        return {
            "columns": sorted(
                (column["name"], str(column["type"]), column["nullable"])
                for column in inspector.get_columns(table)
            ),
            "checks": sorted(
                (check["name"], check["sqltext"]) for check in inspector.get_check_constraints(table)
            ),
            "unique": sorted(
                (unique["name"], unique["column_names"]) for unique in inspector.get_unique_constraints(table)
            ),
            "foreign keys": sorted(
                (key["name"], key["constrained_columns"], key["referred_table"], str(key["options"]))
                for key in inspector.get_foreign_keys(table)
            ),
            "indexes": sorted(
                (index["name"], index["column_names"], index["unique"])
                for index in inspector.get_indexes(table)
                # Some are made by the migrations only where the server can.
                if is_compared(index, index["name"], "index")
            ),
            "key": inspector.get_pk_constraint(table)["constrained_columns"],
        }

    return {table: told(table) for table in inspector.get_table_names() if table != "alembic_version"}


def test_a_migrated_database_is_what_the_models_say(
    built_app: Flask, databases: Databases, tmp_path: Path
) -> None:
    with application_on(databases.new(), tmp_path) as app, app.app_context():
        db.create_all()
        wanted = structure(db.engine)
    with built_app.app_context():
        assert structure(db.engine) == wanted


def test_alembic_finds_nothing_to_migrate(built_app: Flask) -> None:
    options = {"compare_type": True, "render_as_batch": True, "include_object": is_compared}
    with built_app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, db.metadata) == []


def test_the_migrations_lead_down_to_nothing_and_up_again(databases: Databases, tmp_path: Path) -> None:
    with application_on(databases.new(), tmp_path) as app, app.app_context():
        flask_migrate.upgrade()
        up = structure(db.engine)
        flask_migrate.downgrade(revision="base")
        assert structure(db.engine) == {}
        flask_migrate.upgrade()
        assert structure(db.engine) == up


def test_events_that_are_there_already_get_the_price_they_are_listed_at(
    databases: Databases, tmp_path: Path
) -> None:
    with application_on(databases.new(), tmp_path) as app, app.app_context():
        flask_migrate.upgrade()
        events = [
            factories.make_event(),
            factories.make_event(base_price_minor=2_000),
            factories.make_tiered_event([("Front", 9_000, 10), ("Back", 4_000, 10)]),
            factories.make_simple_event(currency="JPY", price_minor=500),
            factories.make_simple_event(currency="KWD", price_minor=500),
        ]
        factories.make_ticket_type(events[0], price_minor=100, is_active=False)
        kept = [event.listed_price_thousandths for event in events]
        db.session.remove()
        flask_migrate.downgrade(revision="0001")
        flask_migrate.upgrade()
        listed = sa.text("SELECT listed_price_thousandths FROM event ORDER BY id")
        assert list(db.session.scalars(listed)) == kept == [0, 20_000, 40_000, 500_000, 500]


def test_ticket_types_that_are_there_already_are_found_and_sorted(
    databases: Databases, tmp_path: Path
) -> None:
    with application_on(databases.new(), tmp_path) as app, app.app_context():
        flask_migrate.upgrade()
        event = factories.make_event()
        factories.make_ticket_type(event, name="Café table", benefits="One Drink", price_minor=700)
        factories.make_tiered_event([("Front", 9_000, 10)])
        kept = sa.text("SELECT search_text, listed_price_minor FROM ticket_type ORDER BY id")
        before = db.session.execute(kept).all()
        db.session.remove()
        flask_migrate.downgrade(revision="0002")
        flask_migrate.upgrade()
        assert db.session.execute(kept).all() == before == [("cafe table\none drink", 700), ("seat", None)]
