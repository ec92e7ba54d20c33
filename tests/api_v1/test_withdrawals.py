"""Withdrawals through the door of the Cafa Tickets API."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from easyticket.core import clock
from easyticket.models import Payout
from easyticket.rules.permissions import SYSTEM
from easyticket.services.withdrawals import record_payout_paid
from tests import factories
from tests.api_v1.conftest import Caller
from tests.queries.test_balances import make_past_event, make_sale
from tests.services.test_withdrawals import ask, make_earner, make_profile
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")

BASE = "/api/v1/auth/withdrawal/"


def test_money_is_asked_for_read_and_put_back(call: Callable[..., Caller]) -> None:
    caller = call(make_earner())
    asked = caller.post(f"{BASE}request/", {"amount": 50})
    assert asked.status_code == 201
    assert (asked.json["success"], bool(asked.json["message"])) == (True, True)
    data = asked.json["data"]
    amounts = (data["requested_amount"], data["transfer_fee"], data["final_amount"], data["currency"])
    assert amounts == ("50.00", "0.00", "50.00", "GHS")
    assert (data["status"], data["can_cancel"]) == ("pending", True)
    assert data["bank_account"]["account_number"] == "******7890"
    assert data["bank_account"]["bank_name"] == "CAL Bank"
    assert "1234567890" not in asked.text
    one = f"{BASE}{data['withdrawal_id']}/"
    assert caller.get(one).json == {"success": True, "data": data}
    history = caller.get(f"{BASE}history/").json
    assert (history["count"], history["current_page"], history["results"]) == (1, 1, [data])

    cancelled = caller.post(f"{one}cancel/")
    assert cancelled.status_code == 200
    assert (cancelled.json["success"], cancelled.json["data"]["status"]) == (True, "cancelled")
    again = caller.post(f"{one}cancel/")
    assert (again.status_code, again.json["success"]) == (400, False)
    assert again.json["message"] == "This withdrawal can no longer be cancelled."


def test_a_refusal_says_what_could_be_paid_out(call: Callable[..., Caller]) -> None:
    user = make_earner(sales=1)
    profile_id = str(make_profile(user, is_default=False, status="verification_failed").uuid)
    caller = call(user)
    refusals = {
        "60": "GHS 50.00 can be paid out",
        "5": "The least that can be paid out is GHS 10.00.",
        "0": "The least that can be paid out is GHS 10.00.",
    }
    for amount, message in refusals.items():
        answer = caller.post(f"{BASE}request/", {"amount": amount, "payment_profile_id": ""})
        assert answer.status_code == answer.json["status_code"] == 400
        assert answer.json["success"] is False
        assert answer.json["message"].startswith(message)
        assert answer.json["data"] == {
            "available_balance": "50.00",
            "minimum_amount": "10.00",
            "currency": "GHS",
        }
    answer = caller.post(f"{BASE}request/", {"amount": 20, "payment_profile_id": profile_id})
    assert (answer.status_code, answer.json["success"]) == (400, False)
    assert "verified payment profiles only" in answer.json["message"]
    for body, field in (
        ({}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"amount": "-10"}, "amount"),
        ({"amount": "10.001"}, "amount"),
        ({"amount": 20, "currency": "XXX"}, "currency"),
        ({"amount": 20, "payment_profile_id": "x"}, "payment_profile_id"),
    ):
        wrong = caller.post(f"{BASE}request/", body)
        told = (wrong.status_code, wrong.json["success"], set(wrong.json["details"]))
        assert told == (400, False, {field})


def test_money_of_another_currency_than_the_accounts_is_refused(call: Callable[..., Caller]) -> None:
    user = make_earner()
    make_sale(make_past_event(user, currency="NGN"))
    caller = call(user)
    body = {"amount": 20, "currency": "NGN"}
    for more, message in (
        ({}, "Add an account for NGN first. Money in NGN can only go to a bank account in NGN."),
        (
            {"payment_profile_id": caller.get("/api/v1/auth/payment-profile/").json["results"][0]["id"]},
            "This account is paid in GHS only. Money in NGN can only go to a bank account in NGN.",
        ),
    ):
        answer = caller.post(f"{BASE}request/", body | more)
        assert (answer.status_code, answer.json["success"], answer.json["message"]) == (400, False, message)
        assert answer.json["data"] == {
            "available_balance": "50.00",
            "minimum_amount": "10.00",
            "currency": "NGN",
        }


def test_the_same_key_takes_money_out_once(call: Callable[..., Caller]) -> None:
    caller = call(make_earner())
    headers = {"Idempotency-Key": "one"}
    first = caller.post(f"{BASE}request/", {"amount": 50}, headers=headers)
    second = caller.post(f"{BASE}request/", {"amount": 50}, headers=headers)
    assert first.json == second.json
    assert caller.get(f"{BASE}history/").json["count"] == 1


def test_withdrawals_are_ones_own_and_need_a_proved_address(call: Callable[..., Caller]) -> None:
    payout = ask(make_earner())
    one = f"{BASE}{payout.uuid}/"
    stranger, nobody = call(factories.make_staff()), call()
    for method, path in (("GET", one), ("POST", f"{one}cancel/")):
        refused = stranger(method, path)
        assert (refused.status_code, refused.json.get("success", False)) == (404, False)
        assert nobody(method, path).status_code == 401
    assert stranger.get(f"{BASE}history/").json["results"] == []
    assert nobody.get(f"{BASE}history/").status_code == 401
    assert nobody.post(f"{BASE}request/", {"amount": 50}).status_code == 401
    unproved = call(factories.make_organizer(is_verified=False))
    assert unproved.post(f"{BASE}request/", {"amount": 50}).status_code == 403


def test_what_was_paid_is_completed_and_twenty_rows_take_as_many_statements_as_one(
    call: Callable[..., Caller],
) -> None:
    user = make_earner(sales=6)
    payout: Payout = ask(user, "10")
    record_payout_paid(actor=SYSTEM, reference=payout.reference, now=clock.now())
    caller = call(user)

    def statements() -> int:
        with counted_statements() as seen:
            rows = caller.get(f"{BASE}history/").json["results"]
        assert (rows[-1]["status"], rows[-1]["can_cancel"]) == ("completed", False)
        assert rows[-1]["completed_at"] is not None
        return len(seen)

    with_one = statements()
    for _ in range(19):
        ask(user, "10")
    assert statements() == with_one
