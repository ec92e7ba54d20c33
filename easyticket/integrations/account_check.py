"""The protocol of parties that know whose a bank or mobile money account is, and the sandbox's party for trying it out.

The sandbox goes by the number: one that ends in 0000 is unknown, one that ends in 9999 is looked up for a while and
known when asked again, every other is held under the name it was given with.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Protocol

from config import Settings

UNKNOWN_ENDING, SLOW_ENDING = "0000", "9999"
# Accounts that organizers are paid to are in Ghana.
COUNTRY_CURRENCY = "GHS"


class CheckState(enum.StrEnum):
    """What the party says; `pending` means that it is to be asked again, `by_hand` that it knows no such accounts at all."""

    PENDING = "pending"
    BY_HAND = "by_hand"
    FOUND = "found"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class AccountQuestion:
    """The account to look up. `reference` is ours and the same each time about one check; the number is never logged.

    `bank` is a bank's code or a mobile money network. `times_asked` counts how often this check was asked before.
    """

    reference: str
    number: str
    bank: str
    account_name: str
    times_asked: int = 0

    def __repr__(self) -> str:
        return f"AccountQuestion({self.reference!r})"


@dataclass(frozen=True, slots=True)
class AccountAnswer:
    """What the party knows: the holder's name where the account was found, else a reason without its number."""

    state: CheckState
    resolved_name: str = ""
    reason: str = ""


class AccountVerifier(Protocol):
    """A party that looks accounts up. It may raise `ProviderDown`, which means that nothing is known yet."""

    def check(self, question: AccountQuestion) -> AccountAnswer:
        """Look the account up, or tell how far it has got."""


class SandboxAccountVerifier:
    """Knows every account, by the endings of its test numbers."""

    def check(self, question: AccountQuestion) -> AccountAnswer:
        """Answer by the number's ending."""
        if question.number.endswith(UNKNOWN_ENDING):
            return AccountAnswer(CheckState.UNKNOWN, reason="Account number not found")
        if question.number.endswith(SLOW_ENDING) and question.times_asked == 0:
            return AccountAnswer(CheckState.PENDING)
        return AccountAnswer(CheckState.FOUND, resolved_name=question.account_name)


def open_account_verifier(settings: Settings) -> AccountVerifier | None:
    """Return the party that is configured, or None where people check accounts by hand.

    An account elsewhere than in Ghana looks up no accounts in Ghana, and all that are paid to are there.
    """
    # It answers in the words above, so it reads this module first.
    from easyticket.integrations.paystack_accounts import PaystackAccountVerifier
    from easyticket.integrations.paystack_client import PaystackClient

    if settings.paystack_secret_key:
        is_in_ghana = COUNTRY_CURRENCY in settings.paystack_currencies
        return PaystackAccountVerifier(PaystackClient.of(settings)) if is_in_ghana else None
    is_sandbox_on = settings.sandbox_payments and not settings.stripe_secret_key
    return SandboxAccountVerifier() if is_sandbox_on else None
