"""Charging cards through Stripe: an intent per attempt, read afresh for the truth, closed so that nobody pays late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
import stripe

from easyticket.core import clock
from easyticket.core.errors import ProviderDown
from easyticket.core.signing import pay_token
from easyticket.integrations import stripe as adapter
from easyticket.integrations.providers import ChargeRefused, ChargeState, ReferenceUsed, StartedCharge
from easyticket.integrations.stripe import StripeProvider
from easyticket.integrations.stripe_client import API_VERSION, SCRIPT
from tests.doubles.stripe import LIVE_SECRET_KEY, StripeDouble
from tests.doubles.stripe_amounts import fee_of
from tests.doubles.stripe_cards import DECLINED, WITH_3DS
from tests.doubles.stripe_errors import Refusal
from tests.integrations.stripe_shop import REFERENCE, SITE_SECRET, charge_of, provider_at


def test_the_version_we_read_is_the_one_the_library_speaks() -> None:
    assert stripe.api_version == API_VERSION
    assert SCRIPT == "https://js.stripe.com/endive/stripe.js"


def test_a_charge_is_an_intent_for_cards_that_carries_our_reference(
    provider: StripeProvider, stripe_double: StripeDouble
) -> None:
    started = provider.start(charge_of())
    [call] = stripe_double.journal.calls("POST", "/v1/payment_intents$")
    sent = {name: values[0] for name, values in parse_qs(call.body).items()}
    assert sent == {
        "amount": "4200",
        "currency": "usd",
        "allowed_payment_method_types[0]": "card",
        "metadata[reference]": REFERENCE,
        "metadata[app]": "easyticket",
        "description": "Night of Drums, order OE-20260301-0042",
        "receipt_email": "ama@example.org",
    }
    assert call.headers["Idempotency-Key"] == f"pi:{REFERENCE}:4200:USD"
    assert call.headers["Stripe-Version"] == API_VERSION
    assert started.pay_url == f"http://tickets.example/pay/{REFERENCE}/{pay_token(SITE_SECRET, REFERENCE)}/"
    assert started.client_secret.startswith(f"{started.provider_ref}_secret_")


def test_the_same_reference_again_gives_the_same_intent(
    provider: StripeProvider, stripe_double: StripeDouble
) -> None:
    assert provider.start(charge_of()) == provider.start(charge_of())
    assert len(stripe_double.intents()) == 1


def test_a_reference_that_was_begun_for_somebody_else_is_used(
    provider: StripeProvider, charge: StartedCharge
) -> None:
    with pytest.raises(ReferenceUsed):
        provider.start(charge_of(email="ama.b@example.org"))


@pytest.mark.parametrize(
    ("minor", "currency", "told"),
    [(5000, "JPY", 5000), (12_340, "KWD", 12_340), (25_000, "UGX", 2_500_000), (5000, "XOF", 5000)],
)
def test_amounts_of_unusual_currencies_go_there_and_come_back_unchanged(
    minor: int, currency: str, told: int, provider: StripeProvider, stripe_double: StripeDouble
) -> None:
    started = provider.start(charge_of(minor, currency))
    stripe_double.pay(started.provider_ref)
    assert stripe_double.thing(started.provider_ref)["amount"] == told
    snapshot = provider.fetch(REFERENCE, started.provider_ref)
    assert (snapshot.amount_minor, snapshot.currency) == (minor, currency)


def test_an_amount_stripe_cannot_charge_exactly_is_refused_before_it_is_asked(
    provider: StripeProvider, stripe_double: StripeDouble
) -> None:
    with pytest.raises(ChargeRefused):
        provider.start(charge_of(12_345, "KWD"))
    assert stripe_double.calls() == []


@pytest.mark.parametrize(("minor", "words"), [(10, "too small"), (10**9, "too large")])
def test_what_stripe_refuses_is_said_in_words_for_the_payer(
    minor: int, words: str, provider: StripeProvider
) -> None:
    with pytest.raises(ChargeRefused, match=words):
        provider.start(charge_of(minor))


def test_the_least_charges_we_name_are_taken(provider: StripeProvider) -> None:
    for currency in ("USD", "GBP", "JPY", "GHS", "NGN", "KWD", "UGX", "XOF", "TND"):
        least = provider.least_minor(currency)
        assert provider.collects(currency)
        assert provider.start(charge_of(least, currency, f"ET-{currency}")).provider_ref
    assert not provider.collects("XYZ")


def leave(double: StripeDouble, intent: str) -> None:
    """Nobody does anything."""


def decline(double: StripeDouble, intent: str) -> None:
    double.pay(intent, DECLINED)


def ask_for_3ds(double: StripeDouble, intent: str) -> None:
    double.pay(intent, WITH_3DS)


def fail_3ds(double: StripeDouble, intent: str) -> None:
    double.pay(intent, WITH_3DS, passed=False)


def process(double: StripeDouble, intent: str) -> None:
    double.process(intent)


def cancel(double: StripeDouble, intent: str) -> None:
    double.cancel(intent)


@pytest.mark.parametrize(
    ("happens", "state", "message", "needs_action"),
    [
        (leave, ChargeState.OPEN, "", False),
        (decline, ChargeState.OPEN, "Your card was declined.", False),
        (ask_for_3ds, ChargeState.OPEN, "", True),
        (fail_3ds, ChargeState.OPEN, "We are unable to authenticate your payment method.", False),
        (process, ChargeState.PROCESSING, "", False),
        (cancel, ChargeState.CANCELED, "", False),
    ],
)
def test_what_is_not_paid_brings_no_money(
    happens: Callable[[StripeDouble, str], None],
    state: ChargeState,
    message: str,
    needs_action: bool,
    provider: StripeProvider,
    charge: StartedCharge,
    stripe_double: StripeDouble,
) -> None:
    happens(stripe_double, charge.provider_ref)
    snapshot = provider.fetch(REFERENCE, charge.provider_ref)
    assert (snapshot.state, snapshot.needs_action, snapshot.amount_minor) == (state, needs_action, 0)
    assert snapshot.message.startswith(message)
    assert snapshot.fee_minor is None


def test_what_is_paid_tells_amount_method_and_fee(provider: StripeProvider, paid: StartedCharge) -> None:
    snapshot = provider.fetch(REFERENCE, paid.provider_ref)
    assert (snapshot.state, snapshot.amount_minor, snapshot.currency) == (ChargeState.PAID, 4200, "USD")
    assert (snapshot.reference, snapshot.provider_ref) == (REFERENCE, paid.provider_ref)
    assert (snapshot.method, snapshot.fee_minor, snapshot.is_live) == ("card", fee_of(4200, "usd"), False)
    assert snapshot.message == ""


def test_another_card_pays_after_a_declined_one(
    provider: StripeProvider, charge: StartedCharge, stripe_double: StripeDouble
) -> None:
    stripe_double.pay(charge.provider_ref, DECLINED)
    stripe_double.pay(charge.provider_ref)
    assert provider.fetch(REFERENCE, charge.provider_ref).state is ChargeState.PAID


def test_a_fee_that_is_late_or_in_another_currency_is_not_known(
    provider: StripeProvider, stripe_double: StripeDouble
) -> None:
    stripe_double.late_fees()
    late = provider.start(charge_of(reference="ET-LATE")).provider_ref
    stripe_double.pay(late)
    assert provider.fetch("ET-LATE", late).fee_minor is None
    stripe_double.post_fee(late)
    assert provider.fetch("ET-LATE", late).fee_minor == fee_of(4200, "usd")

    stripe_double.late_fees(late=False)
    stripe_double.settle_in("eur", 0.9)
    converted = provider.start(charge_of(reference="ET-EUR")).provider_ref
    stripe_double.pay(converted)
    snapshot = provider.fetch("ET-EUR", converted)
    assert (snapshot.amount_minor, snapshot.currency, snapshot.fee_minor) == (4200, "USD", None)


def test_what_stripe_says_is_told_even_where_it_is_not_what_we_asked_for(
    provider: StripeProvider, paid: StartedCharge, stripe_double: StripeDouble
) -> None:
    """The services compare; a wrong amount, mode or reference must not be hidden from them."""
    stripe_double.tamper(paid.provider_ref, amount=100, currency="eur", livemode=True, metadata={})
    snapshot = provider.fetch(REFERENCE, paid.provider_ref)
    assert (snapshot.amount_minor, snapshot.currency, snapshot.is_live) == (100, "EUR", True)
    assert snapshot.reference == ""


def test_an_intent_that_stripe_does_not_know_is_cancelled(
    provider: StripeProvider, charge: StartedCharge, stripe_double: StripeDouble
) -> None:
    for other in (provider, provider_at(stripe_double.url, key=LIVE_SECRET_KEY)):
        name = "pi_unknown" if other is provider else charge.provider_ref
        assert other.fetch(REFERENCE, name).state is ChargeState.CANCELED
        assert other.close(REFERENCE, name).state is ChargeState.CANCELED


def test_an_attempt_of_which_we_have_no_id_is_unpaid_and_may_still_be_begun(
    provider: StripeProvider, stripe_double: StripeDouble
) -> None:
    """A webhook may tell of an intent before our call that makes it has returned."""
    assert provider.fetch(REFERENCE, "").state is ChargeState.OPEN
    assert provider.close(REFERENCE, "").state is ChargeState.CANCELED
    assert provider.fetch_refunds(REFERENCE, "") == provider.fetch_disputes(REFERENCE, "") == ()
    assert stripe_double.calls() == []


@pytest.mark.parametrize("happens", [leave, decline, ask_for_3ds, cancel])
def test_a_closed_charge_takes_no_money_any_more(
    happens: Callable[[StripeDouble, str], None],
    provider: StripeProvider,
    charge: StartedCharge,
    stripe_double: StripeDouble,
) -> None:
    happens(stripe_double, charge.provider_ref)
    assert provider.close(REFERENCE, charge.provider_ref).state is ChargeState.CANCELED
    with pytest.raises(Refusal, match="status of canceled"):
        stripe_double.pay(charge.provider_ref)


def test_what_is_paid_or_being_paid_is_read_instead_of_closed(
    provider: StripeProvider, charge: StartedCharge, stripe_double: StripeDouble
) -> None:
    stripe_double.process(charge.provider_ref)
    assert provider.close(REFERENCE, charge.provider_ref).state is ChargeState.PROCESSING
    stripe_double.settle(charge.provider_ref)
    snapshot = provider.close(REFERENCE, charge.provider_ref)
    assert (snapshot.state, snapshot.amount_minor) == (ChargeState.PAID, 4200)
    assert snapshot.fee_minor == fee_of(4200, "usd")


def test_the_list_has_all_pages_and_only_what_is_ours(
    provider: StripeProvider, stripe_double: StripeDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "_PAGE", 2)
    for number in range(5):
        provider.start(charge_of(reference=f"ET-{number}"))
    stripe_double.pay(stripe_double.intents(reference="ET-2")[0]["id"])
    stripe_double.foreign()
    stripe_double.foreign(reference="ET-9", app="another")
    found = {charge.reference: charge for charge in provider.list_charges(clock.now() - timedelta(hours=1))}
    assert sorted(found) == [f"ET-{number}" for number in range(5)]
    assert found["ET-2"].state is ChargeState.PAID
    assert found["ET-2"].fee_minor == fee_of(4200, "usd")
    assert len(stripe_double.calls("GET", "/v1/payment_intents$")) == 4
    assert list(provider.list_charges(clock.now() + timedelta(hours=1))) == []


def test_a_list_that_breaks_off_is_no_shorter_list(
    provider: StripeProvider, stripe_double: StripeDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "_PAGE", 2)
    for number in range(3):
        provider.start(charge_of(reference=f"ET-{number}"))
    stripe_double.fault("malformed", path="/v1/payment_intents$", method="GET", skip=1)
    with pytest.raises(ProviderDown):
        list(provider.list_charges(clock.now() - timedelta(hours=1)))


def test_a_list_that_is_refused_is_not_known(
    provider: StripeProvider, stripe_double: StripeDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "_PAGE", 101)  # more than Stripe gives at a time
    with pytest.raises(ProviderDown):
        list(provider.list_charges(clock.now()))
