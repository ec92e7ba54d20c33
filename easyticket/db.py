"""The database session, the one place that commits, and the column types every model uses.

SQLite (WAL) and PostgreSQL (READ COMMITTED) run the same statements. Reads outside `transaction()` take no write
lock; the outermost `transaction()` begins a writing transaction (SQLite: BEGIN IMMEDIATE) and is the only committer.
"""

from __future__ import annotations

import enum
import functools
import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, ParamSpec, TypeVar

import sqlalchemy as sa
import sqlalchemy.orm
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

_sqlite_begin: ContextVar[str] = ContextVar("sqlite_begin", default="DEFERRED")
_JOINED = "easyticket.transaction"
_AFTER_COMMIT = "easyticket.after_commit"
# Deadlock, serialization failure and lock timeout of PostgreSQL: the whole unit may simply be run again.
_RETRY_STATES = {"40P01", "40001", "55P03"}
_ATTEMPTS = 6


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An aware UTC moment; SQLite, which knows no zones, keeps it as text in UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone must not reach the database")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# Constraint names that are the same on every database, so that migrations can name them.
_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """What all tables share: constraint names, column types by annotation, and an integer key."""

    registry = sa.orm.registry(
        metadata=sa.MetaData(naming_convention=_NAMES),
        type_annotation_map={
            # Bigint everywhere, except that SQLite only counts up by itself on INTEGER keys.
            int: sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            datetime: UtcDateTime(),
            str: sa.Text(),
            dict[str, Any]: sa.JSON(),
        },
    )

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)


db = SQLAlchemy(model_class=Base, session_options={"autoflush": True})


def choices(values: type[enum.StrEnum], name: str) -> sa.Enum:
    """Return a text column type that takes only the values of one enum, held by a named CHECK."""
    return sa.Enum(
        values,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda kind: [member.value for member in kind],
    )


def insert_into(model: type[Base]) -> SqliteInsert | PostgresqlInsert:
    """Return an INSERT that can say what happens where a UNIQUE constraint has the row already (`on_conflict_…`)."""
    is_sqlite = db.session.get_bind().dialect.name == "sqlite"
    return sqlite_insert(model) if is_sqlite else postgresql_insert(model)


def insert_if_new(model: type[Base], row: dict[str, Any]) -> bool:
    """Add a row unless a UNIQUE constraint has it already; of all who try at the same instant one gets True."""
    statement = insert_into(model).values(**row).on_conflict_do_nothing().returning(model.id)
    return db.session.scalar(statement) is not None


def configure_engine(engine: Engine) -> None:
    """Give a SQLite engine WAL, foreign keys and transactions begun by us; leave other databases as they are."""
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # Python's own transaction handling leaves SELECT outside transactions and breaks SAVEPOINT: switched off.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(f"BEGIN {_sqlite_begin.get()}")


@contextmanager
def transaction() -> Iterator[Session]:
    """Run a unit of work: commit at the end of the outermost one, roll everything back on any exception.

    An inner `transaction()` joins the outer one. Work registered with `after_commit` runs once it is durable.
    """
    session = db.session()
    if session.info.get(_JOINED):
        yield session
        return
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("something was changed outside transaction()")
    session.rollback()  # ends the reading transaction: what was read before is read again inside this one
    token = _sqlite_begin.set("IMMEDIATE")
    session.info[_JOINED] = True
    session.info[_AFTER_COMMIT] = []
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        _sqlite_begin.reset(token)
        callbacks = session.info.pop(_AFTER_COMMIT, [])
        session.info.pop(_JOINED, None)
    for callback in callbacks:
        callback()


@contextmanager
def one_state() -> Iterator[None]:
    """Have every statement inside see the same state of the database, whatever is committed meanwhile; for reads only.

    SQLite's transactions do so anyway. On PostgreSQL it needs one of its own: whoever is in one already stays in it.
    """
    db.session.rollback()
    connection = db.session.connection()
    if connection.dialect.name == "postgresql" and not connection.in_nested_transaction():
        connection.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
    try:
        yield
    finally:
        db.session.rollback()


def is_in_transaction() -> bool:
    """Tell whether a `transaction()` is running, in which nothing slow may be done: no files, no network."""
    return bool(db.session().info.get(_JOINED))


def after_commit(callback: Callable[[], None]) -> None:
    """Call `callback` when the running transaction has been committed; never if it is rolled back."""
    pending = db.session().info.get(_AFTER_COMMIT)
    if pending is None:
        raise RuntimeError("after_commit needs a running transaction()")
    pending.append(callback)


def transactional(function: Callable[P, T]) -> Callable[P, T]:
    """Make a service one transaction that is run again (up to 6 times) after a deadlock or a lock timeout.

    Inside a running transaction it joins that one, and only the outermost unit is repeated.
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        if db.session().info.get(_JOINED):
            return function(*args, **kwargs)
        for attempt in range(1, _ATTEMPTS):
            try:
                with transaction():
                    return function(*args, **kwargs)
            except DBAPIError as error:
                if not _may_retry(error):
                    raise
                log.warning("transaction repeated", extra={"use_case": function.__name__, "attempt": attempt})
                time.sleep(random.uniform(0.005, 0.03) * attempt)  # noqa: S311 (jitter, not a secret)
        with transaction():
            return function(*args, **kwargs)

    return run


def _may_retry(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return state in _RETRY_STATES or "database is locked" in str(error.orig)
