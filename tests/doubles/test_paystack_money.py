"""Refunds, disputes and transfers of the Paystack double: nothing is done twice for free, and no more than there is."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.doubles.paystack import PaystackDouble
from tests.doubles.paystack_shop import charge_of, initialize, press, refund, refused

PAYOUT = "payout_0123456789-a"
MTN = {
    "type": "mobile_money",
    "name": "Night market",
    "account_number": "0551234987",
    "bank_code": "MTN",
    "currency": "GHS",
}


def test_a_refund_goes_its_way_and_tells_of_each_step(
    shop: httpx.Client, paystack_double: PaystackDouble, paid: dict[str, Any]
) -> None:
    made = refund(shop, amount=500, merchant_note="refund-7").json()["data"]
    assert (made["status"], made["transaction"]["reference"]) == ("pending", "order-1")
    paystack_double.finish_refund(made["id"])
    read = shop.get(f"/refund/{made['id']}").json()["data"]
    assert (read["status"], read["transaction"], read["merchant_note"]) == (
        "processed",
        paid["id"],
        "refund-7",
    )
    told = paystack_double.told("refund.")
    assert [each["event"] for each in told] == ["refund.pending", "refund.processing", "refund.processed"]
    assert told[0]["data"]["refund_reference"] is None and told[2]["data"]["amount"] == "500"
    assert all("id" not in each["data"] for each in told)


@pytest.mark.usefixtures("paid")
def test_the_same_refund_posted_twice_is_two_refunds(shop: httpx.Client) -> None:
    first, second = (refund(shop, amount=500, merchant_note="refund-7").json()["data"] for _ in range(2))
    assert first["id"] != second["id"]
    assert len(shop.get("/refund").json()["data"]) == 2


def test_more_than_is_left_is_not_refunded_pending_counts_and_failed_does_not(
    shop: httpx.Client, paystack_double: PaystackDouble, paid: dict[str, Any]
) -> None:
    pending = refund(shop, transaction=paid["id"], amount=6000).json()["data"]
    refused(refund(shop, amount=4501), 400, "invalid_amount")
    # Without an amount it is the whole transaction, not what is left of it.
    refused(refund(shop), 400, "invalid_amount")
    paystack_double.finish_refund(pending["id"], "failed")
    whole = refund(shop).json()["data"]
    assert whole["amount"] == 10500
    paystack_double.finish_refund(whole["id"])
    assert charge_of(shop)["status"] == "reversed"
    refused(refund(shop, amount=1), 400, "transaction_reversed")


def test_only_what_was_paid_is_refunded(shop: httpx.Client) -> None:
    refused(refund(shop), 404, "transaction_not_found")
    initialize(shop)
    refused(refund(shop), 400, "transaction_not_successful")


@pytest.mark.usefixtures("paid")
def test_a_refund_needs_money_at_paystack(shop: httpx.Client, paystack_double: PaystackDouble) -> None:
    paystack_double.configure(refund_balance_too_low=True)
    refused(refund(shop), 400, "insufficient_balance")
    assert paystack_double.refunds() == []


def test_a_refund_to_a_test_card_that_needs_attention_is_retried_with_details(
    page: httpx.Response, shop: httpx.Client, paystack_double: PaystackDouble
) -> None:
    press(page, "card", number="4084 0800 0067 1902")
    made = refund(shop).json()["data"]["id"]
    assert paystack_double.finish_refund(made)["status"] == "needs-attention"
    assert paystack_double.told("refund.needs-attention")[0]["data"]["id"] == made
    address = f"/refund/retry_with_customer_details/{made}"
    refused(shop.post(address, json={}), 400, "missing_params")
    details = {"currency": "GHS", "account_number": "0551234987", "bank_id": "28"}
    retried = shop.post(address, json={"refund_account_details": details})
    assert retried.json()["data"]["status"] == "processing"


def test_a_refund_may_fail_after_it_was_processed_and_the_money_is_back(
    shop: httpx.Client, paystack_double: PaystackDouble, paid: dict[str, Any]
) -> None:
    before = shop.get("/balance").json()["data"]
    made = refund(shop).json()["data"]["id"]
    paystack_double.finish_refund(made)
    assert shop.get("/balance").json()["data"] != before
    paystack_double.move_refund(made, "failed")
    assert shop.get("/balance").json()["data"] == before
    assert charge_of(shop)["status"] == "success"


def test_refunds_are_listed_by_the_number_of_their_transaction(
    shop: httpx.Client, paystack_double: PaystackDouble, paid: dict[str, Any]
) -> None:
    initialize(shop, "order-2")
    paystack_double.pay("order-2")
    paystack_double.refund("order-2", 100)
    mine = paystack_double.refund("order-1", 200, merchant_note="by hand")
    listed = shop.get("/refund", params={"transaction": paid["id"]}).json()["data"]
    assert [each["id"] for each in listed] == [mine["id"]]
    refused(shop.get("/refund", params={"transaction": "order-1"}), 400, "invalid_params")
    paystack_double.configure(list_filter="ignored")
    assert len(shop.get("/refund", params={"transaction": paid["id"]}).json()["data"]) == 2


@pytest.mark.usefixtures("paid")
def test_lists_may_lag_behind(shop: httpx.Client, paystack_double: PaystackDouble) -> None:
    paystack_double.configure(list_lag=60)
    made = refund(shop).json()["data"]["id"]
    assert shop.get("/refund").json()["data"] == []
    assert shop.get(f"/refund/{made}").status_code == 200


# Disputes.


def test_a_dispute_is_opened_reminded_of_and_resolved(
    shop: httpx.Client, paystack_double: PaystackDouble, paid: dict[str, Any]
) -> None:
    opened = paystack_double.open_dispute("order-1", amount=5000)
    listed = shop.get("/dispute", params={"transaction": paid["id"]}).json()["data"]
    assert (listed[0]["id"], listed[0]["status"]) == (opened["id"], "awaiting-merchant-feedback")
    paystack_double.remind_dispute(opened["id"])
    paystack_double.resolve_dispute(opened["id"], "declined")
    read = shop.get(f"/dispute/{opened['id']}").json()["data"]
    assert (read["status"], read["resolution"], read["refund_amount"]) == ("resolved", "declined", 5000)
    told = paystack_double.told("charge.dispute.")
    assert [each["event"].rpartition(".")[2] for each in told] == ["create", "remind", "resolve"]
    assert told[0]["data"]["transaction"]["reference"] == "order-1"


@pytest.mark.usefixtures("paid")
def test_a_lost_dispute_takes_the_money_and_may_stand_among_the_refunds(
    shop: httpx.Client, paystack_double: PaystackDouble
) -> None:
    before = shop.get("/balance").json()["data"][0]["balance"]
    opened = paystack_double.open_dispute("order-1")
    paystack_double.resolve_dispute(opened["id"], "auto-accepted", with_refund=True)
    assert shop.get("/balance").json()["data"][0]["balance"] == before - 10500
    assert shop.get("/refund").json()["data"][0]["dispute"] == opened["id"]
    assert charge_of(shop)["status"] == "reversed"


# Transfers.


@pytest.fixture
def recipient(shop: httpx.Client) -> str:
    """The code of a phone that money can be sent to."""
    return str(shop.post("/transferrecipient", json=MTN).json()["data"]["recipient_code"])


def transfer(client: httpx.Client, recipient: str, **asked: Any) -> httpx.Response:
    whole = {
        "source": "balance",
        "amount": 5000,
        "currency": "GHS",
        "recipient": recipient,
        "reference": PAYOUT,
    }
    return client.post("/transfer", json=whole | asked)


def balance(client: httpx.Client) -> int:
    return int(client.get("/balance").json()["data"][0]["balance"])


def test_an_account_that_is_known_is_told_again_under_its_first_name(
    shop: httpx.Client, recipient: str
) -> None:
    again = shop.post("/transferrecipient", json=MTN | {"name": "Another"})
    assert again.status_code == 201
    assert (again.json()["data"]["recipient_code"], again.json()["data"]["name"]) == (
        recipient,
        "Night market",
    )
    other = shop.post("/transferrecipient", json=MTN | {"account_number": "0551234000"})
    assert other.json()["data"]["recipient_code"] != recipient
    refused(shop.post("/transferrecipient", json=MTN | {"bank_code": "130100"}), 400, "invalid_bank_code")


def test_an_account_may_count_as_known_by_its_number_alone(
    shop: httpx.Client, paystack_double: PaystackDouble, recipient: str
) -> None:
    paystack_double.configure(recipient_by_number_alone=True)
    other = shop.post("/transferrecipient", json=MTN | {"bank_code": "VOD"}).json()["data"]
    assert (other["recipient_code"], other["details"]["bank_code"]) == (recipient, "MTN")


@pytest.mark.parametrize(
    "reference", ["short-reference", "Payout_0123456789-a", "payout.0123456789-a", "p" * 51]
)
def test_a_transfers_reference_has_rules_of_its_own(
    shop: httpx.Client, recipient: str, reference: str
) -> None:
    refused(transfer(shop, recipient, reference=reference), 400, "invalid_transfer_reference")


def test_a_transfer_is_made_once_and_takes_its_fee(
    shop: httpx.Client, paystack_double: PaystackDouble, recipient: str
) -> None:
    refused(shop.get(f"/transfer/verify/{PAYOUT}"), 404, "transfer_not_found")
    before = balance(shop)
    assert transfer(shop, recipient).json()["data"]["status"] == "pending"
    refused(transfer(shop, recipient), 400, "duplicate_transfer_reference")
    paystack_double.finish_transfer(PAYOUT)
    read = shop.get(f"/transfer/verify/{PAYOUT}").json()["data"]
    assert (read["status"], read["amount"], read["fee_charged"]) == ("success", 5000, 100)
    assert read["recipient"]["recipient_code"] == recipient
    assert balance(shop) == before - 5100
    assert [each["event"] for each in paystack_double.told()] == ["transfer.success"]


def test_a_transfer_needs_a_known_recipient_and_enough_money(
    shop: httpx.Client, paystack_double: PaystackDouble, recipient: str
) -> None:
    refused(transfer(shop, "RCP_unknown"), 400, "invalid_transfer_recipient")
    paystack_double.set_balance(5099)
    refused(transfer(shop, recipient), 400, "insufficient_balance")
    assert paystack_double.transfers() == []


@pytest.mark.parametrize("outcome", ["failed", "reversed"])
def test_the_money_of_a_transfer_that_did_not_arrive_is_back(
    shop: httpx.Client, paystack_double: PaystackDouble, recipient: str, outcome: str
) -> None:
    before = balance(shop)
    transfer(shop, recipient)
    if outcome == "reversed":
        paystack_double.finish_transfer(PAYOUT)
    paystack_double.finish_transfer(PAYOUT, outcome)
    assert balance(shop) == before
    assert paystack_double.told()[-1]["event"] == f"transfer.{outcome}"


def test_a_transfer_may_wait_for_a_code(
    shop: httpx.Client, paystack_double: PaystackDouble, recipient: str
) -> None:
    paystack_double.configure(transfer_outcome="otp")
    waiting = transfer(shop, recipient).json()["data"]
    assert waiting["status"] == "otp"
    code = {"transfer_code": waiting["transfer_code"]}
    refused(shop.post("/transfer/finalize_transfer", json=code | {"otp": "000000"}), 400, "invalid_otp")
    shop.post("/transfer/finalize_transfer", json=code | {"otp": "123456"})
    assert shop.get(f"/transfer/verify/{PAYOUT}").json()["data"]["status"] == "success"


def test_whose_an_account_is(shop: httpx.Client, paystack_double: PaystackDouble) -> None:
    paystack_double.add_account("MTN", "0551234987", "NIGHT MARKET LTD")
    asked = {"account_number": "0551234987", "bank_code": "MTN"}
    known = shop.get("/bank/resolve", params=asked).json()["data"]
    assert known == {"account_number": "0551234987", "account_name": "NIGHT MARKET LTD", "bank_id": 28}
    unknown = shop.get("/bank/resolve", params=asked | {"account_number": "0550000000"})
    assert "Could not resolve account name" in refused(unknown, 422, "invalid_account_number")
    refused(shop.get("/bank/resolve", params=asked | {"bank_code": "XYZ"}), 422, "invalid_bank_code")


def test_banks_are_listed_by_their_kind(shop: httpx.Client) -> None:
    phones = shop.get("/bank", params={"currency": "GHS", "type": "mobile_money"}).json()["data"]
    assert {bank["code"] for bank in phones} == {"MTN", "ATL", "VOD"}
    assert shop.get("/bank", params={"currency": "NGN"}).json()["data"] == []
