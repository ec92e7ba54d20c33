"""What administrators type: a fee, why an account is refused or an event taken down, a category."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from wtforms import BooleanField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from easyticket.models import Event
from easyticket.web.forms.fields import Form, text_of

_PERCENT = re.compile(r"\d{1,2}([.,]\d{1,2})?")


class EventFeeForm(Form):
    """The fee of one event in percent; nothing is the site's usual fee."""

    percent = StringField(
        "Fee in percent", [Optional(), Length(max=5, message="Enter a percentage such as 3.5.")]
    )

    def show(self, event: Event) -> None:
        """Fill in what stands."""
        if event.fee_basis_points is not None:
            self.percent.data = f"{Decimal(event.fee_basis_points) / 100:f}"

    def validate_percent(self, field: StringField) -> None:
        """Refuse what is no percentage."""
        if text_of(field).strip() and not _PERCENT.fullmatch(text_of(field).strip()):
            raise ValidationError("Enter a percentage such as 3.5.")

    def basis_points(self) -> int | None:
        """Return hundredths of a percent, or None for the usual fee."""
        typed = text_of(self.percent).strip().replace(",", ".")
        return int(Decimal(typed) * 100) if typed else None


class AccountForm(Form):
    """Which attempt was looked at, and why it is refused."""

    attempt = IntegerField("Attempt", [InputRequired()])
    reason = StringField("What its owner reads", [Optional(), Length(max=200)])


class CloseForm(Form):
    """What becomes of an account's events when it is closed."""

    take_down = BooleanField("Take them down with it")
    reason = StringField(
        "What the organizer reads", default="Your account was closed by the people who run this site."
    )

    def arguments(self) -> dict[str, Any]:
        """Return what was chosen, by the names the service has."""
        return {"take_down": bool(self.take_down.data), "reason": text_of(self.reason)}


class TakeDownForm(Form):
    """Why an event is taken down."""

    reason = TextAreaField("Why", [InputRequired("Say why. The organizer reads it.")])


class CategoryForm(Form):
    """A category of events."""

    name = StringField("Name", [InputRequired("Give it a name.")])
    slug = StringField("Name in addresses", [Optional()])
    description = TextAreaField("Description", [Optional()])
    icon = StringField("Icon", [Optional()])
    is_active = BooleanField("Can be chosen and is shown", default=True)

    def values(self) -> dict[str, Any]:
        """Return what was typed, by the names the service has."""
        texts = {name: text_of(self[name]) for name in ("name", "slug", "description", "icon")}
        return {**texts, "is_active": bool(self.is_active.data)}
