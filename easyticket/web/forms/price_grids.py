"""The form of a ticket type with a price for each tier on each day: a table of days and tiers, all in one save."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wtforms import BooleanField, Field, FieldList, Form, FormField, HiddenField, StringField
from wtforms.validators import ValidationError

from easyticket.core.errors import Conflict
from easyticket.models import Event, Offer, TicketType
from easyticket.rules.offer_fields import day_number_of, free_number, names_of_days
from easyticket.rules.schedule import days_of
from easyticket.services.price_tables import PriceEntry
from easyticket.web.forms.fields import text_of
from easyticket.web.forms.price_cells import Cell, DayField, check_name, uuid_of
from easyticket.web.forms.ticket_types import TableForm

MOST_TIERS = 50
MOST_DAYS = 100
_TOO_LARGE = (
    "This table has more days or tiers than a page can show. Change it through the interfaces for programs."
)
_FREE_TIERS = 2
# Days of an event for which rows are filled in beforehand.
_DAYS_OFFERED = 14
_CELLS = {"price", "quantity"}


class GridCell(Cell):
    """The price of one tier on one day; left empty, the tier is not sold on that day."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Check what stands there, if anything does."""
        return self.is_blank or bool(super().validate(extra_validators))


class TierHead(Form):
    """The head of a column."""

    number = HiddenField()
    name = StringField("Tier")
    is_removed = BooleanField("Remove this tier")


class GridDay(Form):
    """A row: a day with a cell for each tier."""

    number = HiddenField()
    name = StringField("Day")
    day_on = DayField("Date")
    is_removed = BooleanField("Remove this day")
    cells = FieldList(FormField(GridCell), max_entries=MOST_TIERS)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check everything, but nothing where the day is to go."""
        return bool(self.is_removed.data) or bool(super().validate(extra_validators))

    def validate_day_on(self, field: DayField) -> None:
        """Refuse what is no day."""
        field.day()


class PriceGridForm(TableForm):
    """A ticket type with a table of days and tiers."""

    tiers = FieldList(FormField(TierHead), max_entries=MOST_TIERS)
    days = FieldList(FormField(GridDay), max_entries=MOST_DAYS)

    _offers: Mapping[str, Offer]

    def sell_for(self, event: Event, ticket_type: TicketType | None = None) -> None:
        """Say which event the tickets are for, and which ticket type is changed, before anything is checked."""
        super().sell_for(event, ticket_type)
        self._offers = {str(offer.uuid): offer for offer in ticket_type.offers} if ticket_type else {}
        for day in self._days():
            # Every row has a cell in every column, whatever was sent.
            while len(day.cells) < len(self.tiers):
                day.cells.append_entry()
            for entry in day.cells:
                entry.form.event = event

    def start(self) -> None:
        """Give a new ticket type the days of its event and a few columns for tiers."""
        self.name.data = self.name.data or "Ticket"
        for _ in range(_FREE_TIERS):
            self.tiers.append_entry()
        days = days_of(self.event)[:_DAYS_OFFERED]
        for day_on, name in zip(days, names_of_days(days), strict=True):
            day = self._add_day()
            day.name.data, day.day_on.data = name, day_on.isoformat()

    def show(self, ticket_type: TicketType) -> None:
        """Fill in what stands, at the first look."""
        super().show(ticket_type)
        offers = ticket_type.offers
        if ticket_type.total_quantity == sum(offer.quantity or 0 for offer in offers):
            self.total_quantity.data = None
        tiers = {offer.tier_number: offer.tier_name for offer in offers}
        if len(tiers) > MOST_TIERS or len({offer.day_number for offer in offers}) > MOST_DAYS:
            raise Conflict(_TOO_LARGE, code="too_large")
        for number, name in tiers.items():
            head = self.tiers.append_entry().form
            head.number.data, head.name.data = str(number), name
        cells = {(offer.day_number, offer.tier_number): offer for offer in offers}
        firsts = {offer.day_number: offer for offer in reversed(offers)}
        for number, first in sorted(firsts.items(), key=lambda each: each[1].position):
            self._show_day(first, [cells.get((number, tier)) for tier in tiers])

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields of the ticket type, the names of rows and columns that are used, and every cell."""
        is_valid = super().validate(extra_validators)
        return self.check_cells() and bool(is_valid)

    def check_cells(self) -> bool:
        """Check the table alone, as after pasting."""
        self.tiers.validate(self)
        self.days.validate(self)
        for column, head in enumerate(self._tiers()):
            is_used = any(
                len(day.cells) > column and not day.cells[column].form.is_blank for day in self._kept_days()
            )
            if is_used and not head.is_removed.data:
                _check(head.name, "Give the tier a name, such as VIP.")
        for day in self._kept_days():
            if any(not entry.form.is_blank for entry in day.cells):
                _check(day.name, "Give the day a name, such as Saturday.")
        self.gather_faults()
        return not (self.tiers.errors or self.days.errors)

    def prices(self) -> list[PriceEntry]:
        """Return the prices as they are wanted, day by day; cells that are empty and were never sold are left out."""
        tier_numbers = self._numbers([(head.number, None) for head in self._tiers()])
        wishes = [(day.number, self._wish(day)) for day in self._days()]
        day_numbers = self._numbers(wishes)
        return [
            self._entry(
                cell, head, day, {"tier_number": tier_numbers[column], "day_number": day_numbers[row]}
            )
            for row, day, column, head, cell in self._cells()
        ]

    def cell_of(self, number: int, name: str) -> Field | None:
        """Return the field of the cell where a field of the offer stands, counted as `prices` counts them."""
        cells = [cell for *_, cell in self._cells()]
        if number >= len(cells):
            return None
        return cells[number][name if name in _CELLS else "price"]

    def cell_faults(self) -> list[tuple[str, str]]:
        """Return what is wrong with single cells: the id of the cell's field, and a sentence with its place."""
        found = [
            (head.name.id, f"Column {column}: {text}")
            for column, head in enumerate(self._tiers(), start=1)
            for text in head.name.errors
        ]
        for row, day in enumerate(self._days(), start=1):
            where = text_of(day.name).strip() or f"Row {row}"
            found += [
                (field.id, f"{where}, {field.label.text}: {text}")
                for field in (day.name, day.day_on)
                for text in field.errors
            ]
            for column, (head, entry) in enumerate(zip(self._tiers(), day.cells, strict=False), start=1):
                tier = text_of(head.name).strip() or f"column {column}"
                found += [
                    (field.id, f"{where}, {tier}, {field.label.text}: {text}")
                    for field in entry.form
                    for text in field.errors
                ]
        return found

    def gather_faults(self) -> None:
        """Have the lists of days and tiers know what is wrong in them."""
        for day in self._days():
            day.cells.errors = [entry.errors for entry in day.cells if entry.errors]
        self.days.errors = [entry.errors for entry in self.days if entry.errors]
        self.tiers.errors = [entry.errors for entry in self.tiers if entry.errors]

    def _tiers(self) -> list[TierHead]:
        return [entry.form for entry in self.tiers]

    def _days(self) -> list[GridDay]:
        return [entry.form for entry in self.days]

    def _kept_days(self) -> list[GridDay]:
        return [day for day in self._days() if not day.is_removed.data]

    def _cells(self) -> Iterator[tuple[int, GridDay, int, TierHead, GridCell]]:
        """Give every cell that holds a price or did, with its row and column."""
        for row, day in enumerate(self._days()):
            for column, (head, entry) in enumerate(zip(self._tiers(), day.cells, strict=False)):
                cell = entry.form
                is_gone = day.is_removed.data or head.is_removed.data or cell.is_blank
                if text_of(cell.offer) in self._offers or not is_gone:
                    yield row, day, column, head, cell

    def _entry(self, cell: GridCell, head: TierHead, day: GridDay, numbers: Mapping[str, int]) -> PriceEntry:
        uuid = uuid_of(cell.offer) if text_of(cell.offer) in self._offers else None
        if day.is_removed.data or head.is_removed.data or cell.is_blank:
            return PriceEntry(values={}, offer_uuid=uuid, is_removed=True)
        named = {"tier_name": text_of(head.name), "day_name": text_of(day.name), "day_on": day.day_on.day()}
        # A price that was never saved has no box to switch it off: it is on sale.
        is_active = cell.is_active.data if uuid else True
        return PriceEntry(
            values={**cell.values(), **named, **numbers, "is_active": is_active}, offer_uuid=uuid
        )

    def _numbers(self, wishes: Sequence[tuple[HiddenField, int | None]]) -> list[int]:
        """Return the numbers of rows or columns: their own, or for new ones the one wished for, else the next that is free."""
        known = [int(text_of(field)) if text_of(field).isdecimal() else None for field, _ in wishes]
        taken: set[int | None] = set(known)
        return [number or free_number(taken, wish) for number, (_, wish) in zip(known, wishes, strict=True)]

    def _wish(self, day: GridDay) -> int | None:
        day_on = None if day.is_removed.data else day.day_on.day()
        return day_number_of(self.event, day_on) if day_on else None

    def _add_day(self) -> GridDay:
        day: GridDay = self.days.append_entry().form
        for _ in self.tiers:
            day.cells.append_entry().form.event = self.event
        return day

    def _show_day(self, first: Offer, offers: Sequence[Offer | None]) -> None:
        day = self._add_day()
        day.number.data, day.name.data = str(first.day_number), first.day_name
        day.day_on.data = first.day_on.isoformat() if first.day_on else ""
        for entry, offer in zip(day.cells, offers, strict=True):
            if offer is not None:
                entry.form.show(offer)


def _check(field: StringField, sentence: str) -> None:
    try:
        check_name(field, sentence)
    except ValidationError as fault:
        field.errors = [*field.errors, str(fault)]
