"""What the buttons of a price table do before anything is saved: more rows and columns, another order, cells that were pasted.

Each changes the form as it was sent, so that everything else in it stays as it was typed. Tables take part by what a
form's fields are called: `rows-0-price` in a list, `tiers-0-name` and `days-0-cells-0-price` in a grid.
"""

from __future__ import annotations

from collections.abc import Sequence

from werkzeug.datastructures import MultiDict

from easyticket.core.errors import invalid_field
from easyticket.models import PricingType
from easyticket.rules.offer_fields import MAX_OFFERS
from easyticket.rules.pasted_tables import (
    columns_named,
    day_text,
    is_day,
    is_nothing,
    price_and_count,
    read_table,
)
from easyticket.web.forms.price_grids import MOST_DAYS, MOST_TIERS

Sent = MultiDict[str, str]
Table = Sequence[Sequence[str]]
SAVE, PASTE = "save", "paste"
_MOST = {"rows": MAX_OFFERS, "tiers": MOST_TIERS, "days": MOST_DAYS}
# What shows that a row or a column is used.
_FILLED = {
    "rows": ("name", "day_on", "price", "quantity", "offer"),
    "tiers": ("name", "number"),
    "days": ("name", "day_on", "number"),
}
_ADDED = {"add_row": "rows", "add_tier": "tiers", "add_day": "days"}
_COLUMNS = {
    PricingType.TIERED: ("name", "price", "quantity"),
    PricingType.DAY_BASED: ("name", "day_on", "price", "quantity"),
}


def take_step(sent: Sent, pricing: PricingType) -> Sent:
    """Return the form as it is after the button that was pressed (`step`): `add_row`, `up-2`, `down-0`, `paste` and so on.

    :raises Invalid: what was pasted is no table, or too large; under `paste`.
    """
    tables = _Tables(MultiDict(sent))
    step, _, number = sent.get("step", "").partition("-")
    if step in _ADDED:
        tables.add(_ADDED[step])
    elif step in ("up", "down") and number.isdecimal() and len(number) < 5:
        tables.swap_rows(int(number), int(number) + (1 if step == "down" else -1))
    elif step == PASTE:
        _paste(tables, pricing)
    return tables.sent


class _Tables:
    """A form that was sent, by the tables in it: `rows` of a list, `tiers` and `days` of a grid."""

    def __init__(self, sent: Sent) -> None:
        self.sent = sent
        self.counts = {table: self._count(table) for table in _MOST}

    def add(self, table: str) -> None:
        """Add a row or a column.

        :raises Invalid: there are as many as there can be.
        """
        number = self.counts[table]
        if number >= _MOST[table]:
            raise invalid_field("paste", f"At most {_MOST[table]} {table} fit into one table.")
        self.counts[table] += 1
        self.sent[f"{table}-{number}-name"] = ""
        if table == "rows":
            self.sent[f"rows-{number}-is_active"] = "y"

    def make_room(self, table: str, number: int) -> None:
        """Add as many rows or columns as it takes to have one with this number."""
        while self.counts[table] <= number:
            self.add(table)

    def place_of(self, table: str, name: str) -> int:
        """Return the row or column with this name, else the first that is free, which may be a new one."""
        wanted, day = name.strip().lower(), day_text(name) if table == "days" and is_day(name) else ""
        for number in range(self.counts[table]):
            is_named = wanted and self._told(table, number, "name").lower() == wanted
            if is_named or (day and self._told(table, number, "day_on") == day):
                return number
        numbers = range(self.counts[table])
        free = next((number for number in numbers if self._is_free(table, number)), self.counts[table])
        self.make_room(table, free)
        return free

    def swap_rows(self, one: int, other: int) -> None:
        """Let two rows of a list change places."""
        if not 0 <= min(one, other) <= max(one, other) < self.counts["rows"]:
            return
        names = {one: f"rows-{one}-", other: f"rows-{other}-"}
        found = [key for key in self.sent if key.startswith(tuple(names.values()))]
        taken = {key: self.sent.poplist(key) for key in found}
        for key, values in taken.items():
            number = one if key.startswith(names[one]) else other
            self.sent.setlist(names[one + other - number] + key.removeprefix(names[number]), values)

    def _told(self, table: str, number: int, column: str) -> str:
        return self.sent.get(f"{table}-{number}-{column}", "").strip()

    def _is_free(self, table: str, number: int) -> bool:
        cells = [f"cells-{tier}-price" for tier in range(self.counts["tiers"])] if table == "days" else []
        return not any(self._told(table, number, column) for column in (*_FILLED[table], *cells))

    def _count(self, table: str) -> int:
        numbers = [key.split("-", 2)[1] for key in self.sent if key.startswith(f"{table}-")]
        known = [int(number) + 1 for number in numbers if number.isdecimal() and len(number) < 4]
        return min(max(known, default=0), _MOST[table])


def _paste(tables: _Tables, pricing: PricingType) -> None:
    sent = tables.sent
    pasted = read_table(sent.get("paste", ""))
    parts = sent.get("paste_at", "").split(",")
    at = [int(part) for part in parts if part.isdecimal() and len(part) < 4]
    if pricing is PricingType.TIER_AND_DAY and len(at) == 2:
        _paste_cells(tables, pasted, at[0], at[1])
    elif pricing is PricingType.TIER_AND_DAY:
        _paste_grid(tables, pasted)
    elif len(at) == 2:
        _paste_from(tables, pasted, _COLUMNS[pricing][at[1] :], at[0])
    else:
        _paste_list(tables, pasted, _COLUMNS[pricing])
    # What is in the cells now need not be pasted again.
    sent["paste"] = sent["paste_at"] = ""


def _paste_from(tables: _Tables, pasted: Table, columns: Sequence[str], first: int) -> None:
    for number, cells in enumerate(pasted, start=first):
        _fill_row(tables, number, cells, columns)


def _paste_list(tables: _Tables, pasted: Table, columns: Sequence[str]) -> None:
    """Fill in the rows that have the names that are pasted, and new rows for new names."""
    named = columns_named(pasted[0])
    for cells in pasted[1:] if named else pasted:
        told = dict(zip(named or columns, cells, strict=False))
        _fill_row(tables, tables.place_of("rows", told.get("name", "")), cells, named or columns)


def _fill_row(tables: _Tables, number: int, cells: Sequence[str], columns: Sequence[str]) -> None:
    tables.make_room("rows", number)
    if any(cells[len(columns) :]):
        raise invalid_field(
            "paste",
            f"The row “{' '.join(cells)[:40]}” has more cells than this table. A price such as 12,50 needs cells parted"
            " by tabs or semicolons.",
        )
    for column, cell in zip(columns, cells, strict=False):
        if column:
            tables.sent[f"rows-{number}-{column}"] = day_text(cell) if column == "day_on" else cell


def _paste_grid(tables: _Tables, pasted: Table) -> None:
    """Fill in a grid with tiers in the first row and days in the first column, found by their names or added."""
    heads, lines, sent = pasted[0], pasted[1:], tables.sent
    first = 2 if len(heads) > 1 and heads[1].lower() == "date" else 1
    if not lines or len(heads) <= first:
        raise invalid_field("paste", "The first row has to name the tiers, and the first column the days.")
    columns = []
    for head in heads[first:]:
        columns.append(tables.place_of("tiers", head))
        sent[f"tiers-{columns[-1]}-name"] = head
    for cells in lines:
        row = tables.place_of("days", cells[0])
        sent[f"days-{row}-name"] = sent.get(f"days-{row}-name") or cells[0]
        day_on = cells[first - 1] if len(cells) >= first else ""
        if is_day(day_on):
            sent[f"days-{row}-day_on"] = day_text(day_on)
        for column, cell in zip(columns, cells[first:], strict=False):
            _fill_cell(sent, row, column, cell)


def _paste_cells(tables: _Tables, pasted: Table, first_row: int, first_column: int) -> None:
    """Fill in a grid's cells from one of them on, with more rows and columns where it has too few."""
    for row, cells in enumerate(pasted, start=first_row):
        for column, cell in enumerate(cells, start=first_column):
            tables.make_room("days", row)
            tables.make_room("tiers", column)
            _fill_cell(tables.sent, row, column, cell)


def _fill_cell(sent: Sent, row: int, column: int, cell: str) -> None:
    prefix = f"days-{row}-cells-{column}-"
    price, count = price_and_count(cell)
    if is_nothing(cell):
        sent[f"{prefix}price"] = sent[f"{prefix}quantity"] = ""
    elif price:
        sent[f"{prefix}price"] = price
        if count or not sent.get(f"{prefix}quantity"):
            sent[f"{prefix}quantity"] = count or sent.get("paste_quantity", "")
