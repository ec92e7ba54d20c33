"""Tables to take away: every cell as what it is, nothing that a spreadsheet would run, however long the list."""

from __future__ import annotations

import csv
import io
import re
import tracemalloc
from datetime import UTC, datetime
from decimal import Decimal
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest

from easyticket.documents.tables import Cell, Columns, TableKind, write_table

HOSTILE = ("=1+1", "+233 24 123", "-2", "@SUM(A1)", "\t=1", "＝1+1", "\ufeff=1", ' =HYPERLINK("a")')
AT = datetime(2026, 12, 12, 18, 30, tzinfo=UTC).astimezone(ZoneInfo("Africa/Lagos"))
COLUMN: Columns[Cell] = (("What", lambda cell: cell),)


def as_csv(*cells: Cell) -> list[list[str]]:
    content = b"".join(write_table(TableKind.CSV, COLUMN, cells)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content, newline="")))


def as_xlsx(*cells: Cell) -> str:
    """Return the sheet's XML."""
    with ZipFile(io.BytesIO(b"".join(write_table(TableKind.XLSX, COLUMN, cells)))) as book:
        assert book.testzip() is None
        return book.read("xl/worksheets/sheet1.xml").decode()


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_a_formula(text: str) -> None:
    assert as_csv(text) == [["What"], [f"'{text}"]]
    sheet = as_xlsx(text)
    assert "<f>" not in sheet and sheet.count('t="inlineStr"') == 2


def test_numbers_can_be_added_up_and_moments_sorted() -> None:
    assert as_csv(-3, Decimal("12.50"), AT, None) == [
        ["What"],
        ["-3"],
        ["12.50"],
        ["2026-12-12T19:30:00+01:00"],
        [""],
    ]
    values = re.findall(r"<c r=\"A[2-5]\"[^>]*><v>([^<]+)</v>", as_xlsx(-3, Decimal("12.50"), AT, None))
    # Days since the end of 1899, as spreadsheets count, in the zone's own time.
    assert values[:2] == ["-3", "12.50"] and float(values[2]) == pytest.approx(46368.8125)


def test_names_of_the_world_quotes_and_line_breaks_come_through() -> None:
    names = ['Ɛsi "Esi" Ɔfɔri', "أحمد", "🎺, two\nlines"]
    assert [row for [row] in as_csv(*names)] == ["What", *names]
    sheet = as_xlsx(*names)
    assert "أحمد" in sheet and "🎺, two\nlines" in sheet


def test_an_empty_list_has_its_headings() -> None:
    assert as_csv() == [["What"]]
    assert "What" in as_xlsx()


def test_a_text_longer_than_a_cell_is_cut() -> None:
    assert "x" * 32_767 in as_xlsx("x" * 40_000)


@pytest.mark.parametrize("kind", TableKind)
def test_a_long_list_is_written_row_by_row(kind: TableKind) -> None:
    tracemalloc.start()
    try:
        pieces = write_table(kind, COLUMN, (f"row {number} " + "x" * 200 for number in range(20_000)))
        assert sum(len(piece) for piece in pieces) > 40_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # The rows alone are 5 MB.
    assert peak < 3_000_000
