"""Answers that are a list to take away: the organizer's desk and the administrators' give them alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from flask import Response

from easyticket.core import clock
from easyticket.documents.tables import Columns, TableKind
from easyticket.http.auth import current_actor
from easyticket.http.downloads import streamed_download
from easyticket.rules.permissions import Permission
from easyticket.services.exports import export_list

Row = TypeVar("Row")
# At the end of a route: in which format the list is wanted.
KIND = "<any(csv, xlsx):kind>"


def list_answer(
    name: str,
    kind: str,
    columns: Columns[Row],
    rows: Callable[[], Iterable[Row]],
    permission: Permission,
    target: Any = None,
    *,
    suffix: str = "",
) -> Response:
    """Return the list as a file called by `name` and `suffix`; the other arguments are those of `export_list`."""
    table = TableKind(kind)
    pieces = export_list(
        name,
        columns,
        rows,
        kind=table,
        actor=current_actor(),
        permission=permission,
        target=target,
        now=clock.now(),
    )
    return streamed_download(pieces, table.content_type, f"{name}{suffix}.{table}")
