"""The protocol of parties that send money to organizers, and the plain values that pass through it."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Protocol


class TransferState(enum.StrEnum):
    """What a provider says about a transfer; `reversed` may come after `paid`.

    `blocked`: nothing was begun, there is too little money at the provider. `needs_code`: a person has to confirm it there.
    `missing`: the provider has none of this reference.
    """

    PENDING = "pending"
    NEEDS_CODE = "needs_code"
    BLOCKED = "blocked"
    PAID = "paid"
    FAILED = "failed"
    REVERSED = "reversed"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class TransferRequest:
    """Money to be sent once: `reference` is ours (16 to 50 of a-z 0-9 - _) and the same on every try.

    `bank` is a bank's code or a mobile money network; the account's number is never logged.
    """

    reference: str
    amount_minor: int
    currency: str
    is_mobile_money: bool
    account_number: str
    account_name: str
    bank: str
    reason: str

    def __repr__(self) -> str:
        return f"TransferRequest({self.reference!r})"


@dataclass(frozen=True, slots=True)
class TransferSnapshot:
    """The provider's word on a transfer; `fee_minor` is what it took for it besides the amount."""

    reference: str
    state: TransferState
    provider_ref: str = ""
    message: str = ""
    fee_minor: int = 0
    amount_minor: int = 0
    currency: str = ""


class TransferProvider(Protocol):
    """A party that sends money. Every method may raise `ProviderDown`: the outcome is not known."""

    name: str
    is_live: bool

    def sends(self, currency: str) -> bool:
        """Tell whether money in `currency` can be sent from here."""

    def send(self, request: TransferRequest) -> TransferSnapshot:
        """Send money; the same reference again sends it once."""

    def fetch_transfer(self, reference: str) -> TransferSnapshot:
        """Read a transfer afresh."""
