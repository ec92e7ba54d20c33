"""What people paste from a spreadsheet, read as rows of cells: with tabs as programs copy it, or as a CSV file has it."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from datetime import date

from easyticket.core.errors import invalid_field

MOST_ROWS = 500
MOST_COLUMNS = 50
# One cell for a price and how many there are of it: "50 / 200" or "50 x 200".
_PRICE_AND_COUNT = re.compile(r"\s*(.*?)\s*(?:[/×]|(?<=[\d\s])[xX](?=[\d\s]))\s*(.*?)\s*")
# What stands in a cell for nothing.
_NOTHING = {"-", "\N{EN DASH}", "\N{EM DASH}", "\N{MINUS SIGN}"}
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_HEADERS = {
    "name": {"name", "tier", "day", "ticket", "pass"},
    "day_on": {"date"},
    "price": {"price"},
    "quantity": {"quantity", "how many", "number", "capacity", "stock"},
}


def read_table(text: str) -> list[list[str]]:
    """Return the rows of a pasted table that hold anything, every cell without outer space.

    Cells are told apart by tabs; where there is none by semicolons, and where there is none of these by commas, so
    that "12,50" is one price wherever something else can part the cells.

    :raises Invalid: under `paste`: more than a table of prices can hold.
    """
    parted_by = next((sign for sign in "\t;" if sign in text), ",")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > MOST_ROWS * 2:
        raise invalid_field("paste", f"At most {MOST_ROWS} rows can be pasted at once.")
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=parted_by)]
    except csv.Error:
        raise invalid_field("paste", "This is no table. Copy the cells themselves and paste them.") from None
    rows = [row for row in rows if any(row)]
    if not rows:
        raise invalid_field("paste", "Paste the cells of your table first.")
    if len(rows) > MOST_ROWS or max(map(len, rows)) > MOST_COLUMNS:
        raise invalid_field(
            "paste", f"At most {MOST_ROWS} rows and {MOST_COLUMNS} columns can be pasted at once."
        )
    return rows


def columns_named(row: Sequence[str]) -> list[str] | None:
    """Return what the columns below a heading are, "" for one that means nothing here; None if this row is no heading."""
    known = [
        next((column for column, words in _HEADERS.items() if cell.lower() in words), "") for cell in row
    ]
    return known if "name" in known and len(set(known) - {""}) > 1 else None


def price_and_count(cell: str) -> tuple[str, str]:
    """Return the price and the quantity that stand in one cell as "50 / 200"; the quantity is empty where only one does."""
    parts = _PRICE_AND_COUNT.fullmatch(cell)
    return (parts[1], parts[2]) if parts else (cell.strip(), "")


def is_nothing(cell: str) -> bool:
    """Tell whether a cell says that there is nothing: a dash alone."""
    return cell.strip() in _NOTHING


def day_text(cell: str) -> str:
    """Return a day as 2026-11-20, if it was written so or as 20.11.2026; anything else as it is."""
    parts = _DAY_FIRST.fullmatch(cell.strip())
    written = f"{parts[3]}-{int(parts[2]):02}-{int(parts[1]):02}" if parts else cell.strip()
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError:
        return cell.strip()


def is_day(cell: str) -> bool:
    """Tell whether a cell is a day that can be read without guessing."""
    try:
        date.fromisoformat(day_text(cell))
    except ValueError:
        return False
    return True
