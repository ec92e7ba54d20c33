"""Stripe behind the protocol of all providers: cards by payment intents, paid on our own page with Stripe's fields in it.

Only cards (with Apple Pay and Google Pay, which are cards to Stripe): other methods take days to say whether they
worked, and no ticket can be held for so long.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime

import stripe

from config import Settings
from easyticket.core import clock
from easyticket.core.errors import Forbidden
from easyticket.core.signing import pay_token
from easyticket.integrations.providers import (
    ChargeRefused,
    ChargeRequest,
    ChargeSnapshot,
    ChargeState,
    DisputeSnapshot,
    ReferenceUsed,
    RefundRequest,
    RefundSnapshot,
    StartedCharge,
    WebhookNotice,
)
from easyticket.integrations.stripe_amounts import LEAST_MINOR, to_stripe
from easyticket.integrations.stripe_client import (
    REFUSALS,
    TIMEOUT,
    KeyRefused,
    StoredFault,
    asking,
    read_all,
    stripe_client,
    unexpected,
)
from easyticket.integrations.stripe_events import SIGNATURE_HEADER, read_stripe_event
from easyticket.integrations.stripe_refunds import return_money
from easyticket.integrations.stripe_snapshots import (
    APP,
    charge_snapshot,
    dispute_snapshot,
    is_ours,
    refund_snapshot,
)

log = logging.getLogger(__name__)

_WITH_FEES = "latest_charge.balance_transaction"
_PAGE = 100
_LONGEST_DESCRIPTION = 500
# What the payer reads, by Stripe's code.
_CHARGE_REFUSALS = {
    "amount_too_small": "This amount is too small to be paid by card.",
    "amount_too_large": "This amount is too large to be paid by card at once.",
    "email_invalid": "The payment provider does not take this e-mail address. Check it.",
}
_UNKNOWN = "The payment was never begun at the payment provider."
_NOT_BEGUN = "This cannot be paid by card here. Nothing was charged."


class StripeProvider:
    """Asks Stripe. `api_url` is another address than Stripe's own, for a stand-in; `timeout` is in seconds.

    `site_secret` is the application's own, which the addresses of our pages to pay on are made with.
    """

    name = "stripe"
    least_seconds = 0
    # A key makes a refund once, and before each further try all refunds are read.
    refund_doubt_seconds = 0

    def __init__(
        self,
        *,
        secret_key: str,
        webhook_secret: str,
        public_url: str,
        site_secret: str,
        api_url: str = "",
        timeout: float = TIMEOUT,
    ) -> None:
        self.is_live = "_live_" in secret_key[:8]
        self._webhook_secret = webhook_secret
        self._public_url, self._site_secret = public_url, site_secret
        self._api = stripe_client(secret_key, api_url, timeout).v1

    @classmethod
    def of(cls, settings: Settings, *, timeout: float = TIMEOUT) -> StripeProvider:
        """Return the provider as it is configured."""
        return cls(
            secret_key=settings.stripe_secret_key,
            webhook_secret=settings.stripe_webhook_secret,
            public_url=settings.public_url,
            site_secret=settings.secret_key,
            api_url=settings.stripe_api_url,
            timeout=timeout,
        )

    def collects(self, currency: str) -> bool:
        """Tell whether cards can be charged in `currency`."""
        return currency in LEAST_MINOR

    def least_minor(self, currency: str) -> int:
        """Return the smallest charge in minor units."""
        return LEAST_MINOR.get(currency, 1)

    def probe(self) -> None:
        """Ask for our balance, and throw it away.

        :raises Forbidden: Stripe does not take the key.
        """
        try:
            with asking():
                self._api.balance.retrieve()
        except KeyRefused:
            raise Forbidden("Stripe does not take STRIPE_SECRET_KEY.") from None

    def start(self, request: ChargeRequest) -> StartedCharge:
        """Open a payment intent that takes cards; the same reference again gives the same one."""
        try:
            amount = to_stripe(request.amount_minor, request.currency)
        except ValueError:
            raise ChargeRefused(_NOT_BEGUN) from None
        try:
            with asking():
                intent = self._api.payment_intents.create(
                    _intent_of(request, amount),
                    {"idempotency_key": f"pi:{request.reference}:{amount}:{request.currency}"},
                ).to_dict()
                return StartedCharge(
                    provider_ref=intent["id"],
                    pay_url=self._page(request.reference),
                    client_secret=intent["client_secret"],
                )
        except (stripe.IdempotencyError, StoredFault):
            # Begun with another address or title, or ended in a fault of Stripe: nobody has its page.
            raise ReferenceUsed(
                "This attempt to pay cannot be continued. Another one can be begun."
            ) from None
        except (stripe.CardError, stripe.InvalidRequestError) as error:
            log.error("Stripe refuses a charge: %s, parameter %s", error.code, error.param)
            raise ChargeRefused(_CHARGE_REFUSALS.get(error.code or "", _NOT_BEGUN)) from None

    def fetch(self, reference: str, provider_ref: str) -> ChargeSnapshot:
        """Read the payment intent afresh.

        One whose id we were never told is unpaid, for only the answer with the id has the secret that paying takes. It
        may be begun at this very moment, so it is open until somebody closes it.
        """
        if not provider_ref:
            return self._unpaid(reference, "", ChargeState.OPEN)
        try:
            with asking():
                intent = self._api.payment_intents.retrieve(provider_ref, {"expand": [_WITH_FEES]})
                return charge_snapshot(intent.to_dict())
        except stripe.InvalidRequestError as error:
            if error.code != "resource_missing":
                raise unexpected(error) from None
            log.error("Stripe knows no payment intent of ours; is STRIPE_SECRET_KEY that of another account?")
            return self._unpaid(reference, provider_ref, ChargeState.CANCELED, _UNKNOWN)

    def close(self, reference: str, provider_ref: str) -> ChargeSnapshot:
        """Cancel the payment intent; one that is paid, or being paid, cannot be, and is read instead."""
        if not provider_ref:
            return self._unpaid(reference, "", ChargeState.CANCELED, _UNKNOWN)
        try:
            with asking():
                intent = self._api.payment_intents.cancel(provider_ref, {"expand": [_WITH_FEES]})
                return charge_snapshot(intent.to_dict())
        except stripe.InvalidRequestError:
            return self.fetch(reference, provider_ref)

    def refund(self, request: RefundRequest) -> RefundSnapshot:
        """Return money; the same key again returns it once."""
        return return_money(self._api, request)

    def fetch_refunds(self, reference: str, provider_ref: str) -> tuple[RefundSnapshot, ...]:
        """Read all refunds of a charge afresh, whoever made them."""
        if not provider_ref:
            return ()
        of_charge: stripe.params.RefundListParams = {"payment_intent": provider_ref, "limit": _PAGE}
        return read_all(lambda: self._api.refunds.list(of_charge), refund_snapshot)

    def fetch_disputes(self, reference: str, provider_ref: str) -> tuple[DisputeSnapshot, ...]:
        """Read all disputes of a charge afresh."""
        if not provider_ref:
            return ()
        of_charge: stripe.params.DisputeListParams = {"payment_intent": provider_ref, "limit": _PAGE}
        return read_all(lambda: self._api.disputes.list(of_charge), dispute_snapshot)

    def list_charges(self, since: datetime) -> Iterator[ChargeSnapshot]:
        """Go through all payment intents made since then that carry our mark.

        :raises ProviderDown: as everywhere, and where Stripe refuses to list them.
        """
        made_since: stripe.params.PaymentIntentListParams = {
            "created": {"gte": int(since.timestamp())},
            "limit": _PAGE,
            "expand": [f"data.{_WITH_FEES}"],
        }
        try:
            with asking():
                for found in self._api.payment_intents.list(made_since).auto_paging_iter():
                    intent = found.to_dict()
                    if is_ours(intent):
                        yield charge_snapshot(intent)
        except REFUSALS as error:
            raise unexpected(error) from None

    def read_webhook(self, body: bytes, headers: Mapping[str, str]) -> WebhookNotice:
        """Verify the raw bytes and tell what they are about, as `read_stripe_event` does."""
        signature = headers.get(SIGNATURE_HEADER, "")
        return read_stripe_event(body, signature, self._webhook_secret, clock.now())

    def _page(self, reference: str) -> str:
        return f"{self._public_url}/pay/{reference}/{pay_token(self._site_secret, reference)}/"

    def _unpaid(
        self, reference: str, provider_ref: str, state: ChargeState, message: str = ""
    ) -> ChargeSnapshot:
        return ChargeSnapshot(
            reference=reference,
            provider_ref=provider_ref,
            state=state,
            amount_minor=0,
            currency="",
            is_live=self.is_live,
            message=message,
        )


def _intent_of(request: ChargeRequest, amount: int) -> stripe.params.PaymentIntentCreateParams:
    return {
        "amount": amount,
        "currency": request.currency.lower(),
        "allowed_payment_method_types": ["card"],
        "metadata": {"reference": request.reference, "app": APP},
        "description": request.description[:_LONGEST_DESCRIPTION],
        "receipt_email": request.email,
    }
