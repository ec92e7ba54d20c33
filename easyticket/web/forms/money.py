"""The forms of the organizer's money: a payout, an account to be paid to, what receipts say, the days of a statement."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import uuid4

from wtforms import DateField, HiddenField, SelectField, StringField, TelField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import UUID as IsUuid
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from easyticket.core.money import CURRENCIES, Money, MoneyError
from easyticket.models import PaymentProfile, ProfileMethod, SellerProfile
from easyticket.rules.payment_accounts import NETWORKS, account_line, masked_number
from easyticket.services.sellers import SellerDraft
from easyticket.web.forms.checks import read_price
from easyticket.web.forms.fields import Form, text_of


class PayoutForm(Form):
    """How much of one currency is to be paid out, and to which account."""

    amount = StringField("Amount", [InputRequired("Enter an amount.")])
    profile = SelectField("Paid to")
    # Made with the form, so that one that is sent twice asks once.
    key = HiddenField("Key", [InputRequired(), IsUuid()], default=lambda: str(uuid4()))

    currency: str

    def offer(self, currency: str, profiles: Sequence[PaymentProfile]) -> None:
        """Say which currency it is and which accounts can be chosen, before anything is checked."""
        self.currency = currency
        self.profile.choices = [
            SelectChoice(str(each.uuid), f"{each.name}: {account_line(each)}") for each in profiles
        ]

    def validate_amount(self, field: StringField) -> None:
        """Refuse what is no amount of money."""
        try:
            read_price(field.data, self.currency)
        except MoneyError as fault:
            is_none = str(fault) == "A valid amount is required."
            raise ValidationError(
                "Enter an amount such as 50 or 120.50." if is_none else str(fault)
            ) from None

    def money(self) -> Decimal:
        """Return what was typed, in major units."""
        return Money(read_price(self.amount.data, self.currency), self.currency).decimal


class _AccountForm(Form):
    """An account to be paid to, whatever its kind."""

    kind: ProfileMethod
    parts: tuple[str, ...]

    name = StringField(
        "Name it", [InputRequired("Give it a name, so that you know it again."), Length(min=3, max=100)]
    )
    account_name = StringField(
        "Whose account it is", [InputRequired("Enter the name the account is held under."), Length(max=255)]
    )

    def show(self, profile: PaymentProfile, currency: str) -> None:
        """Fill in what stands, the number masked: sent back so, it stays what it is. `currency` is what it is paid in."""
        if "currency" in self:
            self["currency"].data = currency
        self[self.parts[-1]].data = masked_number(profile.method, profile.account_number)

    def details(self) -> dict[str, str]:
        """Return what was typed about the account."""
        return {name: text_of(self[name]) for name in ("account_name", *self.parts)}

    def changes(self) -> dict[str, Any]:
        """Return what was typed as changes of a profile."""
        return {"name": text_of(self.name), "account_details": self.details()}


class MobileMoneyForm(_AccountForm):
    """A mobile money number."""

    kind = ProfileMethod.MOBILE_MONEY
    parts = ("network", "mobile_number")

    network = SelectField("Network", choices=[SelectChoice(each) for each in NETWORKS])
    mobile_number = TelField("Mobile number", [InputRequired("Enter the number."), Length(max=30)])

    def details(self) -> dict[str, str]:
        """Return what was typed, a number as it is dialled at home (`024…`) with its country."""
        details = super().details()
        digits = details["mobile_number"].strip()
        if digits.startswith("0"):
            details["mobile_number"] = f"+233{digits[1:]}"
        return details


class BankForm(_AccountForm):
    """A bank account."""

    kind = ProfileMethod.BANK_TRANSFER
    parts = ("bank_name", "bank_code", "branch", "currency", "account_number")

    bank_name = StringField("Bank", [InputRequired("Enter the bank."), Length(max=100)])
    bank_code = StringField("Bank code", [InputRequired("Enter the bank's code."), Length(max=20)])
    currency = SelectField(
        "Currency", [Optional()], choices=[SelectChoice(each) for each in sorted(CURRENCIES)]
    )
    branch = StringField("Branch", [Optional(), Length(max=100)])
    account_number = StringField("Account number", [InputRequired("Enter the number."), Length(max=30)])


class SellerForm(Form):
    """What receipts say about who sells."""

    legal_name = StringField("Name on receipts", [Optional(), Length(max=255)])
    address = TextAreaField("Address", [Optional(), Length(max=500)])
    tax_number = StringField("Tax number", [Optional(), Length(max=50)])
    tax_name = StringField("What the tax is called", [Optional(), Length(max=30)])
    tax_rate = StringField("Rate in percent", [Optional(), Length(max=10)])

    def show(self, seller: SellerProfile | None) -> None:
        """Fill in what stands, at the first look."""
        if seller is None:
            return
        for name in ("legal_name", "address", "tax_number", "tax_name"):
            self[name].data = getattr(seller, name)
        rate = Decimal(seller.tax_basis_points) / 100
        self.tax_rate.data = f"{rate.normalize():f}" if rate else ""

    def validate_tax_rate(self, field: StringField) -> None:
        """Refuse what is no rate with two digits at most."""
        self._basis_points()

    def draft(self) -> SellerDraft:
        """Return what was typed."""
        return SellerDraft(
            legal_name=text_of(self.legal_name),
            address=text_of(self.address),
            tax_number=text_of(self.tax_number),
            tax_name=text_of(self.tax_name),
            tax_basis_points=self._basis_points(),
        )

    def _basis_points(self) -> int:
        typed = text_of(self.tax_rate).replace("%", "").replace(",", ".").strip() or "0"
        try:
            rate = Decimal(typed)
        except InvalidOperation:
            raise ValidationError("Enter a rate such as 15 or 12.5.") from None
        # Compared before scaling: there is no hundred times 1e999999.
        if not rate.is_finite() or not 0 <= rate <= 50 or rate * 100 != int(rate * 100):
            raise ValidationError("Enter a rate from 0 to 50, with two digits after the point at most.")
        return int(rate * 100)


class StatementForm(Form):
    """Which days of which currency a statement is about; sent by GET, for it changes nothing."""

    class Meta:
        """It changes nothing, so it needs no token."""

        csrf = False

    currency = SelectField("Currency")
    first_on = DateField("From", [InputRequired("Enter a day.")], name="from")
    last_on = DateField("To", [InputRequired("Enter a day.")], name="to")

    def offer(self, currencies: Sequence[str]) -> None:
        """Say which currencies can be chosen, before anything is checked."""
        self.currency.choices = [SelectChoice(each) for each in currencies]
