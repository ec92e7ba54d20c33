"""What the word of a provider means for an attempt to pay: whether it is news, and whether it is what was asked for."""

from __future__ import annotations

from easyticket.core.money import Money
from easyticket.integrations.providers import ChargeSnapshot, ChargeState
from easyticket.models import Payment, PaymentState
from easyticket.models.payment import OPEN_STATES

# States in which the money of an attempt has been dealt with.
SETTLED = (PaymentState.PAID, PaymentState.SURPLUS, PaymentState.QUARANTINED)
_LONGEST_MESSAGE = 500


def is_news(state: PaymentState, last_error: str, snapshot: ChargeSnapshot) -> bool:
    """Tell whether a snapshot would change anything about an attempt in that state, except when it was asked about."""
    if state in SETTLED:
        return snapshot.fee_minor is not None
    if snapshot.state is ChargeState.PAID:
        return True
    if state not in OPEN_STATES:
        return False
    return snapshot.state.value != state.value or message_of(snapshot) != last_error


def message_of(snapshot: ChargeSnapshot) -> str:
    """Return what the provider says about a charge, as much of it as is kept."""
    return snapshot.message[:_LONGEST_MESSAGE]


def what_differs(payment: Payment, snapshot: ChargeSnapshot) -> str:
    """Return in a sentence why money that came is not what was asked for; empty where it is."""
    if other := _other_than_asked(payment, snapshot):
        return other
    if snapshot.amount_minor != payment.amount_minor:
        asked, came = (
            Money(minor, payment.currency).as_text()
            for minor in (payment.amount_minor, snapshot.amount_minor)
        )
        return f"Asked for {asked} {payment.currency}, and {came} {payment.currency} came."
    return ""


def is_ours_to_book(payment: Payment, snapshot: ChargeSnapshot) -> bool:
    """Tell whether money is what was asked for but for its amount, so that our books can hold it and send it back."""
    return snapshot.amount_minor > 0 and not _other_than_asked(payment, snapshot)


def _other_than_asked(payment: Payment, snapshot: ChargeSnapshot) -> str:
    if snapshot.reference != payment.reference:
        return "The provider tells of a payment with another reference."
    if snapshot.is_live != payment.is_live:
        modes = {True: "real money", False: "a test"}
        return f"Asked for {modes[payment.is_live]}, and {modes[snapshot.is_live]} came."
    if snapshot.currency != payment.currency:
        return f"Asked for {payment.currency}, and {snapshot.currency[:3] or 'another currency'} came."
    return ""
