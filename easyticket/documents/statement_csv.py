"""A statement as a table for other programs, row by row, so that a long one needs no memory."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import StringIO
from zoneinfo import ZoneInfo

from easyticket.core.money import Money
from easyticket.rules.spreadsheets import safe_cell
from easyticket.rules.statements import Statement, StatementLine

_COLUMNS = ("Time", "What", "Reference", "Event", "Amount", "Balance", "Currency")
# Without it programs for tables read letters beyond ASCII wrong.
_MARK = "\ufeff"


def statement_csv(statement: Statement, lines: Iterable[StatementLine]) -> Iterator[str]:
    """Return the rows: the opening balance, every line, the closing balance. Amounts are plain numbers with a point."""
    balance = statement.opening_minor
    first, last = statement.period.first_on.isoformat(), statement.period.last_on.isoformat()
    yield _MARK + _row(_COLUMNS)
    yield _row((first, "Opening balance", "", "", "", *_amounts(statement, balance)))
    for line in lines:
        balance = line.balance_minor
        yield _line(statement, line)
    yield _row((last, "Closing balance", "", "", "", *_amounts(statement, balance)))


def _line(statement: Statement, line: StatementLine) -> str:
    zone = ZoneInfo(statement.period.zone)
    return _row(
        (
            line.posted_at.astimezone(zone).isoformat(timespec="seconds"),
            safe_cell(line.text),
            safe_cell(line.reference),
            safe_cell(line.event_title),
            Money(line.amount_minor, statement.currency).as_text(),
            *_amounts(statement, line.balance_minor),
        )
    )


def _amounts(statement: Statement, balance_minor: int) -> tuple[str, str]:
    return Money(balance_minor, statement.currency).as_text(), statement.currency


def _row(cells: Iterable[str]) -> str:
    text = StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerow(cells)
    return text.getvalue()
