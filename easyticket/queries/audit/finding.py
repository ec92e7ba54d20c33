"""What an invariant is and how one is asked: SELECTs that return a row for everything that should be impossible and is so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from easyticket.db import db

Expression = sa.ColumnElement[Any]
Rows = sa.Select[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is not as it must be: what it is, the number or id of the row, and two amounts, counts or states."""

    what: str
    id: str
    expected: str
    found: str

    @property
    def sentence(self) -> str:
        """The violation as one line."""
        return f"{self.what} {self.id}: expected {self.expected}, found {self.found}"

    def as_json(self) -> dict[str, str]:
        """Return the violation as plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Scope:
    """What is looked at: everything, or what belongs to one event. `now` (UTC) is what ages are counted from."""

    now: datetime
    event_id: int | None = None

    def has(self, event_column: Any) -> Expression:
        """Return the condition that a row belongs to what is looked at, by the column that names its event."""
        return sa.true() if self.event_id is None else event_column == self.event_id

    @property
    def is_everything(self) -> bool:
        """True where rows that belong to no event are looked at too."""
        return self.event_id is None

    def before(self, age: timedelta) -> datetime:
        """Return the moment that is `age` ago."""
        return self.now - age


@dataclass(frozen=True, slots=True)
class Invariant:
    """One rule of the books: its code, what it says in words, and the SELECTs that find what breaks it."""

    code: str
    title: str
    ask: Callable[[Scope], Iterator[Rows]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one invariant found."""

    code: str
    title: str
    violations: tuple[Violation, ...]


def rows_of(what: str, key: Any, expected: Any, found: Any) -> Rows:
    """Begin a SELECT of violations; join and narrow it as needed. Values of any type become text."""
    return sa.select(
        sa.literal(what).label("what"), _text(key, "id"), _text(expected, "expected"), _text(found, "found")
    )


def find_violations(invariant: Invariant, scope: Scope) -> Finding:
    """Ask one invariant, in one statement for each of its SELECTs, and return what it found, in no particular order."""
    found = [
        Violation(*(str(value) for value in row))
        for query in invariant.ask(scope)
        for row in db.session.execute(query)
    ]
    return Finding(invariant.code, invariant.title, tuple(found))


def amount_of(column: Any) -> Expression:
    """Return an outer joined sum, nothing where there was no row."""
    return sa.func.coalesce(column, 0)


def words(*parts: Any) -> Expression:
    """Return columns and texts as one text, with spaces between."""
    whole = _as_text(parts[0])
    for part in parts[1:]:
        whole = whole.concat(" ").concat(_as_text(part))
    return whole


def _as_text(value: Any) -> Expression:
    return sa.literal(value) if isinstance(value, str) else sa.cast(value, sa.Text)


def _text(value: Any, name: str) -> sa.Label[str]:
    return sa.func.coalesce(_as_text(value), "nothing").label(name)
