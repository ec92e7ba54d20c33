"""INSERT … SELECT from the models: what a step does not name gets the column's own default, so that new columns fit in."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql

from easyticket.db import Base

# What a column's Python default is in SQL.
_CALLED = {
    "now": "pg_temp.now()",
    "uuid4": "gen_random_uuid()",
    "<lambda>": "decode(md5(random()::text), 'hex')",
}


def fill(connection: psycopg.Connection[Any], model: type[Base], source: str, /, **columns: str) -> int:
    """Insert `SELECT columns FROM source` into the model's table and return how many rows that made."""
    table = sa.inspect(model).local_table
    values = dict(columns)
    for column in table.columns:
        if column.name not in values and column.default is not None:
            values[column.name] = _default(column.default.arg)
        elif column.name not in values and not column.nullable and column.name != "id":
            raise LookupError(f"{table.name}.{column.name} has no default: the measurement must fill it")
    statement = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM " + source).format(
        sql.Identifier(table.name),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(map(sql.SQL, values.values())),  # type: ignore[arg-type]
    )
    return connection.execute(statement).rowcount


def _default(default: Any) -> str:
    if isinstance(default, Callable):  # type: ignore[arg-type]
        return _CALLED[default.__name__]
    if isinstance(default, bool | int):
        return str(default).lower()
    text = default.value if isinstance(default, enum.Enum) else str(default)
    return "'" + text.replace("'", "''") + "'"
