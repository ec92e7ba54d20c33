"""The form of a ticket type with several prices in a list: tiers or day passes, one in each row, all in one save."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import Field, FieldList, FormField

from easyticket.models import Event, Offer, OfferKind, PricingType, TicketType
from easyticket.rules.offer_fields import MAX_OFFERS, day_number_of, free_number
from easyticket.services.price_tables import PriceEntry
from easyticket.web.forms.fields import text_of
from easyticket.web.forms.price_cells import PriceRow, uuid_of
from easyticket.web.forms.ticket_types import TableForm
from easyticket.web.forms.zones import shown_in

_FREE_ROWS = 1
# Where the cell of an offer's field is in a row.
_CELLS = {"tier_name": "name", "day_name": "name", "tier_number": "name", "day_number": "day_on"}


class PriceListForm(TableForm):
    """A ticket type with tiers or day passes."""

    rows = FieldList(FormField(PriceRow), max_entries=MAX_OFFERS)

    _offers: Mapping[str, Offer]

    @property
    def has_days(self) -> bool:
        """Whether the rows are day passes."""
        return self.event.pricing_type is PricingType.DAY_BASED

    def sell_for(self, event: Event, ticket_type: TicketType | None = None) -> None:
        """Say which event the tickets are for, and which ticket type is changed, before anything is checked."""
        super().sell_for(event, ticket_type)
        self._offers = {str(offer.uuid): offer for offer in ticket_type.offers} if ticket_type else {}
        for row in self._rows():
            row.event, row.has_days = event, self.has_days

    def start(self) -> None:
        """Give a new ticket type a few free rows."""
        self.name.data = self.name.data or ("Day pass" if self.has_days else "Ticket")
        self._add_free_rows(_FREE_ROWS + 2)

    def show(self, ticket_type: TicketType) -> None:
        """Fill in what stands, at the first look, and leave a few rows free."""
        super().show(ticket_type)
        if ticket_type.total_quantity == sum(offer.quantity or 0 for offer in ticket_type.offers):
            self.total_quantity.data = None
        for offer in ticket_type.offers:
            self._show(self._add_row(), offer)
        self._add_free_rows(_FREE_ROWS)

    def prices(self) -> list[PriceEntry]:
        """Return the prices as they are wanted, in the order of their rows; free ones are left out."""
        taken = {self._number_of(offer) for offer in self._offers.values()}
        return [self._entry(row, taken) for row in self._rows() if not row.is_blank]

    def cell_of(self, number: int, name: str) -> Field | None:
        """Return the field of the cell where a field of the offer stands, counted as `prices` counts them."""
        filled = [row for row in self._rows() if not row.is_blank]
        if number >= len(filled):
            return None
        cell = _CELLS.get(name, name)
        return filled[number][cell if cell in filled[number] else "name"]

    def cell_faults(self) -> list[tuple[str, str]]:
        """Return what is wrong with single cells: the id of the cell's field, and a sentence with its place."""
        return [
            (field.id, f"{text_of(row.name).strip() or f'Row {number}'}, {field.label.text}: {text}")
            for number, row in enumerate(self._rows(), start=1)
            for field in row
            for text in field.errors
        ]

    def check_cells(self) -> bool:
        """Check the table alone, as after pasting; tell whether all is right."""
        return bool(self.rows.validate(self))

    def gather_faults(self) -> None:
        """Have the list of rows know what is wrong in it."""
        self.rows.errors = [entry.errors for entry in self.rows if entry.errors]

    def _rows(self) -> list[PriceRow]:
        return [entry.form for entry in self.rows]

    def _add_row(self) -> PriceRow:
        row: PriceRow = self.rows.append_entry().form
        row.event, row.has_days = self.event, self.has_days
        return row

    def _add_free_rows(self, count: int) -> None:
        for _ in range(min(count, MAX_OFFERS - len(self.rows))):
            self._add_row()

    def _show(self, row: PriceRow, offer: Offer) -> None:
        row.show(offer)
        row.name.data = offer.day_name if self.has_days else offer.tier_name
        row.day_on.data = offer.day_on.isoformat() if offer.day_on else ""
        row.sales_start_at.data = shown_in(self.event.time_zone, offer.sales_start_at)
        row.sales_end_at.data = shown_in(self.event.time_zone, offer.sales_end_at)

    def _entry(self, row: PriceRow, taken: set[int | None]) -> PriceEntry:
        offer = self._offers.get(text_of(row.offer))
        uuid = uuid_of(row.offer) if offer else None
        if row.is_removed.data:
            return PriceEntry(values={}, offer_uuid=uuid, is_removed=True)
        zone = self.event.time_zone
        starts_at, ends_at = (offer.sales_start_at, offer.sales_end_at) if offer else (None, None)
        window = {
            "sales_start_at": row.sales_start_at.moment_or_kept(zone, starts_at),
            "sales_end_at": row.sales_end_at.moment_or_kept(zone, ends_at),
        }
        named = self._pass_of(row, offer, taken) if self.has_days else self._tier_of(row, offer, taken)
        return PriceEntry(values={**row.values(), **window, **named}, offer_uuid=uuid)

    def _tier_of(self, row: PriceRow, offer: Offer | None, taken: set[int | None]) -> dict[str, Any]:
        number = offer.tier_number if offer else None
        return {"tier_name": text_of(row.name), "tier_number": number or free_number(taken)}

    def _pass_of(self, row: PriceRow, offer: Offer | None, taken: set[int | None]) -> dict[str, Any]:
        day_on = row.day_on.day()
        values: dict[str, Any] = {"day_name": text_of(row.name), "day_on": day_on}
        if day_on is None:
            return values | {"is_all_days": True, "day_number": None}
        number = offer.day_number if offer else None
        wished = day_number_of(self.event, day_on)
        return values | {"is_all_days": False, "day_number": number or free_number(taken, wished)}

    def _number_of(self, offer: Offer) -> int | None:
        return offer.day_number if offer.kind is OfferKind.DAY_PASS else offer.tier_number
