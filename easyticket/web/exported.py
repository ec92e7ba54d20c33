"""Answers that are a list to take away: the organizer's desk and the administrators' give them alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from flask import Response

from easyticket.core import clock
from easyticket.documents.tables import Columns, TableKind
from easyticket.http.auth import current_actor
from easyticket.http.downloads import streamed_download
from easyticket.http.watched import (
    Line,
    file_line,
    is_watched,
    piece_line,
    progress_line,
    watched_answer,
)
from easyticket.rules.permissions import Permission
from easyticket.services.exports import ExportProgress, Rows, export_list

Row = TypeVar("Row")
# At the end of a route: in which format the list is wanted.
KIND = "<any(csv, xlsx):kind>"


def list_answer(
    name: str,
    kind: str,
    columns: Columns[Row],
    rows: Callable[[], Rows[Row]],
    permission: Permission,
    target: Any = None,
    *,
    suffix: str = "",
) -> Response:
    """Return the list as a file called by `name` and `suffix`; the other arguments are those of `export_list`.

    A page's script is told meanwhile how far it is.
    """
    table, progress = TableKind(kind), ExportProgress()
    file_name = f"{name}{suffix}.{table}"
    pieces = export_list(
        name,
        columns,
        rows,
        kind=table,
        actor=current_actor(),
        permission=permission,
        target=target,
        progress=progress,
        now=clock.now(),
    )
    if is_watched():
        return watched_answer(_lines(pieces, progress, file_name, table.content_type))
    return streamed_download(pieces, table.content_type, file_name)


def _lines(
    pieces: Iterator[bytes], progress: ExportProgress, file_name: str, content_type: str
) -> Iterator[Line]:
    for piece in pieces:
        yield progress_line(progress.done, progress.total, f"{progress.done:,} of {progress.total:,} rows")
        if piece:
            yield piece_line(piece)
    yield file_line(file_name, content_type)
