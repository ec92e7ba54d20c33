"""Paystack behind the protocol of payment providers: cards, mobile money and banks on its own page.

Paystack knows no idempotency keys: a charge is found again by our reference, a refund by the key we note with it. It can
take no payment back that was begun, so money may come after we gave it up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from config import Settings
from easyticket.core.errors import Forbidden
from easyticket.integrations.paystack_client import (
    PATIENCE,
    KeyRefused,
    PaystackClient,
    Refusal,
    malformed,
    not_told,
)
from easyticket.integrations.paystack_events import SIGNATURE_HEADER, read_paystack_event
from easyticket.integrations.paystack_readings import APP, is_ours, read_charge, read_dispute, read_refund
from easyticket.integrations.paystack_values import (
    find_number,
    find_text,
    moment_text,
    number_in,
    text_in,
    to_hundredths,
    transaction_id_in,
)
from easyticket.integrations.providers import (
    ChargeRefused,
    ChargeRequest,
    ChargeSnapshot,
    ChargeState,
    DisputeSnapshot,
    ReferenceUsed,
    RefundOutcome,
    RefundRequest,
    RefundSnapshot,
    StartedCharge,
    WebhookNotice,
)

# The least that Paystack collects, in minor units.
_LEAST_MINOR = {"GHS": 10, "NGN": 5000, "ZAR": 100, "KES": 300, "USD": 200, "XOF": 1}
# Ways to pay by the country that a currency belongs to; Paystack leaves out what the account does not have.
_CHANNELS = {
    "GHS": ("card", "mobile_money", "bank", "bank_transfer"),
    "NGN": ("card", "bank", "bank_transfer", "ussd"),
    "ZAR": ("card", "eft", "qr"),
    "KES": ("card", "mobile_money"),
    "XOF": ("card", "mobile_money"),
}
_ONLY_CARDS = ("card",)
_LONGEST_NOTE = 200


class PaystackProvider:
    """Collects in the currencies that are configured. Its secret key also signs its webhooks."""

    name = "paystack"
    # A payer has three minutes to approve mobile money on the phone, and has to get there first.
    least_seconds = 240
    refund_doubt_seconds = 60

    def __init__(self, client: PaystackClient, secret_key: str, currencies: tuple[str, ...]) -> None:
        self._client, self._secret_key, self._currencies = client, secret_key, currencies
        self.is_live = client.is_live

    @classmethod
    def of(cls, settings: Settings, *, patience: float = PATIENCE) -> PaystackProvider:
        """Return the provider for the account that is configured; `patience` is in seconds."""
        client = PaystackClient.of(settings, patience=patience)
        return cls(client, settings.paystack_secret_key, settings.paystack_currencies)

    def collects(self, currency: str) -> bool:
        """Tell whether the account collects `currency`."""
        return currency in self._currencies

    def least_minor(self, currency: str) -> int:
        """Return the least that Paystack collects, in minor units."""
        return _LEAST_MINOR.get(currency, 1)

    def probe(self) -> None:
        """Ask for the balance.

        :raises Forbidden: Paystack does not take our key (code `key_refused`).
        """
        try:
            refusal = self._client.ask_plainly("/balance")
        except KeyRefused as error:
            raise Forbidden("Paystack does not take the secret key.", code=error.code) from None
        if refusal is not None:
            raise not_told(refusal)

    def start(self, request: ChargeRequest) -> StartedCharge:
        """Open a transaction; the payer pays on Paystack's page.

        :raises ReferenceUsed: an earlier try opened it, and Paystack tells its page only once.
        """
        try:
            opened = self._client.post("/transaction/initialize", _transaction_body(request))
        except KeyRefused:
            raise ChargeRefused("Nothing can be paid here at the moment. Nothing was charged.") from None
        if isinstance(opened, Refusal):
            if opened.says("duplicate", "reference"):
                raise ReferenceUsed("Paystack knows this payment already.")
            raise ChargeRefused(
                f"Paystack does not take this payment: {opened.message}. Nothing was charged."
            )
        if text_in(opened, "reference") != request.reference:
            raise malformed()
        return StartedCharge(provider_ref=request.reference, pay_url=_page(opened))

    def fetch(self, reference: str, provider_ref: str) -> ChargeSnapshot:
        """Verify the transaction: only that tells whether it was paid."""
        transaction = self._find_transaction(reference)
        return read_charge(transaction) if transaction is not None else self._none(reference)

    def close(self, reference: str, provider_ref: str) -> ChargeSnapshot:
        """Tell how the transaction stands. Paystack cannot cancel one: it may still be paid after this."""
        return self.fetch(reference, provider_ref)

    def refund(self, request: RefundRequest) -> RefundSnapshot:
        """Return money, unless an earlier try with this key did: Paystack would return it twice.

        Nobody else may ask with the same key at the same time.
        """
        transaction = self._find_transaction(request.reference)
        if transaction is None:
            return RefundSnapshot("", RefundOutcome.FAILED, "Paystack knows no such payment.", request.key)
        for known in self._refunds_of(transaction):
            if find_text(known, "merchant_note").strip() == request.key:
                return replace(read_refund(known), key=request.key)
        made = self._client.post("/refund", _refund_body(request))
        if not isinstance(made, Refusal):
            return replace(read_refund(made), key=request.key)
        outcome = RefundOutcome.BLOCKED if made.is_short_of_money else RefundOutcome.FAILED
        return RefundSnapshot("", outcome, made.message, request.key, request.amount_minor, request.currency)

    def fetch_refunds(self, reference: str, provider_ref: str) -> tuple[RefundSnapshot, ...]:
        """Read all refunds of the transaction, ours and those made on Paystack's dashboard.

        Paystack writes down a lost dispute as a refund too; that money is the dispute's.
        """
        transaction = self._find_transaction(reference)
        if transaction is None:
            return ()
        refunds = self._refunds_of(transaction)
        return tuple(read_refund(refund) for refund in refunds if find_number(refund, "dispute") is None)

    def fetch_disputes(self, reference: str, provider_ref: str) -> tuple[DisputeSnapshot, ...]:
        """Read all disputes of the transaction."""
        transaction = self._find_transaction(reference)
        if transaction is None:
            return ()
        number, charge = number_in(transaction, "id"), read_charge(transaction)
        disputes = self._client.list_all("/dispute", transaction=number)
        return tuple(read_dispute(found, charge) for found in disputes if transaction_id_in(found) == number)

    def list_charges(self, since: datetime) -> Iterator[ChargeSnapshot]:
        """Go through the transactions that EasyTicket began since then, page by page."""
        for transaction in self._client.list_all("/transaction", **{"from": moment_text(since)}):
            if is_ours(transaction):
                yield read_charge(transaction)

    def read_webhook(self, body: bytes, headers: Mapping[str, str]) -> WebhookNotice:
        """Verify the raw bytes by our secret key, and read what they are about."""
        return read_paystack_event(body, headers.get(SIGNATURE_HEADER, ""), self._secret_key)

    def _find_transaction(self, reference: str) -> dict[str, Any] | None:
        found = self._client.get(f"/transaction/verify/{quote(reference, safe='')}")
        if not isinstance(found, Refusal):
            return found
        if found.is_unknown:
            return None
        raise not_told(found)

    def _refunds_of(self, transaction: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Go through the refunds of one transaction; Paystack may list those of others with them."""
        number = number_in(transaction, "id")
        opened = find_text(transaction, "created_at") or find_text(transaction, "createdAt")
        since = {"from": opened} if opened else {}
        for refund in self._client.list_all("/refund", transaction=number, **since):
            if transaction_id_in(refund) == number:
                yield refund

    def _none(self, reference: str) -> ChargeSnapshot:
        return ChargeSnapshot(
            reference=reference,
            provider_ref=reference,
            state=ChargeState.CANCELED,
            amount_minor=0,
            currency="",
            is_live=self.is_live,
            message="Paystack knows no such payment.",
        )


def _transaction_body(request: ChargeRequest) -> dict[str, Any]:
    return {
        "email": request.email,
        "amount": to_hundredths(request.amount_minor, request.currency),
        "currency": request.currency,
        "reference": request.reference,
        "callback_url": request.return_url,
        "channels": list(_CHANNELS.get(request.currency, _ONLY_CARDS)),
        "metadata": {"app": APP, "reference": request.reference, "cancel_action": request.return_url},
    }


def _refund_body(request: RefundRequest) -> dict[str, Any]:
    return {
        "transaction": request.reference,
        "amount": to_hundredths(request.amount_minor, request.currency),
        "currency": request.currency,
        "merchant_note": request.key,
        **({"customer_note": request.reason[:_LONGEST_NOTE]} if request.reason else {}),
    }


def _page(opened: Mapping[str, Any]) -> str:
    address = text_in(opened, "authorization_url")
    if not address.startswith(("https://", "http://")):
        raise malformed()
    return address
