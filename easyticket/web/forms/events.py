"""What an organizer types: the event itself, and the ticket types it sells at one price each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from wtforms import (
    BooleanField,
    DateTimeLocalField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from easyticket.core.money import CURRENCIES, Money, MoneyError
from easyticket.models import Category, Event, FeeBearer, TicketType
from easyticket.rules.event_fields import known_zones, moment_of
from easyticket.services.events import EventDraft
from easyticket.services.ticket_types import TicketTypeDraft
from easyticket.web.forms.fields import Form, text_of
from easyticket.web.forms.zones import shown_in, zone_choices

_MOST = 10_000_000
_WHOLE = "Enter a whole number from 1 to 10,000,000."
# "1,250" and "1,250.50" have thousands in them, "12,50" has a decimal comma.
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")


def _required(sentence: str, longest: int) -> list[Any]:
    return [InputRequired(sentence), Length(max=longest, message=f"At most {longest} characters.")]


def _optional(longest: int) -> list[Any]:
    return [Optional(), Length(max=longest, message=f"At most {longest} characters.")]


def _whole(sentence: str) -> list[Any]:
    return [InputRequired(sentence), NumberRange(1, _MOST, message=_WHOLE)]


class MomentField(DateTimeLocalField):
    """Date and time as the clocks at the venue show them; the form's `time_zone` says where that is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"format": ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], **kwargs})

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was typed, in words of our own where it is no time."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Enter a date and a time.") from None

    def moment(self, zone: str) -> datetime | None:
        """Return the UTC moment that was typed."""
        return moment_of(self.data, zone) if self.data else None


class RefundSelectField(SelectField):
    """Until how many days before the start buyers may have their money back themselves; None: not at all."""

    _NEVER = "never"
    _OFFERED = (0, 1, 3, 7, 14, 30)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"default": 0, **kwargs})

    def process_data(self, value: int | None) -> None:
        """Show what stands, also where it is none of the usual choices."""
        days = sorted({*self._OFFERED, *([] if value is None else [int(value)])})
        offered = [SelectChoice(str(each), _days_text(each)) for each in days]
        self.choices = [*offered, SelectChoice(self._NEVER, "No refunds, unless the event is cancelled")]
        self.data = self._NEVER if value is None else str(value)

    @property
    def days(self) -> int | None:
        """What was chosen."""
        return None if self.data == self._NEVER else int(self.data)


def _days_text(days: int) -> str:
    if days == 0:
        return "Until the event begins"
    return f"Until {'a day' if days == 1 else f'{days} days'} before it begins"


class _HasMoments(Form):
    """A form with times at a venue: those that clocks there skip are refused."""

    def validate_moment(self, field: MomentField, zone: str) -> None:
        """Refuse a time that does not exist in the zone."""
        if field.data is None or zone not in known_zones():
            return
        try:
            moment_of(field.data, zone)
        except OverflowError:
            raise ValidationError("This date is too far away.") from None
        except ValueError as fault:
            raise ValidationError(str(fault)) from None


class EventForm(_HasMoments):
    """Everything about an event but what it sells."""

    title = StringField("Title", _required("Give the event a title.", 255))
    category_id = SelectField("Category", coerce=int)
    description = TextAreaField("Description", _optional(50_000))
    short_description = StringField("In one line", _optional(500))
    venue_name = StringField("Venue", _required("Say where it is.", 255))
    venue_address = StringField("Street address", _optional(1000))
    venue_city = StringField("City", _required("Say in which city.", 100))
    venue_country = StringField("Country", _optional(100))
    start_at = MomentField("Begins", [InputRequired("Say when it begins.")])
    end_at = MomentField("Ends", [InputRequired("Say when it ends.")])
    time_zone = SelectField("Time zone", choices=zone_choices)
    total_capacity = IntegerField(
        "People the venue takes", [Optional(), NumberRange(1, _MOST, message=_WHOLE)]
    )
    fee_bearer = RadioField(
        "Service fee",
        choices=[
            SelectChoice(FeeBearer.BUYER.value, "Buyers pay it on top of the price"),
            SelectChoice(FeeBearer.ORGANIZER.value, "I pay it out of the price"),
        ],
        default=FeeBearer.BUYER.value,
    )
    age_restriction = IntegerField(
        "From which age", [Optional(), NumberRange(0, 120, message="Enter an age from 0 to 120.")]
    )
    tags = StringField("Search words", _optional(500))
    buyer_refund_days = RefundSelectField("Buyers can have their money back")
    refund_policy = TextAreaField("More about refunds", _optional(50_000))

    def offer_categories(self, categories: Sequence[Category], current: Category | None = None) -> None:
        """Give the field for the category what there is to choose from, and what the event has even if it is switched off."""
        offered = {each.id: each.name for each in (*categories, *([current] if current else []))}
        self.category_id.choices = [
            SelectChoice(str(key), name) for key, name in {0: "Choose one", **offered}.items()
        ]

    def validate_category_id(self, field: SelectField) -> None:
        """Refuse an event without a category."""
        if not field.data:
            raise ValidationError("Choose a category.")

    def validate_start_at(self, field: MomentField) -> None:
        """Refuse a time that clocks skip."""
        self.validate_moment(field, self.time_zone.data)

    def validate_end_at(self, field: MomentField) -> None:
        """Refuse a time that clocks skip, and an end before the beginning."""
        self.validate_moment(field, self.time_zone.data)
        if field.data and self.start_at.data and field.data <= self.start_at.data:
            raise ValidationError(
                "It ends before it begins. An event that goes on past midnight ends on the next day."
            )

    def show(self, event: Event) -> None:
        """Fill in what stands, at the first look."""
        self.start_at.data = shown_in(event.time_zone, event.start_at)
        self.end_at.data = shown_in(event.time_zone, event.end_at)

    def changes_to(self, event: Event) -> dict[str, Any]:
        """Return what was typed; a moment that reads as it did stays what it was, seconds included."""
        values = self.values()
        for name in ("start_at", "end_at"):
            if values[name] == getattr(event, name).replace(second=0, microsecond=0):
                del values[name]
        return values

    def values(self) -> dict[str, Any]:
        """Return what was typed by the names of the event's fields."""
        zone = self.time_zone.data
        texts = ("title", "description", "short_description", "tags", "refund_policy")
        places = ("venue_name", "venue_address", "venue_city", "venue_country")
        return {
            **{name: text_of(self[name]) for name in (*texts, *places)},
            "category_id": self.category_id.data or None,
            "start_at": self.start_at.moment(zone),
            "end_at": self.end_at.moment(zone),
            "time_zone": zone,
            "total_capacity": self.total_capacity.data,
            "fee_bearer": FeeBearer(self.fee_bearer.data),
            "age_restriction": self.age_restriction.data,
            "buyer_refund_days": self.buyer_refund_days.days,
        }


class NewEventForm(EventForm):
    """A new event with its first ticket type, so that one form is enough to sell."""

    currency = SelectField("Currency", choices=[SelectChoice(each) for each in sorted(CURRENCIES)])
    ticket_name = StringField(
        "Ticket", _required("Give the ticket a name, such as Standard.", 100), default="Standard"
    )
    price = StringField("Price", [InputRequired("Enter a price. 0 makes it free.")])
    quantity = IntegerField("How many", _whole("Say how many there are."))

    def validate_price(self, field: StringField) -> None:
        """Refuse what is no price."""
        _check_price(field, self.currency.data)

    def draft(self) -> EventDraft:
        """Return the event as it is wanted."""
        is_free = read_price(self.price.data, self.currency.data) == 0
        return EventDraft(**self.values(), currency=self.currency.data, is_free=is_free)

    def ticket_type(self) -> TicketTypeDraft:
        """Return its first ticket type as it is wanted."""
        return TicketTypeDraft(
            name=text_of(self.ticket_name),
            price_minor=read_price(self.price.data, self.currency.data),
            total_quantity=self.quantity.data or 0,
        )


class TicketTypeForm(_HasMoments):
    """A ticket type with one price. The currency and the zone are those of its event."""

    name = StringField("Name", _required("Give the ticket a name.", 100))
    description = TextAreaField("What it includes", _optional(2000))
    price = StringField("Price", [InputRequired("Enter a price. 0 makes it free.")])
    total_quantity = IntegerField("How many", _whole("Say how many there are."))
    max_purchase = IntegerField(
        "Most in one order", _whole("Say how many one person may buy at once."), default=10
    )
    sales_start_at = MomentField("Sale begins", [Optional()])
    sales_end_at = MomentField("Sale ends", [Optional()])
    is_active = BooleanField("On sale", default=True)

    event: Event

    def sell_for(self, event: Event) -> None:
        """Say which event the tickets are for, before anything is checked."""
        self.event = event

    def show(self, ticket_type: TicketType) -> None:
        """Fill in what stands, at the first look."""
        price = Money(ticket_type.offers[0].price_minor, self.event.currency)
        self.price.data = price.as_text()
        self.sales_start_at.data = shown_in(self.event.time_zone, ticket_type.sales_start_at)
        self.sales_end_at.data = shown_in(self.event.time_zone, ticket_type.sales_end_at)

    def validate_price(self, field: StringField) -> None:
        """Refuse what is no price."""
        _check_price(field, self.event.currency)

    def validate_sales_start_at(self, field: MomentField) -> None:
        """Refuse a time that clocks skip."""
        self.validate_moment(field, self.event.time_zone)

    def validate_sales_end_at(self, field: MomentField) -> None:
        """Refuse a time that clocks skip, and an end before the beginning."""
        self.validate_moment(field, self.event.time_zone)
        if field.data and self.sales_start_at.data and field.data <= self.sales_start_at.data:
            raise ValidationError("The sale ends before it begins.")

    def values(self) -> dict[str, Any]:
        """Return what was typed by the names of the ticket type's fields."""
        zone = self.event.time_zone
        return {
            "name": text_of(self.name),
            "description": text_of(self.description),
            "price_minor": read_price(self.price.data, self.event.currency),
            "total_quantity": self.total_quantity.data,
            "max_purchase": self.max_purchase.data,
            "sales_start_at": self.sales_start_at.moment(zone),
            "sales_end_at": self.sales_end_at.moment(zone),
            "is_active": bool(self.is_active.data),
        }

    def draft(self) -> TicketTypeDraft:
        """Return a new ticket type as it is wanted."""
        return TicketTypeDraft(**self.values())


class CancelForm(Form):
    """Why an event is called off: it goes into the mail to everybody who has a ticket."""

    reason = TextAreaField("What should we tell everybody who has a ticket?", _optional(2000))
    is_sure = BooleanField("Yes, cancel it", [InputRequired("Tick the box to cancel the event.")])


def read_price(typed: str | None, currency: str) -> int:
    """Return the minor units of a price as people write it: "1,250.50", "12,50" or "GH₵ 50".

    :raises MoneyError: it is none, with a sentence that says why.
    """
    plain = re.sub(r"[^\d.,-]", "", typed or "")
    plain = plain.replace(",", "") if _THOUSANDS.fullmatch(plain) else plain.replace(",", ".")
    return Money.parse(plain, currency).minor


def _check_price(field: StringField, currency: str) -> None:
    try:
        read_price(field.data, currency)
    except MoneyError as fault:
        is_none = str(fault) == "A valid amount is required."
        raise ValidationError("Enter a price such as 50 or 12.50." if is_none else str(fault)) from None
