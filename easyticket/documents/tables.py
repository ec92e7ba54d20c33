"""Lists as tables to take away, row by row, so that a long one needs no memory: CSV for programs, XLSX for spreadsheets.

A list is described once, by its columns: what stands above each, and how a row gives its cell.
"""

from __future__ import annotations

import csv
import enum
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from io import StringIO
from tempfile import TemporaryFile
from typing import IO, TypeVar

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from easyticket.rules.spreadsheets import safe_cell

Row = TypeVar("Row")
# Moments are in the zone they are to be read in; money is `Money.decimal`, with its currency in a column of its own.
Cell = str | int | Decimal | datetime | None
Columns = Sequence[tuple[str, Callable[[Row], Cell]]]

# Without it programs for tables read letters beyond ASCII wrong.
_MARK = "\ufeff"
# So many rows are handed on at once: few enough to begin at once, enough not to send each for itself.
_AT_ONCE = 200
_CHUNK = 64 * 1024
# What the format can hold: of rows under the heading of one sheet, and of letters in a cell.
_MOST_ROWS = 1_048_575
_LONGEST = 32_767


class TableKind(enum.StrEnum):
    """A file format of tables, called as its files end."""

    CSV = "csv"
    XLSX = "xlsx"

    @property
    def content_type(self) -> str:
        """What a browser is told the file is."""
        return _CONTENT_TYPES[self]


_CONTENT_TYPES = {
    TableKind.CSV: "text/csv; charset=utf-8",
    TableKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def write_table(kind: TableKind, columns: Columns[Row], rows: Iterable[Row]) -> Iterator[bytes]:
    """Return the file in pieces; `rows` are read one after the other while it is written.

    A piece is empty where rows were read and nothing can be handed on yet.
    """
    return _csv(columns, rows) if kind is TableKind.CSV else _xlsx(columns, rows)


def _csv(columns: Columns[Row], rows: Iterable[Row]) -> Iterator[bytes]:
    text = StringIO(_MARK)
    text.seek(0, 2)
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow([heading for heading, _ in columns])
    for number, row in enumerate(rows, start=1):
        writer.writerow([_plain(cell(row)) for _, cell in columns])
        if number % _AT_ONCE == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def _plain(value: Cell) -> str:
    """Return a cell as CSV has it. Numbers and moments are ours and are no formulas, also below zero."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return safe_cell(value) if isinstance(value, str) else "" if value is None else str(value)


def _xlsx(columns: Columns[Row], rows: Iterable[Row]) -> Iterator[bytes]:
    # The format is an archive whose directory comes last: it is written to a file that has no name, then handed on.
    with TemporaryFile() as file:
        yield from _written_xlsx(file, columns, rows)
        file.seek(0)
        while piece := file.read(_CHUNK):
            yield piece


def _written_xlsx(file: IO[bytes], columns: Columns[Row], rows: Iterable[Row]) -> Iterator[bytes]:
    """Write the file, and return an empty piece now and then."""
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        bold = book.add_format({"bold": True})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for number, row in enumerate(rows):
            line = number % _MOST_ROWS + 1
            if line == 1:
                sheet = _begin_sheet(book, columns, bold)
            for place, (_, cell) in enumerate(columns):
                _write_cell(sheet, line, place, cell(row), moment)
            if line % _AT_ONCE == 0:
                yield b""
        if not book.worksheets():
            _begin_sheet(book, columns, bold)


def _begin_sheet(book: xlsxwriter.Workbook, columns: Columns[Row], bold: Format) -> Worksheet:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(columns) - 1, 18)
    for place, (heading, _) in enumerate(columns):
        sheet.write_string(0, place, heading, bold)
    return sheet


def _write_cell(sheet: Worksheet, line: int, place: int, value: Cell, moment: Format) -> None:
    """Write one cell as what it is: a text is never taken for a formula, a number can be added up."""
    if isinstance(value, str):
        sheet.write_string(line, place, value[:_LONGEST])
    elif isinstance(value, datetime):
        sheet.write_datetime(line, place, value.replace(tzinfo=None), moment)
    elif value is not None:
        sheet.write_number(line, place, value)
