"""Lists that somebody takes away as a file: whether they may, and that they did.

What a list has for columns is said in `web/tables/`, what its rows are in `queries/`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, TypeVar

from easyticket.db import one_state
from easyticket.documents.tables import Columns, TableKind, write_table
from easyticket.models import ChangeAction, Event
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services.change_log import record_change

Row = TypeVar("Row")


def export_list(
    name: str,
    columns: Columns[Row],
    rows: Callable[[], Iterable[Row]],
    *,
    kind: TableKind,
    actor: Actor,
    permission: Permission,
    target: Any = None,
    now: datetime,
) -> Iterator[bytes]:
    """Return a list as a file, in pieces. `name` is what the log calls it, `target` what the permission is about.

    Who begins to read it is in the log; `rows` is called after that, and its rows are read while the file is, all from
    one state of the database.

    :raises Forbidden: the actor may not see this list.
    """
    require(actor, permission, target)
    return _logged(name, columns, rows, kind, actor, target, now)


def _logged(
    name: str,
    columns: Columns[Row],
    rows: Callable[[], Iterable[Row]],
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
    yield from write_table(kind, columns, _read(rows))


def _read(rows: Callable[[], Iterable[Row]]) -> Iterator[Row]:
    # What is sold meanwhile moves other rows from one page of the list to the next.
    with one_state():
        yield from rows()
