"""What somebody types who returns money: tickets, an amount or all of it, and why."""

from __future__ import annotations

from secrets import token_urlsafe

from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import Length, Optional, ValidationError

from easyticket.core.money import Money, MoneyError
from easyticket.models import Order
from easyticket.services.refund_requests import RefundWish
from easyticket.web.forms.checks import read_price
from easyticket.web.forms.fields import Form, text_of


class TicketsForm(Form):
    """Which tickets a buyer gives back. `token` is new on every page, so that a form sent twice is one refund."""

    tickets = SelectMultipleField("Tickets", validate_choice=False)
    token = HiddenField(default=lambda: token_urlsafe(12))

    def validate_tickets(self, field: SelectMultipleField) -> None:
        """Want a ticket: a form without one would be about all of them."""
        if not field.data:
            raise ValidationError("Choose at least one ticket.")

    def wish(self) -> RefundWish:
        """Return what is wanted."""
        return RefundWish(codes=tuple(sorted(set(self.tickets.data or []))))


class RefundForm(TicketsForm):
    """What an organizer returns of an order."""

    what = RadioField(
        "What goes back",
        choices=[
            SelectChoice("whole", "All that is left"),
            SelectChoice("tickets", "Single tickets"),
            SelectChoice("amount", "An amount, and the tickets stay valid"),
        ],
        default="whole",
    )
    amount = StringField("Amount")
    override_used = BooleanField("Also tickets that let somebody in already")
    reason = StringField("Reason", [Optional(), Length(max=200, message="At most 200 characters.")])

    order: Order

    def refund_of(self, order: Order) -> None:
        """Say which order it is about, before anything is checked."""
        self.order = order

    def validate_tickets(self, field: SelectMultipleField) -> None:
        """Want a ticket where tickets go back."""
        if self.what.data == "tickets":
            super().validate_tickets(field)

    def validate_amount(self, field: StringField) -> None:
        """Want an amount where one goes back."""
        if self.what.data != "amount":
            return
        try:
            read_price(field.data, self.order.currency)
        except MoneyError as fault:
            raise ValidationError(str(fault)) from None

    def wish(self) -> RefundWish:
        """Return what is wanted."""
        is_amount = self.what.data == "amount"
        minor = read_price(self.amount.data, self.order.currency) if is_amount else 0
        return RefundWish(
            codes=super().wish().codes if self.what.data == "tickets" else (),
            amount=Money(minor, self.order.currency).decimal if is_amount else None,
            reason=text_of(self.reason),
            override_used=bool(self.override_used.data),
        )
