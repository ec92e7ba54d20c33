"""Paystack behind the protocol of parties that send money: from our balance there to banks and mobile money in Ghana."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from config import Settings
from easyticket.core.errors import ProviderDown
from easyticket.integrations.paystack_banks import BANK_KINDS, MOBILE_KIND, account_number, bank_code
from easyticket.integrations.paystack_client import (
    PATIENCE,
    PaystackClient,
    Refusal,
    malformed,
    not_told,
    public_text,
)
from easyticket.integrations.paystack_values import (
    find_number,
    find_text,
    from_hundredths,
    number_in,
    object_in,
    text_in,
    to_hundredths,
)
from easyticket.integrations.transfers import TransferRequest, TransferSnapshot, TransferState

_STATES = {
    "success": TransferState.PAID,
    "otp": TransferState.NEEDS_CODE,
    "failed": TransferState.FAILED,
    "blocked": TransferState.FAILED,
    "rejected": TransferState.FAILED,
    "abandoned": TransferState.FAILED,
    "reversed": TransferState.REVERSED,
}
_LONGEST_REASON = 100


class PaystackTransfers:
    """Sends money in the currencies that are configured. Paystack takes a reference once, so that money is sent once."""

    name = "paystack"

    def __init__(self, client: PaystackClient, currencies: tuple[str, ...]) -> None:
        self._client, self._currencies = client, currencies
        self.is_live = client.is_live

    @classmethod
    def of(cls, settings: Settings, *, patience: float = PATIENCE) -> PaystackTransfers:
        """Return the party for the account that is configured; `patience` is in seconds."""
        return cls(PaystackClient.of(settings, patience=patience), settings.paystack_currencies)

    def sends(self, currency: str) -> bool:
        """Tell whether the account holds `currency` and banks of its country are reached."""
        return currency in self._currencies and currency in BANK_KINDS

    def send(self, request: TransferRequest) -> TransferSnapshot:
        """Send money; asked again, tell how the transfer stands that has this reference already."""
        recipient = self._recipient(request)
        if isinstance(recipient, TransferSnapshot):
            return recipient
        try:
            sent = self._client.post("/transfer", _transfer_body(request, recipient))
        except ProviderDown:
            known = self.fetch_transfer(request.reference)
            # Not there yet may mean that it is only about to be.
            if known.state is TransferState.MISSING:
                raise
            return known
        if not isinstance(sent, Refusal):
            return self._read(sent, request.reference)
        if _is_known_already(sent):
            return self.fetch_transfer(request.reference)
        return _refused(request, sent)

    def fetch_transfer(self, reference: str) -> TransferSnapshot:
        """Read a transfer afresh."""
        found = self._client.get(f"/transfer/verify/{quote(reference, safe='')}")
        if not isinstance(found, Refusal):
            return self._read(found, reference)
        if found.is_unknown:
            return TransferSnapshot(reference, TransferState.MISSING, message=found.message)
        raise not_told(found)

    def _recipient(self, request: TransferRequest) -> str | TransferSnapshot:
        """Return Paystack's code of the account, which it makes once; or that it is none to be paid to."""
        number, bank = account_number(request.account_number), bank_code(request.bank)
        made = self._client.post("/transferrecipient", _recipient_body(request, number, bank))
        if isinstance(made, Refusal):
            return _refused(request, made)
        details = object_in(made, "details")
        # It may be one that was there before. Money must go to the account that was asked for and to no other.
        if (find_text(details, "account_number"), find_text(details, "bank_code")) != (number, bank):
            message = "Paystack named another account than the one to be paid to."
            return TransferSnapshot(request.reference, TransferState.FAILED, message=message)
        return text_in(made, "recipient_code")

    def _read(self, data: Mapping[str, Any], reference: str) -> TransferSnapshot:
        if text_in(data, "reference") != reference:
            raise malformed()
        currency = text_in(data, "currency").upper()
        return TransferSnapshot(
            reference=reference,
            # What we do not know, such as `received`, is on its way.
            state=_STATES.get(text_in(data, "status"), TransferState.PENDING),
            provider_ref=text_in(data, "transfer_code"),
            message=_message(data),
            fee_minor=from_hundredths(find_number(data, "fee_charged") or 0, currency),
            amount_minor=from_hundredths(number_in(data, "amount"), currency),
            currency=currency,
        )


def _recipient_body(request: TransferRequest, number: str, bank: str) -> dict[str, Any]:
    return {
        "type": MOBILE_KIND if request.is_mobile_money else BANK_KINDS[request.currency],
        "name": request.account_name,
        "account_number": number,
        "bank_code": bank,
        "currency": request.currency,
    }


def _transfer_body(request: TransferRequest, recipient: str) -> dict[str, Any]:
    return {
        "source": "balance",
        "amount": to_hundredths(request.amount_minor, request.currency),
        "currency": request.currency,
        "recipient": recipient,
        "reference": request.reference,
        "reason": request.reason[:_LONGEST_REASON],
    }


def _is_known_already(refusal: Refusal) -> bool:
    return refusal.says("reference") and any(refusal.says(word) for word in ("duplicate", "unique", "exists"))


def _refused(request: TransferRequest, refusal: Refusal) -> TransferSnapshot:
    state = TransferState.BLOCKED if refusal.is_short_of_money else TransferState.FAILED
    return TransferSnapshot(
        reference=request.reference,
        state=state,
        message=refusal.message,
        amount_minor=request.amount_minor,
        currency=request.currency,
    )


def _message(data: Mapping[str, Any]) -> str:
    """Return why a transfer did not arrive, where Paystack says so; it has several places for it."""
    failures = object_in(data, "failures")
    said = (
        find_text(data, "gateway_response")
        or find_text(failures, "message")
        or find_text(failures, "reason")
        or find_text(data, "failures")
    )
    return public_text(said)
