"""What the Paystack double keeps: charges, refunds, disputes, recipients and transfers of one mode (test or live), and the
knobs that tests turn."""

from __future__ import annotations

import itertools
import secrets
import time
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

TEST_KEY, LIVE_KEY = "sk_test_easyticketdouble", "sk_live_easyticketdouble"
KEYS = {"test": TEST_KEY, "live": LIVE_KEY}
DOMAINS = {TEST_KEY: "test", LIVE_KEY: "live"}
# Numbers are never used twice, not after a reset and not by the next process: what is asked about an old one is not found.
_numbers = itertools.count(4_100_000_001 + time.time_ns() // 10**7 % 10**11)


def next_number() -> int:
    """Return a number of Paystack's, beyond 32 bits as today's are."""
    return next(_numbers)


def new_code(prefix: str) -> str:
    """Return a code such as RCP_m7ljkv8leesep7p."""
    return prefix + secrets.token_hex(8)[:15]


def now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


def written(moment: datetime | None) -> str | None:
    """Return a moment as Paystack writes it."""
    if moment is None:
        return None
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


@dataclass
class Knobs:
    """How the double behaves where documents leave it open or tests want trouble; `configure` turns them."""

    # Merchants in Ghana collect cedis only.
    currencies: tuple[str, ...] = ("GHS",)
    unknown_reference_status: int = 400
    # "" as it was given, or "empty" (""), "zero" (0), "string" (JSON in a text).
    metadata_as: str = ""
    amount_as_string: bool = False
    customer_pays_fee: bool = False
    # Every new charge is answered to with these members changed, in reads and webhooks alike.
    tamper: dict[str, Any] = field(default_factory=dict)
    session_timeout: int = 0
    # How long the page's slow button takes, and a phone after the payer has approved.
    slow_seconds: float = 3.0
    phone_seconds: float = 0.0
    # "" leaves refunds pending until `finish_refund`; else each ends so after `refund_seconds`.
    refund_outcome: str = ""
    refund_seconds: float = 0.0
    refund_balance_too_low: bool = False
    # What lists do with a filter: "strict" takes numbers only, "ignored" gives everything, "empty" gives nothing for a
    # reference. The documents name a number; nobody has seen what a reference does.
    list_filter: str = "strict"
    # Lists do not show yet what is younger than so many seconds.
    list_lag: float = 0.0
    # Whether a recipient counts as known by the account's number alone, whichever bank was asked for.
    recipient_by_number_alone: bool = False
    # "" leaves transfers pending until `finish_transfer`; else they end so: success, failed, reversed, otp.
    transfer_outcome: str = ""
    transfer_least: int = 1
    resolve_status: int = 422

    def turn(self, **settings: Any) -> None:
        """Change some.

        :raises LookupError: there is no such knob.
        """
        known = {each.name for each in fields(self)}
        if unknown := settings.keys() - known:
            raise LookupError(f"There is no knob {sorted(unknown)}; there are {sorted(known)}")
        for name, value in settings.items():
            setattr(self, name, value)


@dataclass
class Charge:
    """A transaction. `asked` is the amount we wanted, `amount` what the payer is charged."""

    domain: str
    reference: str
    access_code: str
    email: str
    asked: int
    currency: str
    callback_url: str = ""
    metadata: Any = None
    channels: tuple[str, ...] = ()
    amount: int = 0
    fees: int | None = None
    status: str = "abandoned"
    gateway_response: str = "The transaction was not completed"
    message: str | None = None
    channel: str = "card"
    authorization: dict[str, Any] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)
    attempts: int = 0
    tampered: dict[str, Any] = field(default_factory=dict)
    refunds_end: str = ""
    created_at: datetime = field(default_factory=now)
    paid_at: datetime | None = None
    id: int = field(default_factory=next_number)

    @property
    def was_paid(self) -> bool:
        """Tell whether money came in, though it may have gone back since."""
        return self.paid_at is not None


@dataclass
class Refund:
    """Money on its way back to a payer."""

    charge: Charge
    amount: int
    customer_note: str
    merchant_note: str
    status: str = "pending"
    dispute: int | None = None
    bank_reference: str | None = None
    details: dict[str, Any] = field(default_factory=dict)
    created_at: datetime = field(default_factory=now)
    updated_at: datetime = field(default_factory=now)
    refunded_at: datetime | None = None
    id: int = field(default_factory=next_number)


@dataclass
class Dispute:
    """A payer's bank asks for money back."""

    charge: Charge
    amount: int
    category: str
    due_at: datetime
    status: str = "awaiting-merchant-feedback"
    resolution: str | None = None
    resolved_at: datetime | None = None
    created_at: datetime = field(default_factory=now)
    updated_at: datetime = field(default_factory=now)
    id: int = field(default_factory=next_number)


@dataclass
class Recipient:
    """An account that money can be sent to."""

    domain: str
    kind: str
    name: str
    account_number: str
    bank_code: str
    bank_name: str
    currency: str
    code: str = field(default_factory=lambda: new_code("RCP_"))
    created_at: datetime = field(default_factory=now)
    id: int = field(default_factory=next_number)


@dataclass
class Transfer:
    """Money on its way to a recipient."""

    recipient: Recipient
    reference: str
    amount: int
    currency: str
    reason: str
    fee: int
    status: str = "pending"
    failures: dict[str, Any] | None = None
    transferred_at: datetime | None = None
    code: str = field(default_factory=lambda: new_code("TRF_"))
    created_at: datetime = field(default_factory=now)
    updated_at: datetime = field(default_factory=now)
    id: int = field(default_factory=next_number)


class Books:
    """Everything of one mode. Test and live know nothing of each other."""

    def __init__(self, domain: str) -> None:
        self.domain = domain
        self.charges: dict[str, Charge] = {}
        self.refunds: dict[int, Refund] = {}
        self.disputes: dict[int, Dispute] = {}
        self.recipients: dict[str, Recipient] = {}
        self.transfers: dict[str, Transfer] = {}
        self.balance: dict[str, int] = {"GHS": 10_000_000}

    def find_charge(self, name: str) -> Charge | None:
        """Return the charge of a reference or of a number."""
        return self.charges.get(name) or next((c for c in self.charges.values() if str(c.id) == name), None)

    def refunds_of(self, charge: Charge) -> list[Refund]:
        """Return all refunds of a charge, in their order."""
        return [refund for refund in self.refunds.values() if refund.charge is charge]

    def disputes_of(self, charge: Charge) -> list[Dispute]:
        """Return all disputes of a charge, in their order."""
        return [dispute for dispute in self.disputes.values() if dispute.charge is charge]

    def put_in(self, currency: str, amount: int) -> None:
        """Change what the merchant has; negative takes out."""
        self.balance[currency] = self.balance.get(currency, 0) + amount
