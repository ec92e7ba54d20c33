"""Lists that somebody takes away as a file: whether they may, and that they did.

What a list has for columns is said in `web/tables/`, what its rows are in `queries/`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from easyticket.db import one_state
from easyticket.documents.tables import Columns, TableKind, write_table
from easyticket.models import ChangeAction, Event
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services.change_log import record_change

Row = TypeVar("Row")
Row_co = TypeVar("Row_co", covariant=True)


class Rows(Protocol[Row_co]):
    """The rows of a list, and how many they are."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Row_co]: ...


@dataclass(slots=True)
class ExportProgress:
    """How far a file is: so many rows of all are in it. There are none before it is begun to be read."""

    done: int = 0
    total: int = 0


def export_list(
    name: str,
    columns: Columns[Row],
    rows: Callable[[], Rows[Row]],
    *,
    kind: TableKind,
    actor: Actor,
    permission: Permission,
    target: Any = None,
    progress: ExportProgress | None = None,
    now: datetime,
) -> Iterator[bytes]:
    """Return a list as a file, in pieces. `name` is what the log calls it, `target` what the permission is about.

    Who begins to read it is in the log; `rows` is called after that, and its rows are read while the file is, all from
    one state of the database. `progress` goes along with the pieces, of which some are empty.

    :raises Forbidden: the actor may not see this list.
    """
    require(actor, permission, target)
    read = _read(rows, progress or ExportProgress())
    return _logged(name, columns, read, kind, actor, target, now)


def _logged(
    name: str,
    columns: Columns[Row],
    rows: Iterator[Row],
    kind: TableKind,
    actor: Actor,
    target: Any,
    now: datetime,
) -> Iterator[bytes]:
    record_change(
        actor,
        ChangeAction.LIST_EXPORTED,
        now=now,
        event=target if isinstance(target, Event) else None,
        after={"list": name, "format": kind},
    )
    yield from write_table(kind, columns, rows)


def _read(rows: Callable[[], Rows[Row]], progress: ExportProgress) -> Iterator[Row]:
    # What is sold meanwhile moves other rows from one page of the list to the next.
    with one_state():
        found = rows()
        progress.total = len(found)
        for row in found:
            progress.done += 1
            yield row
