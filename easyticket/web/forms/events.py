"""What an organizer types about the event itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField, TextAreaField, URLField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from easyticket.models import Category, CheckInPolicy, Event, FeeBearer
from easyticket.services.events import EventDraft
from easyticket.web.forms.checks import MOST, WHOLE, optional, required
from easyticket.web.forms.drafts import KeptForm
from easyticket.web.forms.fields import Form, text_of
from easyticket.web.forms.first_ticket import FirstTicketForm
from easyticket.web.forms.moments import HasMoments, MomentField
from easyticket.web.forms.zones import shown_in, zone_choices


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


# As the fields stand on the page, those of the first ticket among them: what is wrong is listed in this order.
_ON_THE_PAGE = (
    *("title", "category_id", "start_at", "end_at", "time_zone"),
    *("venue_name", "venue_city", "venue_address", "venue_country"),
    *("pricing_type", "ticket_name", "quantity", "price", "currency"),
    *("description", "short_description", "tags", "online_link"),
    *("total_capacity", "check_in_policy", "age_restriction"),
    *("buyer_refund_days", "refund_policy", "fee_bearer"),
)
_PLACES = {name: place for place, name in enumerate(_ON_THE_PAGE)}


class EventForm(KeptForm, HasMoments):
    """Everything about an event but what it sells."""

    title = StringField("Title", required("Give the event a title.", 255))
    category_id = SelectField("Category", coerce=lambda value: int(value or 0))
    description = TextAreaField("Description", optional(50_000))
    short_description = StringField("In one line", optional(500))
    venue_name = StringField("Venue", required("Say where it is.", 255))
    venue_address = StringField("Street address", optional(1000))
    venue_city = StringField("City", required("Say in which city.", 100))
    venue_country = StringField("Country", optional(100))
    start_at = MomentField("Begins", [InputRequired("Say when it begins.")])
    end_at = MomentField("Ends", [InputRequired("Say when it ends.")])
    time_zone = SelectField("Time zone", choices=zone_choices)
    total_capacity = IntegerField("People the venue takes", [Optional(), NumberRange(1, MOST, message=WHOLE)])
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
    tags = StringField("Search words", optional(500))
    online_link = URLField("Address to join online", optional(500))
    check_in_policy = RadioField(
        "A ticket lets its holder in",
        choices=[
            SelectChoice(CheckInPolicy.SINGLE.value, "Once"),
            SelectChoice(CheckInPolicy.DAILY.value, "Once a day"),
            SelectChoice(CheckInPolicy.MULTIPLE.value, "As often as they leave and come back"),
        ],
        default=CheckInPolicy.SINGLE.value,
    )
    buyer_refund_days = RefundSelectField("Buyers can have their money back")
    refund_policy = TextAreaField("More about refunds", optional(50_000))

    @property
    def errors(self) -> dict[str | None, Sequence[str]]:
        """What is wrong by field, in the order of the page; first what belongs to none."""
        found = super().errors
        return {name: found[name] for name in sorted(found, key=lambda name: _PLACES.get(name, -1))}

    def offer_categories(self, categories: Sequence[Category], current: Category | None = None) -> None:
        """Give the field for the category what there is to choose from, and what the event has even if it is switched off."""
        offered = {each.id: each.name for each in (*categories, *([current] if current else []))}
        self.category_id.choices = [
            SelectChoice("", "Choose one"),
            *(SelectChoice(str(key), name) for key, name in offered.items()),
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
        texts = ("title", "description", "short_description", "tags", "online_link", "refund_policy")
        places = ("venue_name", "venue_address", "venue_city", "venue_country")
        return {
            **{name: text_of(self[name]) for name in (*texts, *places)},
            "category_id": self.category_id.data or None,
            "start_at": self.start_at.moment(zone),
            "end_at": self.end_at.moment(zone),
            "time_zone": zone,
            "total_capacity": self.total_capacity.data,
            "fee_bearer": FeeBearer(self.fee_bearer.data),
            "check_in_policy": CheckInPolicy(self.check_in_policy.data),
            "age_restriction": self.age_restriction.data,
            "buyer_refund_days": self.buyer_refund_days.days,
        }


class NewEventForm(FirstTicketForm, EventForm):
    """A new event with its first ticket type, so that one form is enough to sell."""

    def draft(self) -> EventDraft:
        """Return the event as it is wanted."""
        return EventDraft(**self.values(), **self.pricing())


class CancelForm(Form):
    """Why an event is called off: it goes into the mail to everybody who has a ticket."""

    reason = TextAreaField("What should we tell everybody who has a ticket?", optional(2000))
    is_sure = BooleanField("Yes, cancel it", [InputRequired("Tick the box to cancel the event.")])
