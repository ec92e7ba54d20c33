"""The protocol every payment provider is behind, and the plain values that pass through it. Providers know no order."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


class ChargeState(enum.StrEnum):
    """What a provider says about a charge. Only `paid` means money; `failed` and `canceled` may still turn into it."""

    OPEN = "open"
    PROCESSING = "processing"
    PAID = "paid"
    FAILED = "failed"
    CANCELED = "canceled"


class RefundOutcome(enum.StrEnum):
    """What a provider says about a refund; `failed` may come after `succeeded`."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """What we ask a provider to collect: minor units, our unguessable reference, and where the payer comes back to."""

    reference: str
    amount_minor: int
    currency: str
    email: str
    description: str
    return_url: str


@dataclass(frozen=True, slots=True)
class StartedCharge:
    """What the provider answered: its own reference and where the payer pays."""

    provider_ref: str
    pay_url: str
    client_secret: str = ""


@dataclass(frozen=True, slots=True)
class ChargeSnapshot:
    """A fresh read of a charge: the truth that settlement goes by. `amount_minor` is what was captured."""

    reference: str
    provider_ref: str
    state: ChargeState
    amount_minor: int
    currency: str
    is_live: bool
    method: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """A refund to be made once: `key` is ours and the same on every try."""

    key: str
    reference: str
    provider_ref: str
    amount_minor: int
    currency: str
    reason: str


@dataclass(frozen=True, slots=True)
class RefundSnapshot:
    """The provider's word on a refund."""

    provider_ref: str
    outcome: RefundOutcome
    message: str = ""


@dataclass(frozen=True, slots=True)
class WebhookNotice:
    """A verified webhook: its key (the same for every delivery of one event) and the reference of the charge it is about."""

    event_key: str
    kind: str
    reference: str


class PaymentProvider(Protocol):
    """A party that collects and returns money.

    Every method may raise `ProviderDown`, which means that the outcome is not known; it never means "failed".
    """

    name: str
    is_live: bool

    def start(self, request: ChargeRequest) -> StartedCharge:
        """Open a charge; the same reference again gives the same charge."""

    def fetch(self, reference: str, provider_ref: str) -> ChargeSnapshot:
        """Read the charge afresh."""

    def close(self, reference: str, provider_ref: str) -> ChargeSnapshot:
        """Make sure, as far as the provider can, that nobody pays this charge any more; tell its state after that."""

    def refund(self, request: RefundRequest) -> RefundSnapshot:
        """Return money; the same key again returns it once."""

    def read_webhook(self, body: bytes, headers: Mapping[str, str]) -> WebhookNotice:
        """Verify the raw bytes.

        :raises Forbidden: the signature is missing, wrong or too old.
        """
