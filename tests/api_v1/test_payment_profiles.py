"""Payment profiles through the door of the Cafa Tickets API, under the paths of its page and of its clients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask

from easyticket.core import clock
from easyticket.db import db
from easyticket.jobs.entry import drain_outbox
from easyticket.models import PaymentProfile, User
from tests import factories
from tests.api_v1.conftest import Caller
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")

SEED, CLIENTS = "/api/v1/auth/users/payment-profile/", "/api/v1/auth/payment-profile/"
BANK = {
    "method": "bank_transfer",
    "name": "Cal Bank",
    "description": "Secondary",
    "account_details": {
        "account_number": "1234567890",
        "account_name": "John Doe",
        "bank_name": "CAL Bank",
        "bank_code": "140100",
    },
}
MOBILE = {
    "method": "mobile_money",
    "name": "MTN MoMo",
    "account_details": {"mobile_number": "+233241234567", "network": "MTN", "account_name": "Ama Owusu"},
}
PROFILE_KEYS = {
    "id",
    "method",
    "name",
    "description",
    "account_details",
    "fee_percentage",
    "status",
    "is_verified",
    "verified_at",
    "is_default",
    "created_at",
}


def test_a_bank_account_in_another_currency_says_so(call: Callable[..., Caller]) -> None:
    caller = call(factories.make_organizer())
    in_naira = {**BANK, "account_details": {**BANK["account_details"], "currency": "NGN"}}  # type: ignore[dict-item]
    for body, currency in ((in_naira, "NGN"), (BANK, "GHS"), (MOBILE, "GHS")):
        made = caller.post(CLIENTS, body)
        assert made.json["data"]["payment_profile"]["currency"] == currency
    wrong = {**BANK, "account_details": {**BANK["account_details"], "currency": "XXX"}}  # type: ignore[dict-item]
    refused = caller.post(CLIENTS, wrong)
    assert refused.status_code == 400
    assert refused.json["details"]["account_details"] == ["The currency is none that events are sold in."]


def with_number(number: str) -> dict[str, Any]:
    return {**BANK, "account_details": {**BANK["account_details"], "account_number": number}}  # type: ignore[dict-item]


@pytest.mark.parametrize("path", [SEED, CLIENTS])
def test_a_bank_account_is_made_verified_and_listed(call: Callable[..., Caller], path: str) -> None:
    caller = call(factories.make_organizer())
    made = caller.post(path, BANK)
    assert made.status_code == 201
    assert made.json["success"] is True
    profile, verification = made.json["data"]["payment_profile"], made.json["data"]["verification"]
    assert set(profile) >= PROFILE_KEYS
    assert isinstance(profile["id"], str)
    assert profile["account_details"] == {
        "account_number": "******7890",
        "account_name": "John Doe",
        "bank_name": "CAL Bank",
        "bank_code": "140100",
        "branch": "",
    }
    assert (profile["status"], profile["is_verified"]) == ("pending_verification", False)
    assert (profile["is_default"], profile["verified_at"]) == (True, None)
    assert (verification["status"], verification["attempts"]) == ("pending_verification", 1)
    waiting = caller.get(f"{path}{profile['id']}/verification-status/").json
    assert (waiting["status"], waiting["is_verified"], waiting["can_retry"]) == (
        "pending_verification",
        False,
        False,
    )
    assert "one to two minutes" in waiting["message"]
    assert waiting["verification_initiated_at"].endswith("Z")

    drain_outbox()
    verified = caller.get(f"{path}{profile['id']}/verification-status/").json
    assert (verified["status"], verified["is_verified"]) == ("verified", True)
    assert verified["resolved_name"] == "John Doe"
    listed = caller.get(path)
    assert listed.status_code == 200
    assert set(listed.json) == {"count", "results"}
    # What both event forms go by: the verified ones, and the default among them.
    assert [(row["status"], row["is_verified"], row["is_default"]) for row in listed.json["results"]] == [
        ("verified", True, True)
    ]
    assert "1234567890" not in made.text + listed.text


def test_a_mobile_money_number_is_masked_and_a_second_profile_is_no_default(
    call: Callable[..., Caller],
) -> None:
    caller = call(factories.make_organizer(first_name="Ama", last_name="Owusu"))
    without_name = {"account_number": "1234567890", "bank_name": "CAL Bank", "bank_code": "140100"}
    first = caller.post(CLIENTS, {**BANK, "account_details": without_name}).json["data"]["payment_profile"]
    assert first["account_details"]["account_name"] == "Ama Owusu"
    second = caller.post(CLIENTS, MOBILE).json["data"]["payment_profile"]
    assert second["account_details"] == {
        "mobile_number": "+233***4567",
        "network": "MTN",
        "account_name": "Ama Owusu",
    }
    assert (second["is_default"], second["frozen_until"] is not None) == (False, True)

    chosen = caller.post(f"{CLIENTS}{second['id']}/set-default/")
    assert chosen.status_code == 200
    assert chosen.json["payment_profile"]["id"] == second["id"]
    assert chosen.json["payment_profile"]["name"] == "MTN MoMo"
    assert chosen.json["payment_profile"]["is_default"] is True
    listed = caller.get(SEED).json["results"]
    assert [(row["id"], row["is_default"]) for row in listed] == [(second["id"], True), (first["id"], False)]
    refused = caller.delete(f"{SEED}{second['id']}/")
    assert refused.status_code == 400
    assert "default" in refused.json["message"]
    assert caller.delete(f"{SEED}{first['id']}/").status_code == 204
    assert caller.get(SEED).json["count"] == 1


def test_what_is_wrong_with_an_account_is_a_list_of_texts(call: Callable[..., Caller]) -> None:
    caller = call(factories.make_organizer())
    for details in (
        {"account_number": "12"},
        {"account_number": {"a": 1}, "bank_name": []},
        "1234567890",
        None,
        [],
    ):
        answer = caller.post(SEED, {**BANK, "account_details": details})
        assert answer.status_code == 400
        assert answer.json["message"] == "The data provided is invalid"
        texts = answer.json["details"]["account_details"]
        assert isinstance(texts, list)
        assert all(isinstance(text, str) and text for text in texts)
    answer = caller.post(CLIENTS, {"method": "cash", "name": "x"})
    assert set(answer.json["details"]) == {"method", "account_details"}
    answer = caller.post(CLIENTS, {**BANK, "name": "x", "description": "y" * 501})
    assert set(answer.json["details"]) == {"name", "description"}


def test_a_name_is_changed_and_another_number_is_verified_again(call: Callable[..., Caller]) -> None:
    caller = call(factories.make_organizer())
    profile = caller.post(SEED, BANK).json["data"]["payment_profile"]
    drain_outbox()
    path = f"{CLIENTS}{profile['id']}/"
    named = caller.patch(path, {**profile, "name": "My bank", "description": None})
    assert named.status_code == 200
    assert set(named.json) == {"message", "payment_profile"}
    changed = named.json["payment_profile"]
    assert (changed["name"], changed["description"], changed["status"]) == ("My bank", "", "verified")
    another = caller.patch(path, {"account_details": {"account_number": "9876543210"}}).json
    assert another["payment_profile"]["status"] == "pending_verification"
    assert another["payment_profile"]["account_details"]["account_number"] == "******3210"
    assert another["payment_profile"]["frozen_until"] is not None
    assert another["payment_profile"]["name"] == "My bank"


def test_a_failed_verification_says_why_and_is_retried_three_times_an_hour(
    call: Callable[..., Caller],
) -> None:
    caller = call(factories.make_organizer())
    profile = caller.post(SEED, with_number("1234560000")).json["data"]["payment_profile"]
    retry = f"{SEED}{profile['id']}/retry-verification/"
    running = caller.post(retry)
    assert (running.status_code, "being checked" in running.json["message"]) == (400, True)
    for body in ({"confirm": True}, {}, None):
        drain_outbox()
        failed = caller.get(f"{SEED}{profile['id']}/verification-status/").json
        assert (failed["status"], failed["can_retry"]) == ("verification_failed", True)
        assert failed["failure_reason"] == "Account number not found"
        answer = caller.post(retry, body)
        assert answer.status_code == 200
        assert answer.json["payment_profile"]["status"] == "pending_verification"
        assert answer.json["message"]
    drain_outbox()
    assert caller.post(retry, {"confirm": False}).json["details"].keys() == {"confirm"}
    too_often = caller.post(retry, {"confirm": True})
    assert too_often.status_code == 429
    assert int(too_often.headers["Retry-After"]) > 3500
    verified = caller.post(CLIENTS, BANK).json["data"]["payment_profile"]
    drain_outbox()
    assert caller.post(f"{CLIENTS}{verified['id']}/retry-verification/").status_code == 400


def test_a_slow_verification_ends_while_the_client_polls(call: Callable[..., Caller]) -> None:
    caller = call(factories.make_organizer())
    profile = caller.post(SEED, with_number("1234569999")).json["data"]["payment_profile"]
    path = f"{CLIENTS}{profile['id']}/verification-status/"
    drain_outbox()
    assert caller.get(path).json["status"] == "pending_verification"
    with time_machine.travel(clock.now() + timedelta(seconds=30), tick=False):
        drain_outbox()
    assert caller.get(path).json["status"] == "verified"


def test_without_a_party_that_checks_the_client_hears_who_does(
    call: Callable[..., Caller], app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = call(factories.make_organizer())
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], sandbox_payments=False))
    made = caller.post(SEED, BANK).json
    drain_outbox()
    profile = made["data"]["payment_profile"]
    status = caller.get(f"{SEED}{profile['id']}/verification-status/").json
    assert status["status"] == "pending_verification"
    assert "The people who run this site check this account" in status["message"]


def test_profiles_are_ones_own_and_need_a_proved_address(call: Callable[..., Caller]) -> None:
    owner = factories.make_organizer()
    profile = call(owner).post(SEED, BANK).json["data"]["payment_profile"]
    one = f"{SEED}{profile['id']}/"
    operations = (
        ("PATCH", one, {"name": "Other"}),
        ("DELETE", one, None),
        ("POST", f"{one}set-default/", None),
        ("GET", f"{one}verification-status/", None),
        ("POST", f"{one}retry-verification/", None),
    )
    stranger, nobody = call(factories.make_staff()), call()
    for method, path, body in operations:
        options = {"json": body} if body else {}
        assert stranger(method, path, **options).status_code == 404
        assert nobody(method, path, **options).status_code == 401
    assert stranger.get(f"{SEED}{uuid4()}/verification-status/").status_code == 404
    assert stranger.get(SEED).json == {"count": 0, "results": []}
    assert nobody.get(SEED).status_code == nobody.post(CLIENTS, BANK).status_code == 401

    unproved = call(factories.make_organizer(is_verified=False)).post(SEED, {})
    assert unproved.status_code == 403
    assert unproved.json["message"].startswith("Verify your e-mail address first")
    assert set(unproved.json["details"]) == {"non_field_errors"}


def test_twenty_profiles_take_as_many_statements_as_one(call: Callable[..., Caller]) -> None:
    user: User = factories.make_organizer()
    user_id, caller = user.id, call(user)

    def statements_with(count: int) -> int:
        for _ in range(count):
            row = PaymentProfile(
                user_id=user_id,
                method="bank_transfer",
                name="Bank",
                account_number="1234567890",
                account_name="Ama Owusu",
            )
            db.session.add(row)
        db.session.commit()
        with counted_statements() as seen:
            assert caller.get(CLIENTS).status_code == 200
        return len(seen)

    assert statements_with(1) == statements_with(19)
