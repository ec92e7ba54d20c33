"""Charges by Paystack: what it is asked, what its answers mean, and that nothing but the right money looks like it."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Any

import pytest

from easyticket.core import clock
from easyticket.core.errors import Forbidden, Invalid, ProviderDown
from easyticket.core.ids import payment_reference
from easyticket.integrations.paystack_events import SIGNATURE_HEADER, sign
from easyticket.integrations.paystack_readings import read_charge
from easyticket.integrations.providers import (
    ChargeRefused,
    ChargeState,
    NoticeTopic,
    ReferenceUsed,
)
from tests.doubles.paystack import LIVE_KEY, TEST_KEY, PaystackDouble
from tests.integrations.paystack_shop import REFERENCE, RETURN, charge, paid, provider_of


def fetched(double: PaystackDouble, **tampered: Any) -> Any:
    if tampered:
        double.tamper(REFERENCE, tampered)
    return provider_of(double).fetch(REFERENCE, REFERENCE)


def body_of(double: PaystackDouble) -> dict[str, Any]:
    [call] = double.journal.calls("POST", "initialize")
    body: dict[str, Any] = json.loads(call.body)
    return body


def test_a_charge_is_begun_with_our_reference_and_leads_back(paystack_double: PaystackDouble) -> None:
    provider = provider_of(paystack_double)
    started = provider.start(charge())
    assert started.provider_ref == REFERENCE
    assert started.pay_url.startswith(f"{paystack_double.url}/checkout/")
    body = body_of(paystack_double)
    assert (body["amount"], body["currency"], body["callback_url"]) == (10500, "GHS", RETURN)
    assert body["channels"] == ["card", "mobile_money", "bank", "bank_transfer"]
    assert body["metadata"] == {"app": "easyticket", "reference": REFERENCE, "cancel_action": RETURN}
    assert (provider.is_live, provider.least_seconds, provider.least_minor("GHS")) == (False, 240, 10)
    assert provider.collects("GHS") and not provider.collects("USD")


def test_our_references_are_taken_as_they_are(paystack_double: PaystackDouble) -> None:
    reference = payment_reference()
    assert provider_of(paystack_double).start(charge(reference=reference)).provider_ref == reference


def test_a_reference_is_begun_once(paystack_double: PaystackDouble) -> None:
    provider = provider_of(paystack_double)
    paystack_double.fault("hang_after", path="initialize")
    with pytest.raises(ProviderDown):
        provider.start(charge())
    with pytest.raises(ReferenceUsed):
        provider.start(charge())
    assert len(paystack_double.charges()) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"currency": "USD"}, "Currency not supported by merchant"),
        ({"amount_minor": 9}, "below the minimum"),
        ({"email": "nobody"}, "Email is invalid"),
    ],
)
def test_what_paystack_does_not_collect_is_refused_in_words_for_the_payer(
    paystack_double: PaystackDouble, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(ChargeRefused, match=words) as refused:
        provider_of(paystack_double).start(charge(**changes))
    assert refused.value.message.endswith("Nothing was charged.")


def test_with_a_wrong_key_nothing_can_be_paid_and_nothing_is_known(paystack_double: PaystackDouble) -> None:
    stranger = provider_of(paystack_double, "sk_test_stranger")
    with pytest.raises(ChargeRefused, match="Nothing was charged"):
        stranger.start(charge())
    with pytest.raises(ProviderDown):
        stranger.fetch(REFERENCE, REFERENCE)
    with pytest.raises(Forbidden, match="does not take the secret key"):
        stranger.probe()
    provider_of(paystack_double).probe()


@pytest.mark.parametrize("status", [400, 404])
def test_a_reference_that_paystack_does_not_know_is_cancelled(
    paystack_double: PaystackDouble, status: int
) -> None:
    paystack_double.configure(unknown_reference_status=status)
    snapshot = fetched(paystack_double)
    assert (snapshot.state, snapshot.reference, snapshot.amount_minor) == (ChargeState.CANCELED, REFERENCE, 0)


def test_paid_money_is_told_with_its_method_and_its_fee(paystack_double: PaystackDouble) -> None:
    provider_of(paystack_double).start(charge())
    paystack_double.pay(REFERENCE, channel="mobile_money")
    snapshot = fetched(paystack_double)
    assert (snapshot.state, snapshot.amount_minor, snapshot.currency) == (ChargeState.PAID, 10500, "GHS")
    assert (snapshot.reference, snapshot.provider_ref, snapshot.is_live) == (REFERENCE, REFERENCE, False)
    assert (snapshot.method, snapshot.fee_minor) == ("mobile_money", 205)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("abandoned", ChargeState.OPEN),
        ("ongoing", ChargeState.OPEN),
        ("pending", ChargeState.PROCESSING),
        ("processing", ChargeState.PROCESSING),
        ("queued", ChargeState.PROCESSING),
        ("failed", ChargeState.FAILED),
        ("reversed", ChargeState.PAID),
        ("something-new", ChargeState.OPEN),
    ],
)
def test_what_statuses_mean(paystack_double: PaystackDouble, status: str, state: ChargeState) -> None:
    paid(paystack_double)
    assert fetched(paystack_double, status=status).state is state


def test_a_decline_is_told_with_its_reason_and_may_become_a_payment(paystack_double: PaystackDouble) -> None:
    provider = provider_of(paystack_double)
    provider.start(charge())
    paystack_double.decline(REFERENCE, reason="Insufficient Funds")
    snapshot = provider.fetch(REFERENCE, REFERENCE)
    assert (snapshot.state, snapshot.message) == (ChargeState.FAILED, "Insufficient Funds")
    paystack_double.pay(REFERENCE)
    assert provider.fetch(REFERENCE, REFERENCE).state is ChargeState.PAID


def test_closing_tells_how_it_stands_and_stops_nobody(paystack_double: PaystackDouble) -> None:
    provider = provider_of(paystack_double)
    provider.start(charge())
    assert provider.close(REFERENCE, REFERENCE).state is ChargeState.OPEN
    paystack_double.pay(REFERENCE)
    assert provider.close(REFERENCE, REFERENCE).state is ChargeState.PAID


class TestMoneyThatIsNotWhatWeAskedFor:
    """`settlement` takes a payment whose amount, currency, reference and mode are ours, and no other."""

    def test_more_is_paid_where_the_payer_bears_the_fee(self, paystack_double: PaystackDouble) -> None:
        paystack_double.configure(customer_pays_fee=True)
        paid(paystack_double)
        assert int(paystack_double.charges()[0]["amount"]) == 10705
        snapshot = fetched(paystack_double)
        assert (snapshot.amount_minor, snapshot.fee_minor) == (10500, 0)

    @pytest.mark.parametrize(
        ("amounts", "told"),
        [
            ({"amount": 100}, 100),
            ({"amount": 10499}, 10499),
            ({"requested_amount": 100}, 100),
            ({"requested_amount": 20000, "amount": 20000}, 20000),
            ({"requested_amount": None, "amount": 10700}, 10700),
            ({"requested_amount": 0}, 0),
            ({"requested_amount": None}, 10500),
        ],
    )
    def test_amounts(self, paystack_double: PaystackDouble, amounts: dict[str, Any], told: int) -> None:
        paid(paystack_double)
        assert fetched(paystack_double, **amounts).amount_minor == told

    @pytest.mark.parametrize("amounts", [{"requested_amount": 20000}, {"amount": 10499}, {"amount": 0}])
    def test_less_than_was_asked_for_is_no_answer_to_our_request(
        self, paystack_double: PaystackDouble, amounts: dict[str, Any]
    ) -> None:
        paid(paystack_double)
        snapshot = fetched(paystack_double, **amounts)
        assert (snapshot.reference, snapshot.provider_ref) == ("", REFERENCE)
        assert snapshot.message == "Less was paid than was asked for."

    def test_currency_mode_and_reference(self, paystack_double: PaystackDouble) -> None:
        paid(paystack_double)
        assert fetched(paystack_double, currency="NGN").currency == "NGN"
        assert fetched(paystack_double, domain="live").is_live is True
        assert fetched(paystack_double, reference="ET-ANOTHER").reference == "ET-ANOTHER"

    @pytest.mark.parametrize(
        "missing",
        [
            {"amount": None},
            {"amount": "ten"},
            {"amount": -1},
            {"amount": True},
            {"amount": 10500.5},
            {"currency": None},
            {"domain": None},
            {"domain": "other"},
            {"reference": 7},
            {"status": None},
        ],
    )
    def test_what_is_not_said_is_not_known(
        self, paystack_double: PaystackDouble, missing: dict[str, Any]
    ) -> None:
        paid(paystack_double)
        with pytest.raises(ProviderDown):
            fetched(paystack_double, **missing)


def test_amounts_may_come_as_text(paystack_double: PaystackDouble) -> None:
    paystack_double.configure(amount_as_string=True)
    paid(paystack_double)
    assert fetched(paystack_double).amount_minor == 10500


def test_francs_have_no_hundredths_here_and_do_there(paystack_double: PaystackDouble) -> None:
    paystack_double.configure(currencies=("XOF",))
    provider = provider_of(paystack_double, currencies=("XOF",))
    provider.start(charge(amount_minor=5250, currency="XOF"))
    assert body_of(paystack_double)["amount"] == 525000
    paystack_double.pay(REFERENCE)
    snapshot = provider.fetch(REFERENCE, REFERENCE)
    assert (snapshot.amount_minor, snapshot.currency, snapshot.fee_minor) == (5250, "XOF", 102)
    # Half a franc less is not all of it.
    paystack_double.tamper(REFERENCE, {"amount": 524950})
    assert provider.fetch(REFERENCE, REFERENCE).amount_minor == 5249


def test_our_charges_are_listed_from_all_pages_whatever_stands_in_their_metadata(
    paystack_double: PaystackDouble,
) -> None:
    provider = provider_of(paystack_double)
    before = clock.now() - timedelta(seconds=2)
    for number in range(103):
        provider.start(charge(reference=f"ET-{number:05}"))
    for number, metadata in enumerate(["", 0, None, [], "no JSON", {"app": "another"}]):
        paystack_double.tamper(f"ET-{number:05}", {"metadata": metadata})
    paystack_double.tamper("ET-00006", {"metadata": json.dumps({"app": "easyticket"})})
    listed = [snapshot.reference for snapshot in provider.list_charges(before)]
    assert sorted(listed) == [f"ET-{number:05}" for number in range(6, 103)]
    assert list(provider.list_charges(clock.now() + timedelta(minutes=1))) == []
    paystack_double.fault("error_before", path="/transaction$", skip=1)
    with pytest.raises(ProviderDown):
        list(provider.list_charges(before))


@pytest.mark.parametrize("kind", ["malformed", "html", "truncated", "dropped", "error_after", "hang_after"])
@pytest.mark.parametrize("path", ["initialize", "verify"])
def test_an_answer_that_nobody_can_read_says_nothing(
    paystack_double: PaystackDouble, kind: str, path: str
) -> None:
    provider = provider_of(paystack_double)
    if path == "verify":
        provider.start(charge())
    paystack_double.fault(kind, path=path, status=502)
    with pytest.raises(ProviderDown):
        provider.start(charge()) if path == "initialize" else provider.fetch(REFERENCE, REFERENCE)


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_an_answer_without_an_outcome_is_no_refusal(paystack_double: PaystackDouble, status: int) -> None:
    paystack_double.fault("error_before", status=status)
    with pytest.raises(ProviderDown):
        provider_of(paystack_double).start(charge())


def test_nobody_at_the_address(paystack_double: PaystackDouble) -> None:
    from easyticket.integrations.paystack_client import PaystackClient

    with pytest.raises(ProviderDown):
        PaystackClient(TEST_KEY, "http://127.0.0.1:9", patience=1).get("/balance")


def test_live_keys_read_live_books(paystack_double: PaystackDouble) -> None:
    live = provider_of(paystack_double, LIVE_KEY)
    live.start(charge())
    assert live.is_live
    assert live.fetch(REFERENCE, REFERENCE).is_live
    assert provider_of(paystack_double).fetch(REFERENCE, REFERENCE).state is ChargeState.CANCELED


@pytest.mark.parametrize(
    ("event", "data", "topic", "reference"),
    [
        ("charge.success", {"id": 1, "reference": "ET-1"}, NoticeTopic.CHARGE, "ET-1"),
        ("refund.processed", {"transaction_reference": "ET-1"}, NoticeTopic.REFUND, "ET-1"),
        ("charge.dispute.create", {"transaction": {"reference": "ET-1"}}, NoticeTopic.DISPUTE, "ET-1"),
        ("transfer.success", {"id": 1, "reference": "po-1"}, NoticeTopic.TRANSFER, "po-1"),
        ("customeridentification.failed", {"customer_id": 1}, NoticeTopic.OTHER, ""),
    ],
)
def test_webhooks_tell_what_to_read_afresh(
    paystack_double: PaystackDouble, event: str, data: dict[str, Any], topic: NoticeTopic, reference: str
) -> None:
    body = json.dumps({"event": event, "data": data}).encode()
    provider = provider_of(paystack_double)
    notice = provider.read_webhook(body, {SIGNATURE_HEADER: sign(body, TEST_KEY)})
    assert (notice.kind, notice.topic, notice.reference) == (event, topic, reference)
    for headers in ({}, {SIGNATURE_HEADER: sign(body, LIVE_KEY)}):
        with pytest.raises(Forbidden):
            provider.read_webhook(body, headers)
    with pytest.raises(Invalid):
        provider.read_webhook(b"[]", {SIGNATURE_HEADER: sign(b"[]", TEST_KEY)})


def test_every_webhook_of_the_double_can_be_read(paystack_double: PaystackDouble) -> None:
    paid(paystack_double)
    paystack_double.refund(REFERENCE, 500)
    dispute = paystack_double.open_dispute(REFERENCE)
    paystack_double.resolve_dispute(dispute["id"], "declined")
    told = paystack_double.told()
    provider = provider_of(paystack_double)
    notices = [provider.read_webhook(each["body"].encode(), each["headers"]) for each in told]
    assert {notice.reference for notice in notices} == {REFERENCE}
    assert [notice.topic for notice in notices] == [
        NoticeTopic.CHARGE,
        NoticeTopic.REFUND,
        NoticeTopic.DISPUTE,
        NoticeTopic.DISPUTE,
    ]
    assert len({notice.event_key for notice in notices}) == 4


def test_neither_key_nor_address_nor_number_is_written_down(
    paystack_double: PaystackDouble, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    paid(paystack_double)
    fetched(paystack_double, status="something-new")
    assert "something-new" in caplog.text
    for private in (TEST_KEY, "ama@example.org", "Bearer"):
        assert private not in caplog.text


def test_sentences_of_paystack_are_kept_without_what_is_private() -> None:
    paper = {"reference": "ET-1", "domain": "test", "status": "failed"}
    said = "Card of ama@example.org\n4084084084084081 declined by sk_live_0a"
    assert read_charge({**paper, "message": said}).message == "Card of *** *** declined by ***"
