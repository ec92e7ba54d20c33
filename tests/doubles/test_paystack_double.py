"""Charges and the checkout page of the Paystack double are as strict as Paystack."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.doubles.paystack import LIVE_KEY, PaystackDouble
from tests.doubles.paystack_shop import api_client, charge_of, initialize, press, refused


def test_a_key_is_needed_and_test_and_live_know_nothing_of_each_other(
    paystack_double: PaystackDouble,
) -> None:
    with httpx.Client(base_url=paystack_double.url, trust_env=False) as nobody:
        refused(nobody.get("/balance"), 401, "no_authorization")
    with api_client(paystack_double.url, "sk_test_another") as stranger:
        refused(stranger.get("/balance"), 401, "invalid_Key")
    with api_client(paystack_double.url, LIVE_KEY) as live, api_client(paystack_double.url) as test:
        initialize(live)
        assert charge_of(live)["domain"] == "live"
        refused(test.get("/transaction/verify/order-1"), 400, "transaction_not_found")


def test_a_new_charge_has_a_page_and_is_abandoned_until_it_is_paid(shop: httpx.Client) -> None:
    page = initialize(shop).json()["data"]
    assert page["reference"] == "order-1"
    assert page["authorization_url"].endswith(f"/checkout/{page['access_code']}")
    charge = charge_of(shop)
    assert (charge["status"], charge["amount"], charge["requested_amount"]) == ("abandoned", 10500, 10500)
    assert charge["paid_at"] is None and charge["authorization"] == {} and charge["fees"] is None


def test_a_reference_is_used_once(shop: httpx.Client) -> None:
    initialize(shop)
    assert refused(initialize(shop), 400, "duplicate_reference") == "Duplicate Transaction Reference"


def test_of_those_who_ask_for_a_reference_at_once_one_has_it(shop: httpx.Client) -> None:
    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda _: initialize(shop).status_code, range(16)))
    assert sorted(answers) == [200] + 15 * [400]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"email": ""}, "missing_params"),
        ({"email": "nobody"}, "invalid_email_address"),
        ({"amount": None}, "missing_params"),
        ({"amount": 10.5}, "invalid_amount"),
        ({"amount": "10.50"}, "invalid_amount"),
        ({"amount": True}, "invalid_amount"),
        ({"amount": -100}, "invalid_amount"),
        ({"amount": 9}, "invalid_amount"),
        ({"reference": "order_1"}, "invalid_reference"),
        ({"reference": "order 1"}, "invalid_reference"),
        ({"channels": ["cash"]}, "invalid_channels"),
        ({"callback_url": "/back"}, "invalid_callback_url"),
        ({"metadata": "no JSON"}, "invalid_metadata"),
        ({"refrence": "order-2"}, "unknown_params"),
    ],
)
def test_what_initialize_does_not_take(shop: httpx.Client, changes: dict[str, Any], code: str) -> None:
    refused(initialize(shop, **changes), 400, code)
    refused(shop.get("/transaction/verify/order-1"), 400, "transaction_not_found")


def test_a_merchant_in_ghana_collects_cedis_only(shop: httpx.Client, paystack_double: PaystackDouble) -> None:
    message = refused(initialize(shop, currency="USD"), 403, "unsupported_currency")
    assert message == "Currency not supported by merchant"
    paystack_double.configure(currencies=("GHS", "USD"))
    assert initialize(shop, currency="USD").status_code == 200


def test_bodies_are_json(shop: httpx.Client) -> None:
    refused(shop.post("/transaction/initialize", data={"email": "a@b.co"}), 415, "unsupported_media_type")
    broken = shop.post("/refund", content=b"{", headers={"Content-Type": "application/json"})
    refused(broken, 400, "invalid_json")


def test_an_unknown_reference_is_refused_in_either_way(
    shop: httpx.Client, paystack_double: PaystackDouble
) -> None:
    refused(shop.get("/transaction/verify/none"), 400, "transaction_not_found")
    paystack_double.configure(unknown_reference_status=404)
    refused(shop.get("/transaction/verify/none"), 404, "transaction_not_found")


def test_a_decline_is_told_with_status_true_and_no_webhook_and_may_still_be_paid(
    shop: httpx.Client, paystack_double: PaystackDouble
) -> None:
    initialize(shop)
    paystack_double.decline("order-1", reason="Insufficient Funds")
    answer = shop.get("/transaction/verify/order-1")
    assert (answer.status_code, answer.json()["status"]) == (200, True)
    assert answer.json()["data"]["status"] == "failed"
    assert answer.json()["data"]["gateway_response"] == "Insufficient Funds"
    assert paystack_double.told() == []
    paystack_double.pay("order-1")
    assert charge_of(shop)["status"] == "success"


def test_a_payer_is_charged_once(shop: httpx.Client, paystack_double: PaystackDouble) -> None:
    initialize(shop)
    first = paystack_double.pay("order-1", channel="mobile_money", number="0241112223", network="vod")
    assert paystack_double.pay("order-1") == first
    assert len(paystack_double.told("charge.success")) == 1
    shown = charge_of(shop)["authorization"]
    assert (shown["channel"], shown["bin"], shown["last4"]) == ("mobile_money", "024XXX", "X223")


def test_charges_are_listed_newest_first_by_page_and_time(shop: httpx.Client) -> None:
    for number in range(5):
        initialize(shop, f"order-{number}")
    first, last = charge_of(shop, "order-0"), charge_of(shop, "order-4")
    listed = shop.get(
        "/transaction", params={"perPage": 2, "page": 3, "from": first["created_at"][:10]}
    ).json()
    assert [charge["reference"] for charge in listed["data"]] == ["order-0"]
    assert (listed["meta"]["total"], listed["meta"]["pageCount"]) == (5, 3)
    assert shop.get("/transaction", params={"from": "2999-01-01"}).json()["data"] == []
    assert shop.get(f"/transaction/{last['id']}").json()["data"] == last
    refused(shop.get("/transaction/1"), 404, "transaction_not_found")


@pytest.mark.parametrize(
    ("shape", "written"), [("empty", ""), ("zero", 0), ("string", '{"a": 1}'), ("", {"a": 1})]
)
def test_metadata_comes_back_in_any_shape(
    shop: httpx.Client, paystack_double: PaystackDouble, shape: str, written: Any
) -> None:
    initialize(shop, metadata={"a": 1})
    paystack_double.configure(metadata_as=shape, amount_as_string=True)
    assert charge_of(shop)["metadata"] == written
    assert charge_of(shop)["amount"] == "10500"


def test_a_payer_who_bears_the_fee_is_charged_more_than_was_asked(
    shop: httpx.Client, paystack_double: PaystackDouble
) -> None:
    paystack_double.configure(customer_pays_fee=True)
    initialize(shop)
    paystack_double.pay("order-1")
    charge = charge_of(shop)
    assert (charge["requested_amount"], charge["amount"], charge["fees"]) == (10500, 10705, 205)


def test_what_is_read_can_be_tampered_with(shop: httpx.Client, paystack_double: PaystackDouble) -> None:
    initialize(shop)
    wrong = {"amount": 1, "currency": "NGN", "domain": "live", "reference": "other"}
    paystack_double.tamper("order-1", wrong)
    paystack_double.pay("order-1")
    charge = charge_of(shop)
    assert {name: charge[name] for name in wrong} == wrong
    assert paystack_double.told("charge.success")[0]["data"]["reference"] == "other"


# The checkout page.


def test_a_card_is_paid_without_javascript_and_leads_back_to_the_shop(
    page: httpx.Response, shop: httpx.Client
) -> None:
    assert "Pay GHS 105.00" in page.text and "<script" not in page.text
    back = press(page, "card", number="4084084084084081")
    assert back.status_code == 303
    assert back.headers["Location"] == "http://shop.test/back?order=7&trxref=order-1&reference=order-1"
    assert charge_of(shop)["status"] == "success"
    assert "has been paid" in httpx.get(page.url, trust_env=False).text


def test_a_phone_is_waited_for(page: httpx.Response, shop: httpx.Client) -> None:
    waiting = press(page, "mobile-money", phone="0551234987", network="mtn")
    assert waiting.status_code == 200 and charge_of(shop)["status"] == "ongoing"
    assert press(waiting, "approve").status_code == 303
    assert charge_of(shop)["status"] == "success"


def test_a_phone_may_say_no_and_the_payer_goes_on_by_card(page: httpx.Response, shop: httpx.Client) -> None:
    declined = press(press(page, "mobile-money", phone="0551234987", network="mtn"), "decline")
    assert "declined" in declined.text and charge_of(shop)["status"] == "failed"
    assert "declined" in press(declined, "card", number="4084 0800 0000 5408").text
    assert press(declined, "card", number="4084084084084081").status_code == 303
    assert charge_of(shop)["log"]["errors"] == 2


def test_who_cancels_goes_where_the_metadata_says(page: httpx.Response, shop: httpx.Client) -> None:
    assert press(page, "cancel").headers["Location"] == "http://shop.test/no"
    assert charge_of(shop)["status"] == "abandoned"


def test_a_slow_payment_comes_back_before_its_money(
    page: httpx.Response, shop: httpx.Client, paystack_double: PaystackDouble
) -> None:
    paystack_double.configure(slow_seconds=60)
    assert press(page, "slow").status_code == 303
    assert charge_of(shop)["status"] == "processing"
    paystack_double.pay("order-1")
    assert charge_of(shop)["status"] == "success"


def test_a_page_closes_when_its_session_is_over_but_late_money_may_still_come(
    page: httpx.Response, shop: httpx.Client, paystack_double: PaystackDouble
) -> None:
    assert shop.put("/integration/payment_session_timeout", json={"timeout": 540}).status_code == 200
    told = shop.get("/integration/payment_session_timeout").json()["data"]
    assert told == {"payment_session_timeout": 540}
    _, charge = paystack_double.desk.charge("order-1")
    charge.created_at = charge.created_at.replace(year=2020)
    assert "expired" in press(page, "card", number="4084084084084081").text
    paystack_double.pay("order-1")
    assert charge_of(shop)["status"] == "success"
