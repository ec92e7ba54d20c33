"""What the buyer types on the way to paying: how many of which tickets, and who they are for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import UUID

from werkzeug.datastructures import MultiDict
from wtforms import EmailField, HiddenField, PasswordField, StringField, TelField
from wtforms.validators import InputRequired, Length

from easyticket.core.errors import invalid_field
from easyticket.models import Order, User
from easyticket.services.baskets import WantedLine
from easyticket.services.orders import Buyer
from easyticket.web.forms.email_hint import suggested_email
from easyticket.web.forms.fields import Form, text_of

QUANTITY = "quantity-"
# ASCII digits alone: no sign, no point, no space, and no digits of other scripts, which `int` would take.
_DIGITS = re.compile(r"[0-9]{1,4}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MAX_FIELDS = 500


def read_lines(fields: MultiDict[str, str]) -> list[WantedLine]:
    """Return the tickets wanted by the `quantity-<offer uuid>` fields of a form; empty and 0 want none.

    :raises Invalid: a field names no offer or holds no plain number, or nothing is wanted.
    """
    names = [name for name in fields if name.startswith(QUANTITY)]
    if len(names) > _MAX_FIELDS:
        raise invalid_field("items", "That is too much at once. Choose fewer kinds of tickets.")
    lines = [line for name in names for line in _read_quantity(name, fields.getlist(name))]
    if not lines:
        raise invalid_field("items", "Choose at least one ticket.")
    return lines


def typed_quantities(fields: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed by the offer's uuid, to be shown again as it was."""
    return {
        name.removeprefix(QUANTITY): text[:4] for name, text in fields.items() if name.startswith(QUANTITY)
    }


def _read_quantity(name: str, texts: list[str]) -> list[WantedLine]:
    offer = name.removeprefix(QUANTITY)
    if not _UUID.fullmatch(offer) or len(texts) != 1:
        raise invalid_field("items", "These tickets are not on sale here. Choose again.")
    text = texts[0].strip(" ")
    if text and not _DIGITS.fullmatch(text):
        raise invalid_field("items", "A number of tickets is written in plain digits, for example 2.")
    quantity = int(text or "0")
    return [WantedLine(UUID(offer), quantity)] if quantity else []


def _stripped(text: str | None) -> str:
    return (text or "").strip()


class DetailsForm(Form):
    """Who buys. A password asks for an account as well; `seen_email` is the address the buyer was asked about before."""

    buyer_name = StringField(
        "Name", [InputRequired("Enter your name."), Length(max=255)], filters=[_stripped]
    )
    buyer_email = EmailField(
        "E-mail",
        [InputRequired("Enter your e-mail address: the tickets are sent there."), Length(max=254)],
        filters=[_stripped],
    )
    buyer_phone = TelField("Phone", [Length(max=20)], filters=[_stripped])
    password = PasswordField("Password", [Length(max=200)])
    promo_code = StringField("Promo code", [Length(max=50)], filters=[_stripped])
    seen_email = HiddenField()

    @classmethod
    def of(cls, order: Order, user: User | None) -> DetailsForm:
        """Return the form as it is first shown: what the order knows, else what the account does."""
        return cls(
            formdata=None,
            buyer_name=order.buyer_name or (user.full_name if user else ""),
            buyer_email=order.buyer_email or (user.email if user else ""),
            buyer_phone=order.buyer_phone or (user.phone_number if user else ""),
            seen_email=order.buyer_email,
        )

    @property
    def buyer(self) -> Buyer:
        """What was typed, as the service takes it."""
        return Buyer(
            name=self.buyer_name.data or "",
            email=self.buyer_email.data or "",
            phone=self.buyer_phone.data or "",
        )

    @property
    def email_suggestion(self) -> str:
        """The address that was probably meant; nothing if it looks right or the buyer has been asked already."""
        typed = text_of(self.buyer_email)
        return "" if typed == self.seen_email.data else suggested_email(typed)

    def wants_promo(self, order: Order) -> bool:
        """True when a code was typed that the order does not have yet."""
        code = text_of(self.promo_code)
        return bool(code) and code.upper() != order.promo_code.upper()

    def holds_more_than(self, order: Order) -> bool:
        """True when something was typed or is asked that would be lost if the page were made from the order alone."""
        return bool(self.password.data or self.email_suggestion or self.wants_promo(order))

    def take_email(self, email: str) -> None:
        """Put an address the buyer agreed to in place of the typed one."""
        self.buyer_email.data = self.seen_email.data = email

    def without_errors(self) -> DetailsForm:
        """Return the form with what was typed and nothing said about it: its fields were not what was asked about."""
        for shown in self:
            shown.errors = ()
        return self
