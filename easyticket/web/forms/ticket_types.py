"""What an organizer types about a ticket type, whatever its pricing, and the one price of a simple one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, Field, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from easyticket.core.money import Money
from easyticket.models import Event, TicketType
from easyticket.services.price_tables import PriceEntry
from easyticket.web.forms.checks import MOST, WHOLE, check_price, optional, read_price, required, whole
from easyticket.web.forms.fields import text_of
from easyticket.web.forms.moments import HasMoments, MomentField, check_window
from easyticket.web.forms.zones import shown_in


class TicketTypeForm(HasMoments):
    """A ticket type without its prices. The currency and the zone are those of its event."""

    name = StringField("Name", required("Give the ticket a name.", 100))
    description = TextAreaField("What it includes", optional(2000))
    benefits = TextAreaField("Benefits, one on each line", optional(2000))
    total_quantity = IntegerField("Altogether", [Optional(), NumberRange(1, MOST, message=WHOLE)])
    min_purchase = IntegerField(
        "Fewest in one order", [Optional(), NumberRange(1, MOST, message=WHOLE)], default=1
    )
    max_purchase = IntegerField(
        "Most in one order", whole("Say how many one person may buy at once."), default=10
    )
    sales_start_at = MomentField("Sale begins", [Optional()])
    sales_end_at = MomentField("Sale ends", [Optional()])
    is_active = BooleanField("On sale", default=True)

    event: Event
    ticket_type: TicketType | None

    def sell_for(self, event: Event, ticket_type: TicketType | None = None) -> None:
        """Say which event the tickets are for, and which ticket type is changed, before anything is checked."""
        self.event, self.ticket_type = event, ticket_type

    def start(self) -> None:
        """Fill in what a new ticket type begins with, at the first look."""

    def show(self, ticket_type: TicketType) -> None:
        """Fill in what stands, at the first look."""
        self.sales_start_at.data = shown_in(self.event.time_zone, ticket_type.sales_start_at)
        self.sales_end_at.data = shown_in(self.event.time_zone, ticket_type.sales_end_at)

    def validate_max_purchase(self, field: IntegerField) -> None:
        """Refuse fewer at the most than at the least."""
        if field.data and self.min_purchase.data and field.data < self.min_purchase.data:
            raise ValidationError("This is below the fewest one may buy.")

    def validate_sales_start_at(self, field: MomentField) -> None:
        """Refuse a time that clocks skip."""
        self.validate_moment(field, self.event.time_zone)

    def validate_sales_end_at(self, field: MomentField) -> None:
        """Refuse a time that clocks skip, and an end before the beginning."""
        check_window(self.sales_start_at, field, self.event.time_zone)

    def values(self) -> dict[str, Any]:
        """Return what was typed by the names of the ticket type's fields."""
        zone = self.event.time_zone
        starts_at, ends_at = (
            (self.ticket_type.sales_start_at, self.ticket_type.sales_end_at)
            if self.ticket_type
            else (None, None)
        )
        return {
            "name": text_of(self.name),
            "description": text_of(self.description),
            "benefits": text_of(self.benefits),
            "total_quantity": self.total_quantity.data,
            "min_purchase": self.min_purchase.data or 1,
            "max_purchase": self.max_purchase.data,
            "sales_start_at": self.sales_start_at.moment_or_kept(zone, starts_at),
            "sales_end_at": self.sales_end_at.moment_or_kept(zone, ends_at),
            "is_active": bool(self.is_active.data),
        }

    def prices(self) -> Sequence[PriceEntry]:
        """Return the prices under it as they are wanted; none where it has one itself."""
        return ()

    def cell_faults(self) -> list[tuple[str, str]]:
        """Return what is wrong with single cells of a table: the id of the cell's field, and a sentence with its place."""
        return []


class TableForm(TicketTypeForm):
    """A ticket type with a table of prices, into which cells of a spreadsheet can be pasted."""

    paste = TextAreaField("Cells of a spreadsheet")
    paste_quantity = StringField("How many of each, where the cells do not say")
    # The row and column, "2,1", of the cell that was pasted into; empty where the cells were pasted below the table.
    paste_at = HiddenField()

    def validate_paste(self, field: TextAreaField) -> None:
        """Refuse to save while something is pasted that is not in the table yet."""
        if text_of(field).strip():
            raise ValidationError("Press “Fill in the table” first, or empty this field.")

    def show_refusal(self, name: str, sentences: Sequence[str]) -> bool:
        """Put what a service says of a price, as in `tiers.0.price`, to its cell, and all else to its field."""
        _, _, place = name.partition(".")
        number, _, field = place.partition(".")
        if not number.isdecimal():
            return super().show_refusal(name, sentences)
        cell = self.cell_of(int(number), field)
        if cell is None:
            return False
        cell.errors = [*cell.errors, *sentences]
        self.gather_faults()
        return True

    def cell_of(self, number: int, name: str) -> Field | None:
        """Return the field of the cell where a field of the offer stands, counted as `prices` counts them."""
        raise NotImplementedError

    def check_cells(self) -> bool:
        """Check the table alone, as after pasting; tell whether all is right."""
        raise NotImplementedError

    def gather_faults(self) -> None:
        """Have the lists of fields know what is wrong in them."""
        raise NotImplementedError


class SimpleTypeForm(TicketTypeForm):
    """A ticket type with one price."""

    price = StringField("Price", [InputRequired("Enter a price. 0 makes it free.")])
    total_quantity = IntegerField("How many", whole("Say how many there are."))

    def show(self, ticket_type: TicketType) -> None:
        """Fill in what stands, at the first look."""
        super().show(ticket_type)
        self.price.data = Money(ticket_type.offers[0].price_minor, self.event.currency).as_text()

    def validate_price(self, field: StringField) -> None:
        """Refuse what is no price."""
        check_price(field, self.event.currency)

    def values(self) -> dict[str, Any]:
        """Return what was typed by the names of the ticket type's fields."""
        return super().values() | {"price_minor": read_price(self.price.data, self.event.currency)}
