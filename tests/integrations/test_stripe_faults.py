"""What goes wrong on the way to Stripe: lost answers, nonsense, wrong keys. Unknown is never taken for failed."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from easyticket.core.errors import Forbidden, ProviderDown
from easyticket.integrations.providers import ChargeState, ReferenceUsed, StartedCharge
from easyticket.integrations.stripe import StripeProvider
from easyticket.integrations.stripe_client import RETRIES
from tests.doubles.stripe import LIVE_SECRET_KEY, SECRET_KEY, StripeDouble
from tests.integrations.stripe_shop import REFERENCE, charge_of, provider_at, refund_of

Ask = Callable[[StripeProvider, StartedCharge], object]
ASKED: dict[str, Ask] = {
    "start": lambda provider, charge: provider.start(charge_of(reference="ET-NEW")),
    "fetch": lambda provider, charge: provider.fetch(REFERENCE, charge.provider_ref),
    "close": lambda provider, charge: provider.close(REFERENCE, charge.provider_ref),
    "refund": lambda provider, charge: provider.refund(refund_of(charge)),
    "refunds": lambda provider, charge: provider.fetch_refunds(REFERENCE, charge.provider_ref),
    "disputes": lambda provider, charge: provider.fetch_disputes(REFERENCE, charge.provider_ref),
    "probe": lambda provider, charge: provider.probe(),
}


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
@pytest.mark.parametrize("fault", ["malformed", "html", "truncated", "dropped", "hang_after"])
def test_an_answer_that_cannot_be_read_leaves_it_open(
    fault: str, ask: Ask, provider: StripeProvider, charge: StartedCharge, stripe_double: StripeDouble
) -> None:
    stripe_double.fault(fault, path="^/v1/", times=10)
    with pytest.raises(ProviderDown):
        ask(provider_at(stripe_double.url, timeout=0.1), charge)


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
@pytest.mark.parametrize("status", [409, 429, 500, 502, 503, 504])
def test_an_error_of_stripes_own_leaves_it_open(
    status: int, ask: Ask, provider: StripeProvider, charge: StartedCharge, stripe_double: StripeDouble
) -> None:
    stripe_double.fault("error_before", path="^/v1/", status=status, times=10)
    with pytest.raises(ProviderDown):
        ask(provider, charge)


@pytest.mark.parametrize(
    "lie",
    [
        {"status": "a_state_of_tomorrow"},
        {"status": None},
        {"currency": None},
        {"amount_received": "4200"},
        {"amount_received": 42.0},
        {"amount_received": 10**30},
        {"amount_received": -1},
        {"currency": "\x00\x00\x00"},
        {"id": "pi_\x00"},
        {"id": None},
        {"livemode": "no", "currency": 7},
    ],
    ids=str,
)
def test_an_answer_of_another_shape_leaves_it_open(
    lie: dict[str, object], provider: StripeProvider, paid: StartedCharge, stripe_double: StripeDouble
) -> None:
    stripe_double.tamper(paid.provider_ref, **lie)
    with pytest.raises(ProviderDown):
        provider.fetch(REFERENCE, paid.provider_ref)


def test_what_is_told_holds_nothing_that_a_database_refuses(
    provider: StripeProvider, paid: StartedCharge, stripe_double: StripeDouble
) -> None:
    lie = {
        "metadata": {"reference": f"{REFERENCE}\x00"},
        "last_payment_error": {"message": "No\x00\ud800 money"},
    }
    stripe_double.tamper(paid.provider_ref, **lie)
    told = provider.fetch(REFERENCE, paid.provider_ref)
    assert told.message == "No   money"
    assert told.reference.isprintable()
    assert told.reference != REFERENCE


@pytest.mark.parametrize("due_by", [10**30, -1, "soon", 10**12], ids=str)
def test_a_dispute_due_on_no_day_is_not_read(
    due_by: object, provider: StripeProvider, paid: StartedCharge, stripe_double: StripeDouble
) -> None:
    dispute = stripe_double.open_dispute(paid.provider_ref)
    stripe_double.tamper(dispute["id"], evidence_details={"due_by": due_by})
    with pytest.raises(ProviderDown):
        provider.fetch_disputes(REFERENCE, paid.provider_ref)


@pytest.mark.parametrize("lie", [{"metadata": None}, {"metadata": []}, {"latest_charge": None}], ids=str)
def test_what_may_be_missing_is_no_fault(
    lie: dict[str, object], provider: StripeProvider, paid: StartedCharge, stripe_double: StripeDouble
) -> None:
    stripe_double.tamper(paid.provider_ref, **lie)
    assert provider.fetch(REFERENCE, paid.provider_ref).state is ChargeState.PAID


def test_a_start_whose_answer_is_lost_goes_on_with_the_same_intent(
    provider: StripeProvider, stripe_double: StripeDouble
) -> None:
    stripe_double.fault("hang_after", path="/v1/payment_intents$", times=RETRIES + 1)
    with pytest.raises(ProviderDown):
        provider_at(stripe_double.url, timeout=0.1).start(charge_of())
    assert len(stripe_double.calls("POST", "/v1/payment_intents$")) == RETRIES + 1
    [intent] = stripe_double.intents(reference=REFERENCE)
    assert provider.start(charge_of()).provider_ref == intent["id"]
    assert len(stripe_double.intents()) == 1


def test_a_start_is_tried_again_by_itself(provider: StripeProvider, stripe_double: StripeDouble) -> None:
    stripe_double.fault("dropped", path="/v1/payment_intents$", times=RETRIES)
    assert provider.start(charge_of()).client_secret
    assert len(stripe_double.intents()) == 1


def test_a_fault_that_stripe_remembers_asks_for_another_attempt(
    provider: StripeProvider, stripe_double: StripeDouble
) -> None:
    """Stripe would give the same 500 for a day, and nobody has the intent's page: a payer must not wait for that."""
    stripe_double.fault("error_after", path="/v1/payment_intents$")
    with pytest.raises(ProviderDown):
        provider.start(charge_of())
    with pytest.raises(ReferenceUsed):
        provider.start(charge_of())
    assert provider.start(charge_of(reference="ET-NEXT")).client_secret


def test_nobody_listening_leaves_it_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stripe.HTTPClient.INITIAL_DELAY", 0.001)
    with pytest.raises(ProviderDown):
        provider_at("http://127.0.0.1:9").start(charge_of())


def test_a_wrong_key_is_told_to_whoever_runs_the_site_and_to_the_probe(
    stripe_double: StripeDouble, charge: StartedCharge, caplog: pytest.LogCaptureFixture
) -> None:
    mistyped = provider_at(stripe_double.url, key="sk_test_mistyped")
    with pytest.raises(ProviderDown):
        mistyped.fetch(REFERENCE, charge.provider_ref)
    assert "STRIPE_SECRET_KEY" in caplog.text
    with pytest.raises(Forbidden, match="STRIPE_SECRET_KEY"):
        mistyped.probe()


def test_a_good_key_passes_the_probe(provider: StripeProvider, stripe_double: StripeDouble) -> None:
    provider.probe()
    live = provider_at(stripe_double.url, key=LIVE_SECRET_KEY)
    live.probe()
    assert (provider.is_live, live.is_live) == (False, True)
    assert provider_at(stripe_double.url, key="rk_live_1").is_live


def test_no_log_has_a_key_a_client_secret_or_a_card(
    provider: StripeProvider,
    stripe_double: StripeDouble,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    charge = provider.start(charge_of())
    stripe_double.pay(charge.provider_ref, "4000000000000002")
    provider.fetch(REFERENCE, charge.provider_ref)
    stripe_double.pay(charge.provider_ref)
    provider.close(REFERENCE, charge.provider_ref)
    provider.refund(refund_of(charge, 9999))
    stripe_double.fault("error_after", path="^/v1/", times=3)
    with pytest.raises(ProviderDown) as fault:
        provider.fetch(REFERENCE, charge.provider_ref)
    assert fault.value.__cause__ is None
    assert fault.value.__suppress_context__
    written = caplog.text + "".join(capfd.readouterr())
    for secret in (charge.client_secret, "_secret_", SECRET_KEY, "4000000000000002", "ama@example.org"):
        assert secret not in written
