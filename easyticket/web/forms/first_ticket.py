"""What the form of a new event asks about its tickets: how they are priced, in which currency, and the first of them."""

from __future__ import annotations

from typing import Any

from wtforms import Field, IntegerField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import NumberRange, StopValidation

from easyticket.core.money import CURRENCIES
from easyticket.models import PricingType
from easyticket.services.ticket_types import TicketTypeDraft
from easyticket.web.forms.checks import MOST, WHOLE, check_price, optional, read_price
from easyticket.web.forms.fields import Form, text_of

# What each kind of pricing is called where it is chosen, and for what it is.
PRICING_CHOICES = {
    PricingType.SIMPLE: ("One price a ticket", "Standard, student, table for four: each has one price."),
    PricingType.TIERED: ("Tiers", "The same ticket at several prices: early bird, regular, VIP."),
    PricingType.DAY_BASED: ("Day passes", "One price for each day, and one for all days if you like."),
    PricingType.TIER_AND_DAY: ("Tiers for each day", "A table: a price for each tier on each day."),
}


class PricingForm(Form):
    """How the tickets of an event are priced."""

    pricing_type = RadioField(
        "How are your tickets priced?",
        choices=[SelectChoice(each.value, title) for each, (title, _) in PRICING_CHOICES.items()],
        default=PricingType.SIMPLE.value,
    )

    @property
    def pricing_hints(self) -> dict[str, str]:
        """What each choice is for."""
        return {each.value: hint for each, (_, hint) in PRICING_CHOICES.items()}

    @property
    def chosen_pricing(self) -> PricingType:
        """What was chosen; simple pricing where nothing was."""
        known = {each.value for each in PricingType}
        return PricingType(self.pricing_type.data) if self.pricing_type.data in known else PricingType.SIMPLE


class NeededIfSimple:
    """Asks for a field where the ticket is made with the event, and asks nothing of it where tickets are made later."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    def __call__(self, form: FirstTicketForm, field: Field) -> None:
        """Refuse an empty field, or end its validation where it does not count."""
        is_empty = not "".join(map(str, field.raw_data or ())).strip()
        if is_empty or not form.is_simple:
            field.errors = []
            raise StopValidation(self.sentence if form.is_simple else "")


class FirstTicketForm(PricingForm):
    """The tickets of a new event: with simple pricing the first one, with any other they are made on a page of their own."""

    currency = SelectField("Currency", choices=[SelectChoice(each) for each in sorted(CURRENCIES)])
    ticket_name = StringField(
        "Ticket",
        [NeededIfSimple("Give the ticket a name, such as Standard."), *optional(100)],
        default="Standard",
    )
    price = StringField("Price", [NeededIfSimple("Enter a price. 0 makes it free.")])
    quantity = IntegerField(
        "How many", [NeededIfSimple("Say how many there are."), NumberRange(1, MOST, message=WHOLE)]
    )

    def validate_price(self, field: StringField) -> None:
        """Refuse what is no price."""
        check_price(field, self.currency.data)

    @property
    def is_simple(self) -> bool:
        """Whether the first ticket type is made with the event."""
        return self.chosen_pricing is PricingType.SIMPLE

    def pricing(self) -> dict[str, Any]:
        """Return what the event's draft says about its prices."""
        is_free = self.is_simple and read_price(self.price.data, self.currency.data) == 0
        return {"currency": self.currency.data, "pricing_type": self.chosen_pricing, "is_free": is_free}

    def ticket_types(self) -> list[TicketTypeDraft]:
        """Return the first ticket type as it is wanted; none where tickets are made on a page of their own."""
        if not self.is_simple:
            return []
        return [
            TicketTypeDraft(
                name=text_of(self.ticket_name),
                price_minor=read_price(self.price.data, self.currency.data),
                total_quantity=self.quantity.data or 0,
            )
        ]
