"""The cells of price tables: what may stand in one, how it is read, and how a stored price is shown in it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from wtforms import BooleanField, Form, HiddenField, StringField
from wtforms.validators import Optional, ValidationError

from easyticket.core.money import Money
from easyticket.models import Event, Offer
from easyticket.rules.pasted_tables import day_text
from easyticket.web.forms.checks import check_price, read_count, read_price
from easyticket.web.forms.fields import text_of
from easyticket.web.forms.moments import MomentField, check_moment, check_window

LONGEST_NAME = 50


class DayField(StringField):
    """A day. Whatever was typed or pasted stays in it, also what is none."""

    def day(self) -> date | None:
        """Return what was typed, None for nothing.

        :raises ValidationError: it is no day.
        """
        written = day_text(text_of(self))
        try:
            return date.fromisoformat(written) if written else None
        except ValueError:
            raise ValidationError("Write the day as 2026-11-20 or 20.11.2026.") from None


class Cell(Form):
    """One price: how much, how many, on sale or not, and by its UUID the offer that has it already."""

    offer = HiddenField()
    price = StringField("Price")
    quantity = StringField("How many")
    is_active = BooleanField("On sale", default=True)

    # The event it is a price of: set by the table it stands in, before anything is checked.
    event: Event

    @property
    def is_blank(self) -> bool:
        """Whether nothing is sold here."""
        return not (text_of(self.price).strip() or text_of(self.quantity).strip())

    def validate_price(self, field: StringField) -> None:
        """Refuse what is no price, and say what was typed, because one cell of many is hard to find."""
        if not text_of(field).strip():
            raise ValidationError("Enter a price. 0 makes it free.")
        try:
            check_price(field, self.event.currency)
        except ValidationError as fault:
            raise ValidationError(_with_typed(field, fault)) from None

    def validate_quantity(self, field: StringField) -> None:
        """Refuse what is no quantity."""
        if not text_of(field).strip():
            raise ValidationError("Say how many there are.")
        try:
            read_count(field.data)
        except ValidationError as fault:
            raise ValidationError(_with_typed(field, fault)) from None

    def show(self, offer: Offer) -> None:
        """Fill in what stands, at the first look."""
        self.offer.data = str(offer.uuid)
        self.price.data = Money(offer.price_minor, self.event.currency).as_text()
        self.quantity.data = str(offer.quantity or "")
        self.is_active.data = offer.is_active

    def values(self) -> dict[str, Any]:
        """Return what was typed by the names of the offer's fields."""
        return {
            "price_minor": read_price(self.price.data, self.event.currency),
            "quantity": read_count(self.quantity.data),
            "is_active": bool(self.is_active.data),
        }


class PriceRow(Cell):
    """A tier or a day pass: a cell with a name, a sale of its own, and for a pass the day it is good on."""

    name = StringField("Name")
    day_on = DayField("Day")
    sales_start_at = MomentField("Sale begins", [Optional()])
    sales_end_at = MomentField("Sale ends", [Optional()])
    is_removed = BooleanField("Remove")

    has_days = False

    @property
    def is_blank(self) -> bool:
        """Whether the row is one of those left free."""
        return super().is_blank and not any(
            text_of(field).strip() for field in (self.name, self.day_on, self.offer)
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """Check everything, but nothing where the row is free or is to go."""
        if self.is_blank or self.is_removed.data:
            return True
        return bool(super().validate(extra_validators))

    def validate_name(self, field: StringField) -> None:
        """Ask for a name."""
        check_name(field, "Give the day a name, such as Saturday." if self.has_days else "Give it a name.")

    def validate_day_on(self, field: DayField) -> None:
        """Refuse what is no day."""
        field.day()

    def validate_sales_start_at(self, field: MomentField) -> None:
        """Refuse a time that clocks skip."""
        check_moment(field, self.event.time_zone)

    def validate_sales_end_at(self, field: MomentField) -> None:
        """Refuse a time that clocks skip, and an end before the beginning."""
        check_window(self.sales_start_at, field, self.event.time_zone)


def check_name(field: StringField, sentence: str) -> None:
    """Refuse no name, with this sentence, and one that is too long.

    :raises ValidationError: it is one of them.
    """
    if not text_of(field).strip():
        raise ValidationError(sentence)
    if len(text_of(field).strip()) > LONGEST_NAME:
        raise ValidationError(f"At most {LONGEST_NAME} characters.")


def uuid_of(field: HiddenField) -> UUID | None:
    """Return the UUID that a hidden field holds, None where it is none."""
    try:
        return UUID(text_of(field))
    except ValueError:
        return None


def _with_typed(field: StringField, fault: ValidationError) -> str:
    return f"“{text_of(field).strip()[:30]}”: {fault}"
