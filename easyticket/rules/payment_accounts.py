"""What an account to be paid to may look like, which currency it is paid in, how it is shown without telling its number, and
whose it is by name.

Everything that is wrong with an account is told together under `account_details`, as a list of sentences.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from easyticket.core.errors import Invalid
from easyticket.core.money import CURRENCIES
from easyticket.models import PaymentProfile, ProfileMethod, ProfileStatus
from easyticket.rules.fields import Faults

# Mobile money is kept in the currency of its network's country.
_NETWORK_CURRENCIES = {"MTN": "GHS", "Vodafone": "GHS", "AirtelTigo": "GHS"}
NETWORKS = tuple(_NETWORK_CURRENCIES)
DETAILS = "account_details"
SHORTEST_NAME, LONGEST_NAME, LONGEST_DESCRIPTION = 3, 100, 500
# What a check of an account costs its organizer: minor units of a currency.
VERIFICATION_FEE_MINOR, VERIFICATION_CURRENCY = 100, "GHS"
# Checks of an account after its first one, within an hour; and checks of all accounts of one person.
MAX_REPEATED_CHECKS, MAX_CHECKS, CHECKS_WINDOW = 3, 10, timedelta(hours=1)
MAX_PROFILES = 20
# Nothing is paid out so long to an account that was changed or added: time for its owner to read the mail about it.
FREEZE = timedelta(hours=24)
_BANK_NUMBER = re.compile(r"[0-9]{8,17}")
_MOBILE_NUMBER = re.compile(r"\+233[0-9]{9}")
_PUNCTUATION = str.maketrans("", "", " -.()\N{NO-BREAK SPACE}")


@dataclass(frozen=True, slots=True)
class PaymentAccount:
    """An account as it is kept: `number` is `+233` and nine digits, or a bank's 8 to 17; `currency` that of a bank account."""

    method: ProfileMethod
    number: str
    account_name: str
    network: str = ""
    bank_name: str = ""
    bank_code: str = ""
    branch: str = ""
    currency: str = ""


def read_account(method: ProfileMethod, details: Mapping[str, str], owner_name: str) -> PaymentAccount:
    """Return the account that `details` describe; without a name it is held under `owner_name`.

    :raises Invalid: on `account_details`, with a sentence for everything that is missing or wrong.
    """
    read = _Reader(details)
    if method is ProfileMethod.MOBILE_MONEY:
        account = PaymentAccount(
            method=method,
            number=read.number(
                "mobile_number",
                _MOBILE_NUMBER,
                "The mobile number is +233 and nine digits, for example +233241234567.",
            ),
            network=read.network(),
            account_name=read.line("account_name", "name of the account's holder", 255, default=owner_name),
        )
    else:
        account = PaymentAccount(
            method=method,
            number=read.number("account_number", _BANK_NUMBER, "The account number has 8 to 17 digits."),
            bank_name=read.line("bank_name", "bank's name", 100),
            bank_code=read.line("bank_code", "bank's code", 20),
            branch=read.line("branch", "branch", 100, required=False),
            currency=read.currency(),
            account_name=read.line("account_name", "name of the account's holder", 255, default=owner_name),
        )
    read.raise_if_any()
    return account


def check_labels(name: str, description: str) -> tuple[str, str]:
    """Return what a person calls an account and says about it.

    :raises Invalid: by field: the name has other than 3 to 100 characters, the description more than 500.
    """
    faults = Faults()
    kept = faults.line("name", name, LONGEST_NAME, required=True)
    if 0 < len(kept) < SHORTEST_NAME:
        faults.add("name", f"Ensure this field has at least {SHORTEST_NAME} characters.")
    text = faults.text("description", description, LONGEST_DESCRIPTION)
    faults.raise_if_any()
    return kept, text


def currency_of(profile: PaymentProfile, site_currency: str) -> str:
    """Return the one currency an account can be paid in: that of its network's country, or what a bank account is said to be
    held in. Where nobody said, it is `site_currency`: what an organizer asks for without naming a currency."""
    return _NETWORK_CURRENCIES.get(profile.network) or profile.currency or site_currency


def methods_paid_in(currency: str) -> tuple[ProfileMethod, ...]:
    """Return the kinds of account that money in a currency can go to."""
    if currency in _NETWORK_CURRENCIES.values():
        return (ProfileMethod.MOBILE_MONEY, ProfileMethod.BANK_TRANSFER)
    return (ProfileMethod.BANK_TRANSFER,)


def account_needed(currency: str) -> str:
    """Return the sentence that says what kind of account money in a currency needs."""
    networks = f"mobile money ({', '.join(NETWORKS)}) or "
    kinds = networks if ProfileMethod.MOBILE_MONEY in methods_paid_in(currency) else ""
    return f"Money in {currency} can only go to {kinds}a bank account in {currency}."


def masked_number(method: ProfileMethod, number: str) -> str:
    """Return a number as it may be shown: `******7890`, or `+233***4567` for a mobile one."""
    if method is ProfileMethod.MOBILE_MONEY:
        return f"{number[:4]}***{number[-4:]}"
    return f"{'*' * (len(number) - 4)}{number[-4:]}"


def account_line(profile: PaymentProfile) -> str:
    """Return network or bank and the masked number, for example "MTN, +233***4567"."""
    return f"{profile.network or profile.bank_name}, {masked_number(profile.method, profile.account_number)}"


def is_same_holder(account_name: str, resolved_name: str) -> bool:
    """Tell whether two spellings name one holder: the same words in any order, whatever capitals, accents and signs."""
    return bool(_words(account_name)) and _words(account_name) == _words(resolved_name)


def end_of_freeze(profile: PaymentProfile, now: datetime) -> datetime | None:
    """Return when an account that was changed or added a short while ago can be paid to (UTC), or None if it can already."""
    frozen_until = profile.frozen_until
    return frozen_until if frozen_until is not None and frozen_until > now else None


def verification_sentence(status: ProfileStatus, failure_reason: str, *, by_people: bool) -> str:
    """Return where the check of an account stands and what to do next; `by_people` where no machine does it."""
    if status is ProfileStatus.VERIFIED:
        return "This account is verified. Money can be paid out to it."
    if status is ProfileStatus.FAILED:
        reason = failure_reason or "The account could not be verified"
        return f"{reason}. Correct the account or try again."
    if by_people:
        return "The people who run this site check this account. There is nothing more for you to do."
    return "The account is being checked. This takes one to two minutes."


class _Reader:
    """Takes the details one by one and gathers what is wrong with them."""

    def __init__(self, details: Mapping[str, str]) -> None:
        self._details = details
        self._messages: list[str] = []

    def number(self, name: str, pattern: re.Pattern[str], message: str) -> str:
        number = (self._details.get(name) or "").translate(_PUNCTUATION)
        if not pattern.fullmatch(number):
            self._messages.append(message)
        return number

    def network(self) -> str:
        said = (self._details.get("network") or "").strip().lower()
        known = {network.lower(): network for network in NETWORKS}
        if said not in known:
            self._messages.append(f"The network is one of {', '.join(NETWORKS)}.")
        return known.get(said, "")

    def currency(self) -> str:
        said = (self._details.get("currency") or "").strip().upper()
        if said and said not in CURRENCIES:
            self._messages.append("The currency is none that events are sold in.")
        return said

    def line(self, name: str, what: str, longest: int, *, default: str = "", required: bool = True) -> str:
        faults = Faults()
        line = " ".join(faults.line(name, self._details.get(name) or default, longest).split())
        if required and not line:
            self._messages.append(f"The {what} is missing.")
        if len(line) > longest:
            self._messages.append(f"The {what} has at most {longest} characters.")
        return line

    def raise_if_any(self) -> None:
        if self._messages:
            raise Invalid(self._messages[0], fields={DETAILS: self._messages})


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(
        letter if letter.isalnum() else " " for letter in plain if not unicodedata.combining(letter)
    )
    return sorted(letters.split())
