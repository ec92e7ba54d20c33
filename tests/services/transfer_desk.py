"""A party that sends money and does what a test says; it knows every reference once, as the protocol asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest

from easyticket.core.errors import ProviderDown
from easyticket.integrations.transfers import TransferRequest, TransferSnapshot, TransferState


@dataclass
class TransferDesk:
    """What it has sent by reference; `next_state` is what it makes of the next new transfer."""

    name: str = "paystack"
    is_live: bool = False
    next_state: TransferState = TransferState.PENDING
    # Lose the answer to the next transfer, after it was taken in or before.
    loses_answer: bool = False
    loses_question: bool = False
    is_away: bool = False
    sent: dict[str, TransferSnapshot] = field(default_factory=dict)
    asked: list[TransferRequest] = field(default_factory=list)

    def sends(self, currency: str) -> bool:
        return currency == "GHS"

    def send(self, request: TransferRequest) -> TransferSnapshot:
        self.asked.append(request)
        if self.is_away or self.loses_question:
            self.loses_question = False
            raise ProviderDown("No answer.")
        told = TransferSnapshot(
            request.reference,
            self.next_state,
            provider_ref=f"TRF_{request.reference}",
            message="Too little money there." if self.next_state is TransferState.BLOCKED else "",
            amount_minor=request.amount_minor,
            currency=request.currency,
        )
        if self.next_state is TransferState.BLOCKED:
            return told
        told = self.sent.setdefault(request.reference, told)
        if self.loses_answer:
            self.loses_answer = False
            raise ProviderDown("No answer.")
        return told

    def fetch_transfer(self, reference: str) -> TransferSnapshot:
        if self.is_away:
            raise ProviderDown("No answer.")
        return self.sent.get(reference, TransferSnapshot(reference, TransferState.MISSING))

    def settle(self, reference: str, state: TransferState, *, fee_minor: int = 0, message: str = "") -> None:
        """Decide what became of a transfer."""
        self.sent[reference] = replace(
            self.sent[reference], state=state, fee_minor=fee_minor, message=message
        )


@contextmanager
def desk_in_place(monkeypatch: pytest.MonkeyPatch) -> Iterator[TransferDesk]:
    """Have all payouts in GHS sent by a new desk."""
    desk = TransferDesk()

    def desk_for(currency: str) -> TransferDesk | None:
        return desk if desk.sends(currency) else None

    for module in ("withdrawals", "payout_transfers"):
        monkeypatch.setattr(f"easyticket.services.{module}.transfer_provider_for", desk_for)
    yield desk
