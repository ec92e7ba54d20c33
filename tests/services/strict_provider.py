"""A payment provider inside the test process that does what a test says: decided charges, lost answers, refusals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from easyticket.core.errors import Forbidden, ProviderDown
from easyticket.integrations.providers import (
    ChargeRefused,
    ChargeRequest,
    ChargeSnapshot,
    ChargeState,
    DisputeSnapshot,
    DisputeState,
    ReferenceUsed,
    RefundOutcome,
    RefundRequest,
    RefundSnapshot,
    StartedCharge,
    WebhookNotice,
)


class StrictProvider:
    """Stands where Stripe stands. Nothing is open that was not started, and nothing is returned twice for one key."""

    name = "stripe"
    is_live = False
    refund_doubt_seconds = 60

    def __init__(self) -> None:
        self.least_seconds = 0
        self.charges: dict[str, ChargeSnapshot] = {}
        self.refunds: dict[str, RefundSnapshot] = {}
        self.disputes: dict[str, DisputeSnapshot] = {}
        # How often each method was called.
        self.asked: Counter[str] = Counter()
        # Methods that do nothing and do not answer; methods that do their work and do not answer.
        self.down: set[str] = set()
        self.mute: set[str] = set()
        # References whose page is told no more; why charges are refused, if they are; charges that cannot be closed.
        self.used: set[str] = set()
        self.refusal = ""
        self.unclosable: set[str] = set()
        # References that nothing is ever answered about.
        self.unanswered: set[str] = set()

    def decide(self, reference: str, state: ChargeState, /, **changes: object) -> None:
        """Let the payer or the bank do something."""
        self.charges[reference] = replace(self.charges[reference], state=state, **changes)  # type: ignore[arg-type]

    def pay(self, reference: str, /, **changes: object) -> None:
        """Let the payer pay what was asked for, or what a test says instead."""
        self.decide(reference, ChargeState.PAID, **changes)

    def dispute(self, state: DisputeState, amount_minor: int, /, **changes: object) -> None:
        """Let the payer's bank say where its only dispute stands."""
        said = DisputeSnapshot("dp_1", state, amount_minor, "GHS", "fraudulent")
        self.disputes["dp_1"] = replace(said, **changes)  # type: ignore[arg-type]

    def collects(self, currency: str) -> bool:
        return True

    def least_minor(self, currency: str) -> int:
        return 1

    def probe(self) -> None:
        self._enter("probe")

    def start(self, request: ChargeRequest) -> StartedCharge:
        self._enter("start")
        if self.refusal:
            raise ChargeRefused(self.refusal)
        if request.reference in self.used:
            raise ReferenceUsed("This reference is known.")
        self.charges.setdefault(
            request.reference,
            ChargeSnapshot(
                reference=request.reference,
                provider_ref=f"ch_{request.reference}",
                state=ChargeState.OPEN,
                amount_minor=request.amount_minor,
                currency=request.currency,
                is_live=False,
                method="card",
            ),
        )
        self._leave("start")
        return StartedCharge(f"ch_{request.reference}", f"https://pay.example/{request.reference}", "secret")

    def fetch(self, reference: str, provider_ref: str) -> ChargeSnapshot:
        self._enter("fetch")
        if reference in self.unanswered:
            raise ProviderDown("The provider does not answer.")
        return self._told(reference)

    def close(self, reference: str, provider_ref: str) -> ChargeSnapshot:
        self._enter("close")
        charge = self.charges.get(reference)
        if charge and charge.state is ChargeState.OPEN and reference not in self.unclosable:
            self.decide(reference, ChargeState.CANCELED)
        self._leave("close")
        return self._told(reference)

    def refund(self, request: RefundRequest) -> RefundSnapshot:
        self._enter("refund")
        made = RefundSnapshot(
            f"re_{request.key}",
            RefundOutcome.SUCCEEDED,
            key=request.key,
            amount_minor=request.amount_minor,
            currency=request.currency,
        )
        return self.refunds.setdefault(request.key, made)

    def fetch_refunds(self, reference: str, provider_ref: str) -> tuple[RefundSnapshot, ...]:
        self._enter("fetch_refunds")
        return tuple(self.refunds.values())

    def fetch_disputes(self, reference: str, provider_ref: str) -> tuple[DisputeSnapshot, ...]:
        self._enter("fetch_disputes")
        return tuple(self.disputes.values())

    def list_charges(self, since: datetime) -> Iterator[ChargeSnapshot]:
        yield from self.charges.values()

    def read_webhook(self, body: bytes, headers: Mapping[str, str]) -> WebhookNotice:
        raise Forbidden("Webhooks of this provider are not read in tests.")

    def _told(self, reference: str) -> ChargeSnapshot:
        missing = ChargeSnapshot(reference, "", ChargeState.CANCELED, 0, "", False, message="Never begun.")
        charge = self.charges.get(reference, missing)
        return charge if charge.state is ChargeState.PAID else replace(charge, amount_minor=0)

    def _enter(self, method: str) -> None:
        self.asked[method] += 1
        if method in self.down:
            raise ProviderDown("The provider does not answer.")

    def _leave(self, method: str) -> None:
        if method in self.mute:
            raise ProviderDown("The answer was lost.")
