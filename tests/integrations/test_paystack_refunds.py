"""Refunds and disputes by Paystack, which knows no idempotency keys: money goes back once, whatever is lost on the way."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from werkzeug import Response

from easyticket.core import clock
from easyticket.core.errors import ProviderDown
from easyticket.integrations.providers import DisputeState, RefundOutcome
from tests.doubles.paystack import PaystackDouble
from tests.doubles.paystack_answers import Ask, page_of
from tests.integrations.paystack_shop import KEY, REFERENCE, charge, paid, provider_of, refund

OTHER = "ET-0000000000000000000000000A"


def test_a_refund_is_begun_and_told_until_its_end(paystack_double: PaystackDouble) -> None:
    provider = paid(paystack_double)
    begun = provider.refund(refund())
    assert (begun.outcome, begun.key, begun.amount_minor, begun.currency) == (
        RefundOutcome.PENDING,
        KEY,
        3000,
        "GHS",
    )
    for status, outcome in (
        ("processing", RefundOutcome.PENDING),
        ("processed", RefundOutcome.SUCCEEDED),
        ("failed", RefundOutcome.FAILED),
    ):
        paystack_double.move_refund(int(begun.provider_ref), status)
        [told] = provider.fetch_refunds(REFERENCE, REFERENCE)
        assert (told.provider_ref, told.key, told.outcome) == (begun.provider_ref, KEY, outcome)


def test_a_refund_that_needs_somebody_says_what_to_do(paystack_double: PaystackDouble) -> None:
    provider = paid(paystack_double)
    paystack_double.finish_refund(int(provider.refund(refund()).provider_ref), "needs-attention")
    [told] = provider.fetch_refunds(REFERENCE, REFERENCE)
    assert told.outcome is RefundOutcome.PENDING
    assert told.message.startswith("Needs attention: ") and "dashboard" in told.message


@pytest.mark.parametrize("kind", ["hang_after", "dropped", "truncated", "malformed", "html", "error_after"])
@pytest.mark.parametrize("list_filter", ["strict", "ignored"])
def test_a_refund_whose_answer_was_lost_is_made_once(
    paystack_double: PaystackDouble, kind: str, list_filter: str
) -> None:
    paystack_double.configure(list_filter=list_filter)
    provider = paid(paystack_double)
    paystack_double.fault(kind, method="POST", path="/refund$", status=502)
    with pytest.raises(ProviderDown):
        provider.refund(refund())
    again = provider.refund(refund())
    assert (again.outcome, again.key) == (RefundOutcome.PENDING, KEY)
    assert [made["amount"] for made in paystack_double.refunds()] == [3000]


def test_while_refunds_cannot_be_listed_none_is_made(paystack_double: PaystackDouble) -> None:
    provider = paid(paystack_double)
    for fault in ("error_before", "truncated"):
        paystack_double.fault(fault, method="GET", path="/refund$")
        with pytest.raises(ProviderDown):
            provider.refund(refund())
    assert paystack_double.refunds() == []


def test_every_key_is_a_refund_of_its_own(paystack_double: PaystackDouble) -> None:
    provider = paid(paystack_double)
    for key in ("1", "2", "2"):
        provider.refund(refund(key=KEY[:-1] + key))
    assert len(paystack_double.refunds()) == 2


def test_too_little_money_at_paystack_blocks_and_too_much_asked_for_fails(
    paystack_double: PaystackDouble,
) -> None:
    provider = paid(paystack_double)
    paystack_double.configure(refund_balance_too_low=True)
    blocked = provider.refund(refund())
    assert (blocked.outcome, blocked.key) == (RefundOutcome.BLOCKED, KEY)
    assert "balance is not enough" in blocked.message
    paystack_double.configure(refund_balance_too_low=False)
    failed = provider.refund(refund(amount_minor=10501))
    assert failed.outcome is RefundOutcome.FAILED and "what is left" in failed.message
    assert provider.refund(refund(reference=OTHER)).outcome is RefundOutcome.FAILED
    assert paystack_double.refunds() == []


def test_refunds_of_the_dashboard_are_told_without_a_key_and_those_of_others_not_at_all(
    paystack_double: PaystackDouble,
) -> None:
    paystack_double.configure(list_filter="ignored")
    provider = paid(paystack_double)
    provider.start(charge(reference=OTHER))
    paystack_double.pay(OTHER)
    paystack_double.refund(OTHER, 700)
    paystack_double.refund(REFERENCE, 500, "Refund for transaction by jen@example.org")
    provider.refund(refund())
    told = {(each.key, each.amount_minor) for each in provider.fetch_refunds(REFERENCE, REFERENCE)}
    assert told == {("", 500), (KEY, 3000)}
    assert provider.fetch_refunds("ET-NONE", "ET-NONE") == ()


def test_refunds_of_all_pages_are_told(paystack_double: PaystackDouble) -> None:
    provider = paid(paystack_double)
    for _ in range(101):
        paystack_double.refund(REFERENCE, 10)
    assert len(provider.fetch_refunds(REFERENCE, REFERENCE)) == 101
    provider.refund(refund(amount_minor=10))
    provider.refund(refund(amount_minor=10))
    assert len(paystack_double.refunds()) == 102


def test_no_refund_is_overlooked_while_others_are_made(
    paystack_double: PaystackDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = paid(paystack_double)
    before = [paystack_double.refund(REFERENCE, 10)["id"] for _ in range(150)]

    def move_on(ask: Ask, items: list[dict[str, Any]], message: str) -> Response:
        """Answer; what is made after the first page was read moves all of it to the second."""
        answer = page_of(ask, items, message)
        for _ in range(100 if ask.query["page"] == "1" else 0):
            paystack_double.refund(REFERENCE, 10)
        return answer

    monkeypatch.setattr("tests.doubles.paystack_refunds.page_of", move_on)
    told = {int(refund.provider_ref) for refund in provider.fetch_refunds(REFERENCE, REFERENCE)}
    assert set(before) <= told


def test_where_pages_are_not_counted_all_are_read(
    paystack_double: PaystackDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = paid(paystack_double)
    for _ in range(150):
        paystack_double.refund(REFERENCE, 10)

    def uncounted(ask: Ask, items: list[dict[str, Any]], message: str) -> Response:
        whole: dict[str, Any] = json.loads(page_of(ask, items, message).get_data())
        return Response(json.dumps(whole | {"meta": {}}), content_type="application/json")

    monkeypatch.setattr("tests.doubles.paystack_refunds.page_of", uncounted)
    assert len(provider.fetch_refunds(REFERENCE, REFERENCE)) == 150


def test_francs_go_back_in_hundredths(paystack_double: PaystackDouble) -> None:
    paystack_double.configure(currencies=("XOF",))
    provider = provider_of(paystack_double, currencies=("XOF",))
    provider.start(charge(amount_minor=5250, currency="XOF"))
    paystack_double.pay(REFERENCE)
    assert provider.refund(refund(amount_minor=250, currency="XOF")).amount_minor == 250
    assert paystack_double.refunds()[0]["amount"] == 25000


@pytest.mark.parametrize(
    ("resolution", "state"),
    [
        ("", DisputeState.OPEN),
        ("declined", DisputeState.WON),
        ("merchant-accepted", DisputeState.LOST),
        ("auto-accepted", DisputeState.LOST),
    ],
)
def test_a_dispute_is_open_until_it_is_resolved(
    paystack_double: PaystackDouble, resolution: str, state: DisputeState
) -> None:
    provider = paid(paystack_double)
    opened = paystack_double.open_dispute(REFERENCE, amount=4000)
    if resolution:
        paystack_double.resolve_dispute(opened["id"], resolution)
    [told] = provider.fetch_disputes(REFERENCE, REFERENCE)
    assert (told.state, told.amount_minor, told.currency) == (state, 4000, "GHS")
    assert (told.provider_ref, told.reason) == (str(opened["id"]), "chargeback")
    assert told.due_at is not None and timedelta(days=2) < told.due_at - clock.now() < timedelta(days=4)


def test_a_lost_dispute_that_paystack_writes_down_as_a_refund_too_counts_once(
    paystack_double: PaystackDouble,
) -> None:
    provider = paid(paystack_double)
    opened = paystack_double.open_dispute(REFERENCE)
    paystack_double.resolve_dispute(opened["id"], "auto-accepted", with_refund=True)
    assert len(paystack_double.refunds(REFERENCE)) == 1
    assert provider.fetch_refunds(REFERENCE, REFERENCE) == ()
    assert len(provider.fetch_disputes(REFERENCE, REFERENCE)) == 1


def test_only_the_disputes_of_the_charge_are_told(paystack_double: PaystackDouble) -> None:
    paystack_double.configure(list_filter="ignored")
    provider = paid(paystack_double)
    provider.start(charge(reference=OTHER))
    paystack_double.pay(OTHER)
    paystack_double.open_dispute(OTHER)
    assert provider.fetch_disputes(REFERENCE, REFERENCE) == ()
    assert provider.fetch_disputes("ET-NONE", "ET-NONE") == ()


@pytest.mark.parametrize(
    ("paper", "state", "amount"),
    [
        ({"status": "archived", "resolution": None, "refund_amount": None}, DisputeState.WON, 10500),
        ({"status": "resolved", "resolution": None, "refund_amount": "200"}, DisputeState.OPEN, 200),
        ({"status": "pending", "currency": None}, DisputeState.OPEN, 10500),
    ],
)
def test_disputes_that_say_less(
    paystack_double: PaystackDouble, paper: dict[str, Any], state: DisputeState, amount: int
) -> None:
    from easyticket.integrations.paystack_readings import read_dispute

    snapshot = paid(paystack_double).fetch(REFERENCE, REFERENCE)
    told = read_dispute({"id": 7, **paper}, snapshot)
    assert (told.state, told.amount_minor, told.currency, told.due_at) == (state, amount, "GHS", None)
