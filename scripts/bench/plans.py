"""What PostgreSQL does for a statement: the statements a query sends, their plans, what they read and how long they take."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import Engine

_SCANS = ("Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Heap Scan")
_SORTS = ("Sort", "Incremental Sort")
# Fewer rows are sorted without anybody noticing.
_MANY = 100


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as it went to the driver."""

    text: str
    parameters: Any

    @property
    def role(self) -> str:
        """Whether it counts the list, finds one page of it, or loads rows of that page by their keys."""
        if self.text.startswith("SELECT count("):
            return "count"
        return "page" if "LIMIT" in self.text or "ORDER BY" in self.text else "rows"


@contextmanager
def captured() -> Iterator[list[Statement]]:
    """Give a list that fills with the statements sent while it is open."""
    seen: list[Statement] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            seen.append(Statement(statement, parameters))

    sa.event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(Engine, "before_cursor_execute", note)


@dataclass(slots=True)
class Plan:
    """How one statement was answered; `rows_read` counts what was read and thrown away as well."""

    access: list[str] = field(default_factory=list)
    sorts: list[str] = field(default_factory=list)
    rows_read: int = 0


def explain(connection: psycopg.Connection[Any], statement: Statement) -> Plan:
    """Return what the database did for the statement, which is run for it."""
    row = connection.execute(_explaining("JSON", statement), statement.parameters).fetchone()
    if row is None:
        raise LookupError("EXPLAIN answered nothing")
    plan = Plan()
    _read(row[0][0]["Plan"], plan)
    return plan


def explain_in_words(connection: psycopg.Connection[Any], statement: Statement) -> str:
    """Return the plan as people read it."""
    rows = connection.execute(_explaining("TEXT", statement), statement.parameters).fetchall()
    return "\n".join(row[0] for row in rows)


def _explaining(form: str, statement: Statement) -> bytes:
    return f"EXPLAIN (ANALYZE, BUFFERS, FORMAT {form}) {statement.text}".encode()


def _read(node: dict[str, Any], plan: Plan) -> None:
    kind, loops = node["Node Type"], node.get("Actual Loops", 1)
    if kind in _SCANS:
        thrown_away = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
        plan.rows_read += round((node["Actual Rows"] + thrown_away) * loops)
        plan.access.append(_access(node))
    elif kind in _SORTS and loops and (number := round(node["Plans"][0]["Actual Rows"])) > _MANY:
        on_disk = " on disk" if node.get("Sort Space Type") == "Disk" else ""
        plan.sorts.append(f"sort of {number:,}{on_disk}")
    for child in node.get("Plans", ()):
        _read(child, plan)


def _access(node: dict[str, Any]) -> str:
    table = node["Relation Name"]
    if not node.get("Actual Loops", 1):
        return f"{table}: never read"
    if node["Node Type"] == "Seq Scan":
        return f"{table}: all rows"
    if node["Node Type"] == "Bitmap Heap Scan":
        return f"{table}: bitmap of {' and '.join(_index_names(node))}"
    only = " only" if node["Node Type"] == "Index Only Scan" else ""
    return f"{table}: {node['Index Name']}{only}"


def _index_names(node: dict[str, Any]) -> list[str]:
    own = [node["Index Name"]] if node["Node Type"] == "Bitmap Index Scan" else []
    return own + [name for child in node.get("Plans", ()) for name in _index_names(child)]


def fastest(connection: psycopg.Connection[Any], statement: Statement, *, tries: int = 3) -> float:
    """Return the shortest time in milliseconds in which the statement was answered and its rows were fetched."""

    def milliseconds() -> float:
        begun = time.perf_counter()
        connection.execute(statement.text.encode(), statement.parameters).fetchall()
        return (time.perf_counter() - begun) * 1_000

    return min(milliseconds() for _ in range(tries))
