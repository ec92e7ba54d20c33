"""Returning money through Stripe: once per key whatever goes wrong, never more than was paid, and what banks take back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from easyticket.core.errors import Invalid, ProviderDown
from easyticket.integrations import stripe as adapter
from easyticket.integrations.providers import DisputeState, RefundOutcome, StartedCharge
from easyticket.integrations.stripe import StripeProvider
from tests.doubles.stripe import StripeDouble
from tests.integrations.stripe_shop import REFERENCE, charge_of, provider_at, refund_of


def test_a_part_is_returned_under_our_key(
    provider: StripeProvider, paid: StartedCharge, stripe_double: StripeDouble
) -> None:
    refund = provider.refund(refund_of(paid, 1000))
    assert (refund.outcome, refund.key) == (RefundOutcome.SUCCEEDED, "r-1")
    assert (refund.amount_minor, refund.currency) == (1000, "USD")
    made = stripe_double.thing(refund.provider_ref)
    assert made["metadata"] == {
        "refund_key": "r-1",
        "reference": REFERENCE,
        "reason": "The event is called off",
    }
    assert provider.fetch_refunds(REFERENCE, paid.provider_ref) == (refund,)


def test_a_key_returns_money_once(
    provider: StripeProvider, paid: StartedCharge, stripe_double: StripeDouble
) -> None:
    refunds = {provider.refund(refund_of(paid, 1000)).provider_ref for _ in range(3)}
    assert len(refunds) == 1
    # Stripe forgets keys after a day; the refund itself is remembered.
    stripe_double.idempotency.clear()
    assert provider.refund(refund_of(paid, 1000)).provider_ref in refunds
    assert len(provider.fetch_refunds(REFERENCE, paid.provider_ref)) == 1


def test_many_who_ask_at_once_return_it_once(paid: StartedCharge, stripe_double: StripeDouble) -> None:
    def ask(_number: int) -> str:
        try:
            return provider_at(stripe_double.url).refund(refund_of(paid, 1000)).provider_ref
        except ProviderDown:
            return ""

    with ThreadPoolExecutor(6) as pool:
        answers = set(pool.map(ask, range(12))) - {""}
    assert len(answers) == 1
    refunds = provider_at(stripe_double.url).fetch_refunds(REFERENCE, paid.provider_ref)
    assert len(refunds) == 1


def test_refunds_of_unusual_currencies_are_exact(
    provider: StripeProvider, stripe_double: StripeDouble
) -> None:
    for currency, minor in (("JPY", 5000), ("KWD", 12_340), ("UGX", 25_000)):
        started = provider.start(charge_of(minor, currency, f"ET-{currency}"))
        stripe_double.pay(started.provider_ref)
        refund = provider.refund(refund_of(started, minor, f"r-{currency}", currency))
        assert (refund.outcome, refund.amount_minor) == (RefundOutcome.SUCCEEDED, minor)
        stripe_units = stripe_double.thing(started.provider_ref)["amount"]
        assert stripe_double.thing(refund.provider_ref)["amount"] == stripe_units


def test_more_than_was_paid_is_refused(provider: StripeProvider, paid: StartedCharge) -> None:
    assert provider.refund(refund_of(paid, 4000, "r-1")).outcome is RefundOutcome.SUCCEEDED
    over = provider.refund(refund_of(paid, 201, "r-2"))
    assert over.outcome is RefundOutcome.FAILED
    assert "greater than" in over.message
    assert provider.refund(refund_of(paid, 200, "r-3")).outcome is RefundOutcome.SUCCEEDED
    again = provider.refund(refund_of(paid, 1, "r-4"))
    assert (again.outcome, again.message) == (
        RefundOutcome.FAILED,
        "All of this payment was returned already.",
    )
    assert sum(refund.amount_minor for refund in provider.fetch_refunds(REFERENCE, paid.provider_ref)) == 4200


def test_a_key_belongs_to_one_amount(provider: StripeProvider, paid: StartedCharge) -> None:
    provider.refund(refund_of(paid, 1000))
    assert provider.refund(refund_of(paid, 2000)).amount_minor == 1000


def test_a_key_that_failed_for_another_amount_is_not_used_for_this_one(
    provider: StripeProvider, paid: StartedCharge
) -> None:
    provider.refund(refund_of(paid, 9999))
    with pytest.raises(Invalid):
        provider.refund(refund_of(paid, 1000))


@pytest.mark.parametrize("fault", ["hang_after", "dropped", "truncated", "malformed", "html"])
def test_a_refund_whose_answer_is_lost_is_found_and_not_made_again(
    fault: str, provider: StripeProvider, paid: StartedCharge, stripe_double: StripeDouble
) -> None:
    stripe_double.fault(fault, path="/v1/refunds$", method="POST", times=3)
    with pytest.raises(ProviderDown):
        provider_at(stripe_double.url, timeout=0.2).refund(refund_of(paid, 1000))
    stripe_double.faults.clear()
    assert provider.refund(refund_of(paid, 1000)).outcome is RefundOutcome.SUCCEEDED
    assert len(provider.fetch_refunds(REFERENCE, paid.provider_ref)) == 1


@pytest.mark.parametrize(("fault", "calls"), [("error_after", 1), ("error_before", 2)])
def test_a_fault_that_stripe_remembers_does_not_stop_the_refund(
    fault: str, calls: int, provider: StripeProvider, paid: StartedCharge, stripe_double: StripeDouble
) -> None:
    stripe_double.fault(fault, path="/v1/refunds$", method="POST")
    with pytest.raises(ProviderDown):
        provider.refund(refund_of(paid, 1000))
    stripe_double.journal.clear()
    assert provider.refund(refund_of(paid, 1000)).outcome is RefundOutcome.SUCCEEDED
    keys = [call.headers["Idempotency-Key"] for call in stripe_double.journal.calls("POST", "/v1/refunds$")]
    assert keys == ["re:r-1", "re:r-1:2"][: 0 if calls == 1 else 2]
    assert len(provider.fetch_refunds(REFERENCE, paid.provider_ref)) == 1


def test_too_little_money_at_stripe_begins_nothing_and_can_be_tried_again(
    provider: StripeProvider, paid: StartedCharge, stripe_double: StripeDouble
) -> None:
    stripe_double.next_refunds("refused", "refused")
    for _ in range(2):
        refund = provider.refund(refund_of(paid, 1000))
        assert (refund.outcome, refund.provider_ref) == (RefundOutcome.BLOCKED, "")
    assert provider.fetch_refunds(REFERENCE, paid.provider_ref) == ()
    assert provider.refund(refund_of(paid, 1000)).outcome is RefundOutcome.SUCCEEDED
    assert provider.refund(refund_of(paid, 1000)).outcome is RefundOutcome.SUCCEEDED
    assert len(provider.fetch_refunds(REFERENCE, paid.provider_ref)) == 1


def test_a_refund_that_waits_for_our_balance_is_pending(
    provider: StripeProvider, paid: StartedCharge, stripe_double: StripeDouble
) -> None:
    stripe_double.next_refunds("pending_insufficient_funds")
    refund = provider.refund(refund_of(paid))
    assert (refund.outcome, refund.message) == (RefundOutcome.PENDING, "insufficient funds")


@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_a_refund_may_fail_after_it_succeeded(
    status: str, provider: StripeProvider, paid: StartedCharge, stripe_double: StripeDouble
) -> None:
    stripe_double.next_refunds("pending" if status == "canceled" else "succeeded")
    refund = provider.refund(refund_of(paid))
    stripe_double.change_refund(refund.provider_ref, status)
    [now] = provider.fetch_refunds(REFERENCE, paid.provider_ref)
    assert (now.outcome, now.key) == (RefundOutcome.FAILED, "r-1")
    assert now.message
    # The key has had its refund; another try is another refund with a key of its own.
    assert provider.refund(refund_of(paid)).outcome is RefundOutcome.FAILED
    assert provider.refund(refund_of(paid, key="r-2")).outcome is RefundOutcome.SUCCEEDED


def test_a_disputed_payment_is_not_returned_as_well(
    provider: StripeProvider, paid: StartedCharge, stripe_double: StripeDouble
) -> None:
    stripe_double.open_dispute(paid.provider_ref)
    refund = provider.refund(refund_of(paid))
    assert refund.outcome is RefundOutcome.FAILED
    assert "disputed" in refund.message


def test_what_is_not_paid_or_not_known_cannot_be_returned(
    provider: StripeProvider, charge: StartedCharge
) -> None:
    assert provider.refund(refund_of(charge)).outcome is RefundOutcome.FAILED
    unknown = refund_of(StartedCharge(provider_ref="pi_unknown", pay_url=""), key="r-2")
    refund = provider.refund(unknown)
    assert (refund.outcome, refund.message) == (RefundOutcome.FAILED, "Stripe knows no such payment.")
    assert provider.fetch_refunds(REFERENCE, "pi_unknown") == ()


def test_refunds_of_the_dashboard_are_told_without_a_key_and_on_all_pages(
    provider: StripeProvider,
    paid: StartedCharge,
    stripe_double: StripeDouble,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(adapter, "_PAGE", 2)
    provider.refund(refund_of(paid, 100))
    for amount in (200, 300, 400):
        stripe_double.refund(paid.provider_ref, amount)
    refunds = provider.fetch_refunds(REFERENCE, paid.provider_ref)
    assert sorted((refund.amount_minor, refund.key) for refund in refunds) == [
        (100, "r-1"),
        (200, ""),
        (300, ""),
        (400, ""),
    ]


def test_a_dispute_is_told_through_all_its_states(
    provider: StripeProvider, paid: StartedCharge, stripe_double: StripeDouble
) -> None:
    def state() -> DisputeState:
        [dispute] = provider.fetch_disputes(REFERENCE, paid.provider_ref)
        return dispute.state

    assert provider.fetch_disputes(REFERENCE, paid.provider_ref) == ()
    dispute = stripe_double.open_dispute(paid.provider_ref, reason="product_not_received", warning=True)
    [told] = provider.fetch_disputes(REFERENCE, paid.provider_ref)
    assert (told.state, told.amount_minor, told.currency) == (DisputeState.WARNING, 4200, "USD")
    assert (told.provider_ref, told.reason) == (dispute["id"], "product_not_received")
    assert told.due_at is not None
    assert told.due_at.utcoffset() is not None
    stripe_double.escalate_dispute(dispute["id"])
    assert state() is DisputeState.OPEN
    stripe_double.answer_dispute(dispute["id"])
    assert state() is DisputeState.OPEN
    stripe_double.close_dispute(dispute["id"], won=False)
    assert state() is DisputeState.LOST


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("won", DisputeState.WON),
        ("prevented", DisputeState.WON),
        ("warning_closed", DisputeState.WON),
        ("appeal_under_review", DisputeState.OPEN),
        ("a_state_of_tomorrow", DisputeState.OPEN),
    ],
)
def test_a_dispute_nobody_knows_the_state_of_counts_as_open(
    status: str,
    state: DisputeState,
    provider: StripeProvider,
    paid: StartedCharge,
    stripe_double: StripeDouble,
) -> None:
    dispute = stripe_double.open_dispute(paid.provider_ref)
    stripe_double.tamper(dispute["id"], status=status)
    assert provider.fetch_disputes(REFERENCE, paid.provider_ref)[0].state is state
