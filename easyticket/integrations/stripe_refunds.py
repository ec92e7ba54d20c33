"""Returning money through Stripe exactly once, although Stripe remembers its refusals and may not tell how a try ended."""

from __future__ import annotations

import logging

import stripe

from easyticket.core.errors import Invalid
from easyticket.integrations.providers import RefundOutcome, RefundRequest, RefundSnapshot
from easyticket.integrations.stripe_amounts import to_stripe
from easyticket.integrations.stripe_client import StoredFault, asking, read_all, was_replayed
from easyticket.integrations.stripe_snapshots import refund_snapshot

log = logging.getLogger(__name__)

_PAGE = 100
# How many keys one refund may use up before Stripe forgets them, a day or so later.
_MOST_KEYS = 30
_LONGEST_REASON = 200
_TOO_LITTLE = ("balance_insufficient", "insufficient_funds")
_DISPUTED = "The payer has disputed this payment with their bank, so it cannot be returned."
# What the people who asked for the refund read, by Stripe's code.
_REFUSALS = {
    "charge_already_refunded": "All of this payment was returned already.",
    "charge_disputed": _DISPUTED,
    "refund_disputed_payment": _DISPUTED,
    "resource_missing": "Stripe knows no such payment.",
}


class _UsedUp(Exception):
    """The answer repeats how an earlier request with this key ended: without a refund."""


def return_money(api: stripe.V1Services, request: RefundRequest) -> RefundSnapshot:
    """Make the refund, or find the one that was made with our key before.

    Stripe answers everything that comes with one idempotency key as it answered the first time, refusals for want of
    money and its own faults too, for a day. A repeated refusal therefore uses up that key and the next one is tried:
    keys in a fixed order, each after a look at what was made, so that two who try at once cannot both succeed.

    :raises ProviderDown: the outcome is not known.
    :raises Invalid: the key was used for another amount.
    """
    for number in range(1, _MOST_KEYS + 1):
        made = _find_made(api, request)
        if made is not None:
            return made
        try:
            return _try(api, request, number)
        except _UsedUp:
            continue
    return RefundSnapshot("", RefundOutcome.BLOCKED, "Stripe refused this too often today.", request.key)


def _find_made(api: stripe.V1Services, request: RefundRequest) -> RefundSnapshot | None:
    of_charge: stripe.params.RefundListParams = {"payment_intent": request.provider_ref, "limit": _PAGE}
    refunds = read_all(lambda: api.refunds.list(of_charge), refund_snapshot)
    return next((refund for refund in refunds if refund.key == request.key), None)


def _try(api: stripe.V1Services, request: RefundRequest, number: int) -> RefundSnapshot:
    try:
        amount = to_stripe(request.amount_minor, request.currency)
    except ValueError:
        return _no_refund(RefundOutcome.FAILED, "Stripe cannot return this amount exactly.", request)
    try:
        with asking():
            made = api.refunds.create(
                {
                    "payment_intent": request.provider_ref,
                    "amount": amount,
                    "metadata": {
                        "refund_key": request.key,
                        "reference": request.reference,
                        "reason": request.reason[:_LONGEST_REASON],
                    },
                },
                {"idempotency_key": f"re:{request.key}" + (f":{number}" if number > 1 else "")},
            )
            return refund_snapshot(made.to_dict())
    except stripe.IdempotencyError:
        raise Invalid("The refund key was used for another amount.") from None
    except (stripe.CardError, stripe.InvalidRequestError) as error:
        return _refused(error, request)
    except StoredFault:
        raise _UsedUp from None


def _refused(error: stripe.CardError | stripe.InvalidRequestError, request: RefundRequest) -> RefundSnapshot:
    if error.code in _TOO_LITTLE:
        if was_replayed(error):
            raise _UsedUp from None
        return _no_refund(RefundOutcome.BLOCKED, "There is too little money at Stripe.", request)
    log.warning("Stripe refuses a refund: %s", error.code)
    message = _REFUSALS.get(error.code or "") or f"Stripe refuses: {error.user_message or error.code}"
    return _no_refund(RefundOutcome.FAILED, message, request)


def _no_refund(outcome: RefundOutcome, message: str, request: RefundRequest) -> RefundSnapshot:
    return RefundSnapshot("", outcome, message, request.key, request.amount_minor, request.currency)
