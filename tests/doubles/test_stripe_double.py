"""The Stripe double, driven with Stripe's own library: it refuses what Stripe refuses and keeps money as Stripe does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import stripe

from tests.doubles.stripe import LIVE_SECRET_KEY, PUBLISHABLE_KEY, SECRET_KEY, StripeDouble
from tests.doubles.stripe_cards import DECLINED, GOOD, WITH_3DS

PATIENCE = 0.5
ORDER = {"amount": 1050, "currency": "usd", "metadata": {"reference": "order-1"}}
Refused = stripe.InvalidRequestError


def client_of(double: StripeDouble, key: str = SECRET_KEY, patience: float = PATIENCE) -> Any:
    """Stripe's client, which tries once and waits for half a second."""
    http = stripe.RequestsClient(timeout=patience)
    return stripe.StripeClient(
        key, base_addresses={"api": double.url}, http_client=http, max_network_retries=0
    ).v1


@pytest.fixture
def api(stripe_double: StripeDouble) -> Any:
    return client_of(stripe_double)


@pytest.fixture
def paid(api: Any, stripe_double: StripeDouble) -> str:
    """An intent that somebody paid."""
    name = str(api.payment_intents.create(ORDER).id)
    stripe_double.pay(name)
    return name


def refusal(call: Callable[[], object], kind: type[stripe.StripeError] = Refused) -> Any:
    with pytest.raises(kind) as caught:
        call()
    return caught.value


# At the door.


def test_a_wrong_key_is_not_let_in(stripe_double: StripeDouble) -> None:
    wrong = client_of(stripe_double, "sk_test_another")
    assert refusal(wrong.balance.retrieve, stripe.AuthenticationError).http_status == 401
    assert client_of(stripe_double).balance.retrieve().livemode is False


def test_a_publishable_key_does_nothing_a_browser_may_not(stripe_double: StripeDouble) -> None:
    browser = client_of(stripe_double, PUBLISHABLE_KEY)
    refusal(lambda: browser.payment_intents.create(ORDER), stripe.AuthenticationError)


def test_live_and_test_do_not_see_each_other(api: Any, stripe_double: StripeDouble, paid: str) -> None:
    live = client_of(stripe_double, LIVE_SECRET_KEY)
    error = refusal(lambda: live.payment_intents.retrieve(paid))
    assert (error.http_status, error.code) == (404, "resource_missing")
    assert live.payment_intents.create(ORDER).livemode is True
    assert [intent.id for intent in api.payment_intents.list().data] == [paid]


def test_a_request_without_version_or_in_json_is_refused(stripe_double: StripeDouble) -> None:
    headers = {"Authorization": f"Bearer {SECRET_KEY}"}
    with httpx.Client(base_url=stripe_double.url, headers=headers) as client:
        assert "version" in client.get("/v1/balance").json()["error"]["message"]
        client.headers["Stripe-Version"] = "2026-10-28.endive"
        assert client.get("/v1/balance").headers["Stripe-Version"] == "2026-10-28.endive"
        assert "form-encoded" in client.post("/v1/payment_intents", json=ORDER).json()["error"]["message"]
        assert client.get("/v1/unicorns").status_code == 404


@pytest.mark.parametrize(
    ("change", "code", "param"),
    [
        ({"tip": 1}, "parameter_unknown", "tip"),
        ({"automatic_payment_methods": {"tip": 1}}, "parameter_unknown", "automatic_payment_methods[tip]"),
        ({"amount": "10.50"}, "parameter_invalid_integer", "amount"),
        ({"amount": 0}, "parameter_invalid_integer", "amount"),
        ({"amount": 49}, "amount_too_small", "amount"),
        ({"amount": 100_000_000}, "amount_too_large", "amount"),
        ({"currency": "USD"}, None, "currency"),
        ({"currency": "jpy", "amount": 49}, "amount_too_small", "amount"),
        ({"currency": "ugx", "amount": 500_050}, "invalid_charge_amount", "amount"),
        ({"currency": "kwd", "amount": 1055}, "invalid_charge_amount", "amount"),
        ({"description": ""}, "parameter_invalid_empty", "description"),
        ({"metadata": {"long": "x" * 501}}, None, "metadata"),
    ],
)
def test_what_stripe_does_not_take_is_refused(
    api: Any, change: dict[str, Any], code: str | None, param: str
) -> None:
    error = refusal(lambda: api.payment_intents.create(ORDER | change))
    assert (error.http_status, error.code, error.param) == (400, code, param)
    assert not api.payment_intents.list().data


def test_currencies_without_or_with_three_decimals_are_taken_as_they_are(api: Any) -> None:
    for currency, amount in (("jpy", 1050), ("ugx", 500_000), ("kwd", 1050)):
        assert api.payment_intents.create({"amount": amount, "currency": currency}).amount == amount


# Payment intents.


def test_a_paid_intent_has_a_charge_and_a_fee(api: Any, paid: str) -> None:
    assert isinstance(api.payment_intents.retrieve(paid).latest_charge, str)
    intent = api.payment_intents.retrieve(paid, {"expand": ["latest_charge.balance_transaction"]})
    assert (intent.status, intent.amount_received) == ("succeeded", 1050)
    assert (intent.latest_charge.paid, intent.latest_charge.balance_transaction.fee) == (True, 60)
    refusal(lambda: api.payment_intents.retrieve(paid, {"expand": ["latest_charge.wish"]}))


def test_a_fee_may_be_late_or_in_another_currency(api: Any, stripe_double: StripeDouble) -> None:
    stripe_double.late_fees()
    stripe_double.settle_in("eur", 0.9)
    intent = api.payment_intents.create(ORDER)
    stripe_double.pay(intent.id)
    expand = {"expand": ["latest_charge.balance_transaction"]}
    assert api.payment_intents.retrieve(intent.id, expand).latest_charge.balance_transaction is None
    stripe_double.post_fee(intent.id)
    line = api.payment_intents.retrieve(intent.id, expand).latest_charge.balance_transaction
    assert (line.currency, line.amount) == ("eur", 945)


def test_a_decline_leaves_the_intent_open_for_another_card(api: Any, stripe_double: StripeDouble) -> None:
    intent = api.payment_intents.create(ORDER | {"automatic_payment_methods": {"enabled": True}})
    confirm = {"payment_method": "pm_card_visa_chargeDeclined", "return_url": "https://shop.test/"}
    error = refusal(lambda: api.payment_intents.confirm(intent.id, confirm), stripe.CardError)
    assert (error.http_status, error.code) == (402, "card_declined")
    declined = api.payment_intents.retrieve(intent.id)
    assert declined.status == "requires_payment_method"
    assert declined.last_payment_error.decline_code == "generic_decline"
    assert stripe_double.pay(intent.id, GOOD)["status"] == "succeeded"


def test_3d_secure_comes_between(stripe_double: StripeDouble, api: Any) -> None:
    intent = api.payment_intents.create(ORDER)
    assert stripe_double.pay(intent.id, WITH_3DS)["next_action"]["type"] == "use_stripe_sdk"
    assert stripe_double.authenticate(intent.id, passed=False)["status"] == "requires_payment_method"
    assert stripe_double.pay(intent.id, WITH_3DS, passed=True)["status"] == "succeeded"


def test_3d_secure_by_redirect_leads_to_the_bank_and_back(api: Any, stripe_double: StripeDouble) -> None:
    intent = api.payment_intents.create(ORDER)
    method = {"payment_method": "pm_card_authenticationRequired", "return_url": "https://shop.test/?o=1"}
    bank = api.payment_intents.confirm(intent.id, method).next_action.redirect_to_url.url
    assert "Complete authentication" in httpx.get(bank).text
    answer = httpx.post(bank, data={"outcome": "passed", "return_url": "https://shop.test/?o=1"})
    assert answer.headers["Location"].startswith(f"https://shop.test/?o=1&payment_intent={intent.id}&")
    assert stripe_double.thing(intent.id)["status"] == "succeeded"


def test_nothing_is_paid_or_canceled_twice(api: Any, stripe_double: StripeDouble, paid: str) -> None:
    canceled = api.payment_intents.create(ORDER).id
    assert (
        api.payment_intents.cancel(canceled, {"cancellation_reason": "abandoned"}).cancellation_reason
        == "abandoned"
    )
    confirm = {"payment_method": "pm_card_visa", "return_url": "https://shop.test/"}
    for name in (paid, canceled):
        for call in (
            lambda name=name: api.payment_intents.cancel(name),
            lambda name=name: api.payment_intents.confirm(name, confirm),
            lambda name=name: api.payment_intents.update(name, {"amount": 2000}),
        ):
            error = refusal(call)
            assert (error.http_status, error.code) == (400, "payment_intent_unexpected_state")
            assert error.error.payment_intent.id == name
    with pytest.raises(Exception, match="canceled"):
        stripe_double.pay(canceled)


def test_what_is_processing_is_canceled_in_rare_cases_only(api: Any, stripe_double: StripeDouble) -> None:
    intent = api.payment_intents.create(ORDER)
    stripe_double.process(intent.id)
    assert refusal(lambda: api.payment_intents.cancel(intent.id)).code == "payment_intent_unexpected_state"
    assert stripe_double.settle(intent.id, DECLINED)["status"] == "requires_payment_method"
    stripe_double.process(intent.id)
    stripe_double.cancels_processing()
    assert api.payment_intents.cancel(intent.id).status == "canceled"


def test_a_server_sends_no_card_numbers(api: Any) -> None:
    card = {"number": GOOD, "exp_month": 12, "exp_year": 34, "cvc": "123"}
    intent = api.payment_intents.create(ORDER)
    data = {"payment_method_data": {"type": "card", "card": card}, "return_url": "https://shop.test/"}
    with pytest.raises(stripe.StripeError, match="unsafe"):
        api.payment_intents.confirm(intent.id, data)


def test_lists_come_in_pages_with_the_newest_first(api: Any) -> None:
    made = [api.payment_intents.create(ORDER).id for _ in range(5)]
    page = api.payment_intents.list({"limit": 2})
    assert ([intent.id for intent in page.data], page.has_more) == (made[:2:-1], True)
    page = api.payment_intents.list({"limit": 3, "starting_after": made[3]})
    assert ([intent.id for intent in page.data], page.has_more) == (made[2::-1], False)
    assert len(list(api.payment_intents.list({"limit": 2}).auto_paging_iter())) == 5
    assert not api.payment_intents.list({"created": {"gte": 4_000_000_000}}).data
    refusal(lambda: api.payment_intents.list({"starting_after": "pi_unknown"}))
    refusal(lambda: api.payment_intents.list({"limit": 101}))


# Refunds and disputes.


def test_refunds_never_exceed_the_charge_and_pending_ones_count(
    api: Any, stripe_double: StripeDouble, paid: str
) -> None:
    stripe_double.next_refunds("pending")
    pending = api.refunds.create({"payment_intent": paid, "amount": 1000, "metadata": {"refund_id": "7"}})
    assert (pending.status, pending.metadata["refund_id"]) == ("pending", "7")
    assert refusal(lambda: api.refunds.create({"payment_intent": paid, "amount": 51})).param == "amount"
    assert api.refunds.create({"payment_intent": paid}).amount == 50
    error = refusal(lambda: api.refunds.create({"payment_intent": paid}))
    assert error.code == "charge_already_refunded"
    charge = api.payment_intents.retrieve(paid, {"expand": ["latest_charge"]}).latest_charge
    assert (charge.amount_refunded, charge.refunded) == (1050, True)
    assert [refund.amount for refund in api.refunds.list({"payment_intent": paid}).data] == [50, 1000]


def test_a_refund_may_fail_after_it_succeeded(api: Any, stripe_double: StripeDouble, paid: str) -> None:
    refund = api.refunds.create({"payment_intent": paid})
    assert refund.status == "succeeded"
    stripe_double.change_refund(refund.id, "failed", "lost_or_stolen_card")
    failed = api.refunds.retrieve(refund.id)
    assert (failed.status, failed.failure_reason) == ("failed", "lost_or_stolen_card")
    assert api.refunds.create({"payment_intent": paid, "amount": 1050}).status == "succeeded"
    with pytest.raises(ValueError, match="does not become"):
        stripe_double.change_refund(refund.id, "succeeded")


def test_what_cannot_be_refunded_is_refused(api: Any, stripe_double: StripeDouble, paid: str) -> None:
    unpaid = api.payment_intents.create(ORDER).id
    error = refusal(lambda: api.refunds.create({"payment_intent": unpaid}))
    assert "does not have a successful charge" in error.user_message
    assert refusal(lambda: api.refunds.create({"payment_intent": "pi_unknown"})).code == "resource_missing"
    assert refusal(lambda: api.refunds.create({"amount": 5})).code == "parameter_missing"
    refusal(lambda: api.refunds.create({"payment_intent": paid, "reason": "whim"}))
    stripe_double.next_refunds("refused")
    error = refusal(lambda: api.refunds.create({"payment_intent": paid}))
    assert error.code == "balance_insufficient"
    stripe_double.open_dispute(paid)
    assert refusal(lambda: api.refunds.create({"payment_intent": paid})).code == "charge_disputed"


def test_only_a_refund_that_waits_for_the_payer_can_be_canceled(
    api: Any, stripe_double: StripeDouble, paid: str
) -> None:
    stripe_double.next_refunds("requires_action", "pending_insufficient_funds")
    waits, low = (api.refunds.create({"payment_intent": paid, "amount": 100}) for _ in range(2))
    assert low.pending_reason == "insufficient_funds"
    assert api.refunds.cancel(waits.id).status == "canceled"
    refusal(lambda: api.refunds.cancel(low.id))


def test_a_dispute_takes_the_money_and_may_give_it_back(
    api: Any, stripe_double: StripeDouble, paid: str
) -> None:
    warned = stripe_double.open_dispute(paid, warning=True)
    assert (warned["status"], warned["is_charge_refundable"]) == ("warning_needs_response", True)
    before = api.balance.retrieve().available[0].amount
    stripe_double.escalate_dispute(warned["id"])
    assert api.balance.retrieve().available[0].amount == before - 1050 - 1500
    (dispute,) = api.disputes.list({"payment_intent": paid}).data
    assert (dispute.status, dispute.amount) == ("needs_response", 1050)
    stripe_double.answer_dispute(dispute.id)
    stripe_double.close_dispute(dispute.id, won=True)
    assert api.disputes.retrieve(dispute.id).status == "won"
    assert api.balance.retrieve().available[0].amount == before
    kinds = [event["type"] for event in stripe_double.events(about=dispute.id)]
    assert kinds == [
        f"charge.dispute.{what}"
        for what in ("created", "updated", "funds_withdrawn", "updated", "funds_reinstated", "closed")
    ]


def test_a_card_may_dispute_by_itself(api: Any, stripe_double: StripeDouble) -> None:
    intent = api.payment_intents.create(ORDER)
    stripe_double.pay(intent.id, "4000000000000259")
    (dispute,) = api.disputes.list({"payment_intent": intent.id}).data
    stripe_double.close_dispute(dispute.id, won=False)
    assert api.disputes.retrieve(dispute.id).status == "lost"


# Idempotency.


def test_the_same_key_gives_the_same_answer_and_other_parameters_are_refused(api: Any) -> None:
    first = api.payment_intents.create(ORDER, {"idempotency_key": "order-1"})
    again = api.payment_intents.create(ORDER, {"idempotency_key": "order-1"})
    assert again.id == first.id
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    refusal(
        lambda: api.payment_intents.create(ORDER | {"amount": 1051}, {"idempotency_key": "order-1"}),
        stripe.IdempotencyError,
    )
    refusal(
        lambda: api.refunds.create({"payment_intent": first.id}, {"idempotency_key": "order-1"}),
        stripe.IdempotencyError,
    )
    assert len(api.payment_intents.list().data) == 1


def test_a_key_whose_first_request_still_runs_is_in_use(stripe_double: StripeDouble) -> None:
    stripe_double.fault("slow", path="/v1/payment_intents$", method="POST", seconds=20)
    answers: list[Any] = []
    patient = client_of(stripe_double, patience=20)
    first = threading.Thread(
        target=lambda: answers.append(patient.payment_intents.create(ORDER, {"idempotency_key": "one"}))
    )
    first.start()
    stripe_double.wait_until_hanging()
    second = {"idempotency_key": "one"}
    error = refusal(
        lambda: client_of(stripe_double).payment_intents.create(ORDER, second), stripe.StripeError
    )
    assert (error.http_status, error.error.code) == (409, "idempotency_key_in_use")
    stripe_double.release()
    first.join()
    assert client_of(stripe_double).payment_intents.create(ORDER, second).id == answers[0].id


def test_a_failure_is_kept_for_its_key_and_what_began_nothing_is_not(
    api: Any, stripe_double: StripeDouble, paid: str
) -> None:
    key = {"idempotency_key": "refund-1"}
    stripe_double.fault("error_before", path="/v1/refunds", status=503)
    refusal(lambda: api.refunds.create({"payment_intent": paid}, key), stripe.APIError)
    refusal(lambda: api.refunds.create({"payment_intent": paid, "whim": 1}, key))
    stripe_double.fault("error_after", path="/v1/refunds")
    for _ in range(2):
        error = refusal(lambda: api.refunds.create({"payment_intent": paid}, key), stripe.APIError)
        assert error.http_status == 500
    assert [refund.amount for refund in api.refunds.list({"payment_intent": paid}).data] == [1050]


def test_a_timeout_after_the_work_and_the_same_key_again_make_one_object(
    api: Any, stripe_double: StripeDouble
) -> None:
    stripe_double.fault("hang_after", path="/v1/payment_intents$")
    refusal(lambda: api.payment_intents.create(ORDER, {"idempotency_key": "one"}), stripe.APIConnectionError)
    intent = api.payment_intents.create(ORDER, {"idempotency_key": "one"})
    assert [known["id"] for known in stripe_double.intents(reference="order-1")] == [intent.id]
    stripe_double.pay(intent.id)
    stripe_double.fault("hang_after", path="/v1/refunds$")
    refund = {"payment_intent": intent.id, "amount": 1000}
    refusal(lambda: api.refunds.create(refund, {"idempotency_key": "two"}), stripe.APIConnectionError)
    api.refunds.create(refund, {"idempotency_key": "two"})
    assert len(api.refunds.list({"payment_intent": intent.id}).data) == 1
