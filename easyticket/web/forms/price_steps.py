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
SAVE, PASTE = "save", "paste"
_MOST = {"rows": MAX_OFFERS, "tiers": MOST_TIERS, "days": MOST_DAYS}
_ADDED = {"add_row": "rows", "add_tier": "tiers", "add_day": "days"}
_COLUMNS = {
    PricingType.TIERED: ("name", "price", "quantity"),
    PricingType.DAY_BASED: ("name", "day_on", "price", "quantity"),
}


def take_step(sent: Sent, pricing: PricingType) -> Sent:
    """Return the form as it is after the button that was pressed (`step`): `add_row`, `up-2`, `down-0`, `paste` and so on.

    :raises Invalid: what was pasted is no table, or too large; under `paste`.
    """
    changed = MultiDict(sent)
    step, _, number = sent.get("step", "").partition("-")
    if step in _ADDED:
        _add(changed, _ADDED[step])
    elif step in ("up", "down") and number.isdecimal() and len(number) < 5:
        _swap(changed, int(number), int(number) + (1 if step == "down" else -1))
    elif step == PASTE:
        _paste(changed, pricing)
    return changed


def _paste(sent: Sent, pricing: PricingType) -> None:
    table = read_table(sent.get("paste", ""))
    at = [int(part) for part in sent.get("paste_at", "").split(",")[:2] if part.isdecimal() and len(part) < 4]
    if pricing is PricingType.TIER_AND_DAY:
        if len(at) == 2:
            _paste_cells(sent, table, at[0], at[1])
        else:
            _paste_grid(sent, table)
    else:
        _paste_list(sent, table, _COLUMNS[pricing], at if len(at) == 2 else None)
    # What is in the cells now need not be pasted again.
    sent["paste"] = sent["paste_at"] = ""


def _paste_list(
    sent: Sent, table: Sequence[Sequence[str]], columns: Sequence[str], at: Sequence[int] | None
) -> None:
    """Fill in rows: from one cell on, or those with the names that are pasted, and new rows for new names."""
    if at is not None:
        for number, cells in enumerate(table, start=at[0]):
            _fill_row(sent, number, cells, columns[at[1] :])
        return
    named = columns_named(table[0])
    for cells in table[1:] if named else table:
        told = dict(zip(named or columns, cells, strict=False))
        number = _place_of(sent, "rows", told.get("name", ""))
        _fill_row(sent, number, cells, named or columns)


def _fill_row(sent: Sent, number: int, cells: Sequence[str], columns: Sequence[str]) -> None:
    _make_room(sent, "rows", number)
    if len([cell for cell in cells if cell]) > len(columns):
        raise invalid_field(
            "paste",
            f"The row “{' '.join(cells)[:40]}” has more cells than this table. A price such as 12,50 needs cells parted"
            " by tabs or semicolons.",
        )
    for column, cell in zip(columns, cells, strict=False):
        if column:
            sent[f"rows-{number}-{column}"] = day_text(cell) if column == "day_on" else cell


def _paste_grid(sent: Sent, table: Sequence[Sequence[str]]) -> None:
    """Fill in a grid with tiers in the first row and days in the first column, found by their names or added."""
    heads, lines = table[0], table[1:]
    has_dates = len(heads) > 1 and heads[1].lower() == "date"
    first = 2 if has_dates else 1
    if not lines or len(heads) <= first:
        raise invalid_field("paste", "The first row has to name the tiers, and the first column the days.")
    columns = []
    for head in heads[first:]:
        columns.append(_place_of(sent, "tiers", head))
        sent[f"tiers-{columns[-1]}-name"] = head
    for cells in lines:
        row = _place_of(sent, "days", cells[0])
        _make_room(sent, "days", row)
        day_on = cells[1] if has_dates and len(cells) > 1 else cells[0]
        if not sent.get(f"days-{row}-name"):
            sent[f"days-{row}-name"] = cells[0]
        if is_day(day_on):
            sent[f"days-{row}-day_on"] = day_text(day_on)
        for column, cell in zip(columns, cells[first:], strict=False):
            _fill_cell(sent, row, column, cell)


def _paste_cells(sent: Sent, table: Sequence[Sequence[str]], first_row: int, first_column: int) -> None:
    """Fill in a grid's cells from one of them on, with more rows and columns where it has too few."""
    for row, cells in enumerate(table, start=first_row):
        for column, cell in enumerate(cells, start=first_column):
            _make_room(sent, "days", row)
            _make_room(sent, "tiers", column)
            _fill_cell(sent, row, column, cell)


def _fill_cell(sent: Sent, row: int, column: int, cell: str) -> None:
    prefix = f"days-{row}-cells-{column}-"
    price, count = ("", "") if is_nothing(cell) else price_and_count(cell)
    if is_nothing(cell):
        sent[f"{prefix}price"] = sent[f"{prefix}quantity"] = ""
    elif price:
        sent[f"{prefix}price"] = price
        if count or not sent.get(f"{prefix}quantity"):
            sent[f"{prefix}quantity"] = count or sent.get("paste_quantity", "")


def _place_of(sent: Sent, table: str, name: str) -> int:
    """Return the row or column with this name, else the first that is free, which may be a new one."""
    count = _count(sent, table)
    names = [sent.get(f"{table}-{number}-name", "").strip().lower() for number in range(count)]
    if name.strip() and name.strip().lower() in names:
        return names.index(name.strip().lower())
    if table == "days" and is_day(name):
        days = [sent.get(f"days-{number}-day_on", "") for number in range(count)]
        if day_text(name) in days:
            return days.index(day_text(name))
    free = [number for number in range(count) if not names[number] and _is_free(sent, f"{table}-{number}-")]
    place = free[0] if free else count
    _make_room(sent, table, place)
    return place


def _is_free(sent: Sent, prefix: str) -> bool:
    return not any(
        value.strip()
        for key, value in sent.items()
        if key.startswith(prefix) and not key.endswith("-is_active")
    )


def _make_room(sent: Sent, table: str, number: int) -> None:
    while _count(sent, table) <= number:
        _add(sent, table)


def _add(sent: Sent, table: str) -> None:
    number = _count(sent, table)
    if number >= _MOST[table]:
        raise invalid_field("paste", f"At most {_MOST[table]} {table} fit into one table.")
    sent[f"{table}-{number}-name"] = ""
    if table == "rows":
        sent[f"rows-{number}-is_active"] = "y"


def _count(sent: Sent, table: str) -> int:
    numbers = [key.split("-", 2)[1] for key in sent if key.startswith(f"{table}-")]
    return max((int(number) + 1 for number in numbers if number.isdecimal() and len(number) < 5), default=0)


def _swap(sent: Sent, one: int, other: int) -> None:
    """Let two rows of a list change places."""
    if not 0 <= min(one, other) <= max(one, other) < _count(sent, "rows"):
        return
    names = {one: f"rows-{one}-", other: f"rows-{other}-"}
    taken = {key: sent.poplist(key) for key in list(sent) if key.startswith(tuple(names.values()))}
    for key, values in taken.items():
        number = one if key.startswith(names[one]) else other
        sent.setlist(names[one + other - number] + key.removeprefix(names[number]), values)
