"""The protocol every payment provider is behind, and the plain values that pass through it. Providers know no order."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from easyticket.core.errors import AppError, Conflict


class ChargeState(enum.StrEnum):
    """What a provider says about a charge. Only `paid` means money; `failed` and `canceled` may still turn into it."""

    OPEN = "open"
    PROCESSING = "processing"
    PAID = "paid"
    FAILED = "failed"
    CANCELED = "canceled"


class RefundOutcome(enum.StrEnum):
    """What a provider says about a refund; `failed` may come after `succeeded`.

    `blocked` means that nothing was begun because there is too little money at the provider: it is to be asked again.
    """

    PENDING = "pending"
    BLOCKED = "blocked"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class DisputeState(enum.StrEnum):
    """What a provider says about a payer's dispute. A `warning` is a question only: no money has left us."""

    WARNING = "warning"
    OPEN = "open"
    WON = "won"
    LOST = "lost"


class NoticeTopic(enum.StrEnum):
    """What a webhook is about, and so what is to be read afresh."""

    CHARGE = "charge"
    REFUND = "refund"
    DISPUTE = "dispute"
    TRANSFER = "transfer"
    OTHER = "other"


class ChargeRefused(Conflict):
    """The provider will not collect this charge; nothing was begun. The message says why, in words for the payer."""

    code = "charge_refused"


class ReferenceUsed(AppError):
    """The provider knows the reference already and does not tell again where it is paid: another attempt is needed."""

    code = "reference_used"


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
    """A fresh read of a charge: the truth that settlement goes by. `amount_minor` is what was captured for us.

    `fee_minor` is what the provider keeps of it, None while it is not known or in another currency. `needs_action` says
    that the payer is in the middle of proving who they are (3-D Secure).
    """

    reference: str
    provider_ref: str
    state: ChargeState
    amount_minor: int
    currency: str
    is_live: bool
    method: str = ""
    message: str = ""
    fee_minor: int | None = None
    needs_action: bool = False


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
    """The provider's word on a refund. `key` is the one we gave it, empty where somebody else made it."""

    provider_ref: str
    outcome: RefundOutcome
    message: str = ""
    key: str = ""
    amount_minor: int = 0
    currency: str = ""


@dataclass(frozen=True, slots=True)
class DisputeSnapshot:
    """The provider's word on a dispute; `due_at` (UTC) is until when it can be answered."""

    provider_ref: str
    state: DisputeState
    amount_minor: int
    currency: str
    reason: str = ""
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WebhookNotice:
    """A verified webhook: its key (the same for every delivery of one event) and the reference of the charge it is about.

    The reference is ours or the provider's own; of a transfer it is our payout's. Empty where it is about neither.
    """

    event_key: str
    kind: str
    reference: str
    topic: NoticeTopic = NoticeTopic.CHARGE


class PaymentProvider(Protocol):
    """A party that collects and returns money.

    Every method that asks it may raise `ProviderDown`, which means that the outcome is not known; it never means "failed".
    """

    name: str
    is_live: bool
    # A payer needs at least this long to pay, in seconds: with less of the hold left no payment is begun.
    least_seconds: int
    # How long after a lost answer a refund may still be made of it, in seconds; 0 where a key makes it once for ever.
    refund_doubt_seconds: int

    def collects(self, currency: str) -> bool:
        """Tell whether charges in `currency` can be made here."""

    def least_minor(self, currency: str) -> int:
        """Return the smallest charge in minor units; 1 where there is no limit."""

    def probe(self) -> None:
        """Ask something harmless.

        :raises Forbidden: the provider answers and does not take our key.
        """

    def start(self, request: ChargeRequest) -> StartedCharge:
        """Open a charge; the same reference again gives the same charge.

        :raises ChargeRefused: it will not be collected.
        :raises ReferenceUsed: the reference is known and its page is not told again.
        """

    def fetch(self, reference: str, provider_ref: str) -> ChargeSnapshot:
        """Read the charge afresh; `canceled` where the provider has none of this reference."""

    def close(self, reference: str, provider_ref: str) -> ChargeSnapshot:
        """Make sure, as far as the provider can, that nobody pays this charge any more; tell its state after that."""

    def refund(self, request: RefundRequest) -> RefundSnapshot:
        """Return money; the same key again returns it once."""

    def fetch_refunds(self, reference: str, provider_ref: str) -> tuple[RefundSnapshot, ...]:
        """Read all refunds of a charge afresh, whoever made them."""

    def fetch_disputes(self, reference: str, provider_ref: str) -> tuple[DisputeSnapshot, ...]:
        """Read all disputes of a charge afresh."""

    def list_charges(self, since: datetime) -> Iterator[ChargeSnapshot]:
        """Go through all charges made since then that are ours, by their reference, for comparing the books."""

    def read_webhook(self, body: bytes, headers: Mapping[str, str]) -> WebhookNotice:
        """Verify the raw bytes.

        :raises Forbidden: the signature is missing, wrong or too old (code `bad_signature`).
        :raises Invalid: signed, but no event (code `no_event`).
        """
