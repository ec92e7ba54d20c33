"""The Idempotency-Key through the API's door: the same request once, whatever is lost on the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from easyticket.core import clock
from easyticket.db import db
from easyticket.http import idempotency as door
from easyticket.integrations.sandbox import SandboxRefund
from easyticket.models import Event, IdempotencyRecord, Order, Refund
from easyticket.services import refund_requests, sandbox
from easyticket.services.idempotency import forget_old_answers
from tests import factories
from tests.api.conftest import Caller
from tests.api.ordering import ORDERS, body_for, buy, fields_of, make_order, path_of, stored

Call = Callable[..., Caller]
pytestmark = pytest.mark.usefixtures("db_session")

KEY = {"Idempotency-Key": "7c3c1f0a-2f3e-4a1e-9d54-0b2f6a3e9b11"}


@pytest.fixture
def event() -> Event:
    return factories.make_simple_event(quantity=10)


@pytest.fixture
def caller(call: Call) -> Caller:
    return call(factories.make_user(email="ama@example.org"))


def count(model: type[Any]) -> int:
    db.session.rollback()
    return int(db.session.query(model).count())


def test_the_same_request_gets_the_first_answer_again(caller: Caller, event: Event) -> None:
    first = caller.post(ORDERS, body_for(event), headers=KEY)
    assert "Idempotent-Replayed" not in first.headers
    caller.post(path_of(first.json, "cancel"))
    again = caller.post(ORDERS, body_for(event), headers=KEY)
    assert (again.status_code, again.json) == (201, first.json)
    assert again.json["status"] == "pending"
    assert again.headers["Idempotent-Replayed"] == "true"
    assert count(Order) == 1


def test_keys_written_in_another_order_are_the_same_request(caller: Caller, event: Event) -> None:
    first = caller.post(ORDERS, body_for(event, notes="x"), headers=KEY)
    turned = dict(reversed(body_for(event, notes="x").items()))
    assert caller.post(ORDERS, turned, headers=KEY).json == first.json


def test_another_body_with_the_key_is_refused(caller: Caller, event: Event) -> None:
    caller.post(ORDERS, body_for(event), headers=KEY)
    answer = caller.post(ORDERS, body_for(event, quantity=2), headers=KEY)
    assert (answer.status_code, answer.json["code"]) == (400, "idempotency_key_reused")
    assert count(Order) == 1


def test_without_a_key_every_request_is_a_new_one(caller: Caller, event: Event) -> None:
    assert make_order(caller, event)["id"] != make_order(caller, event)["id"]


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "a\tb"])
def test_a_key_has_1_to_255_characters(caller: Caller, event: Event, key: str) -> None:
    answer = caller.post(ORDERS, body_for(event), headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json["code"]) == (400, "idempotency_key")
    assert count(Order) == 0


def test_keys_of_different_people_never_meet(call: Call, caller: Caller, event: Event) -> None:
    mine = caller.post(ORDERS, body_for(event), headers=KEY).json
    theirs = call(factories.make_user()).post(ORDERS, body_for(event), headers=KEY).json
    assert mine["id"] != theirs["id"]
    assert mine["buyer_email"] != theirs["buyer_email"]


def test_a_refused_request_may_be_mended_with_its_key(caller: Caller, event: Event) -> None:
    assert caller.post(ORDERS, body_for(event, quantity=11), headers=KEY).status_code == 400
    assert count(IdempotencyRecord) == 0
    assert caller.post(ORDERS, body_for(event, quantity=10), headers=KEY).status_code == 201


def test_a_key_is_forgotten_after_a_day(caller: Caller, event: Event) -> None:
    first = caller.post(ORDERS, body_for(event), headers=KEY).json
    assert forget_old_answers(clock.now() + timedelta(hours=23)) == 0
    assert forget_old_answers(clock.now() + timedelta(hours=25)) == 1
    assert caller.post(ORDERS, body_for(event), headers=KEY).json["id"] != first["id"]


def test_an_answer_that_was_lost_is_made_again_from_the_order(
    caller: Caller, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process died between the order's commit and the noting of its answer."""
    monkeypatch.setattr(door, "note_answer", lambda _turn, answer, _now: answer)
    lost = caller.post(ORDERS, body_for(event), headers=KEY).json
    monkeypatch.undo()
    again = caller.post(ORDERS, body_for(event), headers=KEY)
    assert (again.status_code, again.json["id"]) == (201, lost["id"])
    assert count(Order) == 1
    assert caller.post(ORDERS, body_for(event), headers=KEY).json == again.json


class TestRefund:
    def test_a_refund_sent_twice_returns_money_once(self, caller: Caller, event: Event) -> None:
        order = buy(caller, event, 2)
        first = caller.post(path_of(order, "refund"), {"amount": 10}, headers=KEY)
        again = caller.post(path_of(order, "refund"), {"amount": "10"}, headers=KEY)
        assert (again.status_code, again.json) == (first.status_code, first.json) == (200, first.json)
        assert (count(Refund), count(SandboxRefund)) == (1, 1)
        assert caller.get(path_of(order)).json["refunded_amount"] == "10.00"

    def test_another_amount_or_another_order_is_another_request(self, caller: Caller, event: Event) -> None:
        order, other = buy(caller, event), buy(caller, event)
        caller.post(path_of(order, "refund"), {"amount": 10}, headers=KEY)
        for path, amount in ((path_of(order, "refund"), 11), (path_of(other, "refund"), 10)):
            answer = caller.post(path, {"amount": amount}, headers=KEY)
            assert (answer.status_code, answer.json["code"]) == (400, "idempotency_key_reused")
        assert count(Refund) == 1

    def test_a_refund_whose_answer_was_lost_is_not_made_again(
        self, caller: Caller, event: Event, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The process died after the promise was committed, before the provider was asked."""
        order = buy(caller, event)
        monkeypatch.setattr(refund_requests, "send_now", _dies)
        with pytest.raises(KeyboardInterrupt):
            caller.post(path_of(order, "refund"), {"amount": 10}, headers=KEY)
        monkeypatch.undo()
        assert (count(Refund), count(SandboxRefund)) == (1, 0)
        again = caller.post(path_of(order, "refund"), {"amount": 10}, headers=KEY)
        assert (again.status_code, again.json["status"]) == (200, "succeeded")
        assert (count(Refund), count(SandboxRefund)) == (1, 1)
        assert stored(order).refunded_minor == 1_000

    def test_a_refused_amount_may_be_mended(self, caller: Caller, event: Event) -> None:
        order = buy(caller, event)
        assert fields_of(caller.post(path_of(order, "refund"), {"amount": 900}, headers=KEY))
        assert caller.post(path_of(order, "refund"), {"amount": 9}, headers=KEY).status_code == 200


class TestIntent:
    def test_the_first_answer_comes_again_even_after_a_decline(self, caller: Caller, event: Event) -> None:
        order = make_order(caller, event)
        path = path_of(order, "create-payment-intent")
        first = caller.post(path, headers=KEY)
        sandbox.decline(first.json["payment_intent"]["payment_intent_id"].removeprefix("sbx_"))
        caller.get(path_of(order, "payment-status"))
        again = caller.post(path, headers=KEY)
        assert (again.status_code, again.json) == (200, first.json)
        assert caller.post(path).json != first.json

    def test_another_order_is_another_request(self, caller: Caller, event: Event) -> None:
        one, other = make_order(caller, event), make_order(caller, event)
        assert caller.post(path_of(one, "create-payment-intent"), headers=KEY).status_code == 200
        answer = caller.post(path_of(other, "create-payment-intent"), headers=KEY)
        assert (answer.status_code, answer.json["code"]) == (400, "idempotency_key_reused")


def test_a_key_of_one_operation_is_free_for_another(caller: Caller, event: Event) -> None:
    order = caller.post(ORDERS, body_for(event), headers=KEY).json
    assert caller.post(path_of(order, "create-payment-intent"), headers=KEY).status_code == 200


def test_without_a_token_nobody_gets_somebodys_answer(call: Call, caller: Caller, event: Event) -> None:
    caller.post(ORDERS, body_for(event), headers=KEY)
    assert call().post(ORDERS, body_for(event), headers=KEY).status_code == 401


def _dies(_refund_id: int) -> None:
    raise KeyboardInterrupt
