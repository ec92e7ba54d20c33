"""Buying through the Cafa Tickets API: what is held and asked for, what is refused and in which words, and giving it up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from easyticket.core import clock
from easyticket.core.errors import ProviderDown
from easyticket.db import db, transaction
from easyticket.integrations.sandbox import SandboxProvider
from easyticket.models import EventStatus, FeeBearer, Order, OrderStatus, Quota, QuotaKind, SalesChannel, User
from easyticket.services import sandbox
from tests import factories
from tests.api.conftest import Caller
from tests.api_v1.buying import (
    ATTENDEE,
    INITIATE,
    PAYMENTS,
    PURCHASE,
    approve,
    buy,
    initiate_body,
    let_expire,
    order_of,
    purchase,
    purchase_body,
    refusal,
    status_of,
    verified,
)

Call = Callable[..., Caller]
pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def buyer() -> User:
    return factories.make_user(email="ama@example.org", username="ama")


@pytest.fixture
def caller(call: Call, buyer: User) -> Caller:
    return call(buyer)


def orders() -> int:
    db.session.rollback()
    return db.session.query(Order).count()


def held_and_sold(event: Any) -> tuple[int, int]:
    db.session.rollback()
    quota = db.session.query(Quota).filter_by(kind=QuotaKind.EVENT, owner_id=event.id).one()
    db.session.refresh(quota)
    return quota.held, quota.sold


class TestPurchase:
    def test_tickets_are_held_for_ten_minutes_and_the_payment_page_is_open(self, caller: Caller) -> None:
        event = factories.make_simple_event(title="Highlife Night", price_minor=5_000)
        offer = event.ticket_types[0].offers[0]
        told = purchase(caller, event, 2, payment_method="mobile_money")
        payment, reservation = told["payment"], told["reservation"]
        assert told["purchase_id"].startswith("PUR-")
        assert [ticket.pop("ticket_id") for ticket in told["tickets"]] == [
            f"{told['purchase_id']}-1",
            f"{told['purchase_id']}-2",
        ]
        place = {
            "event_title": "Highlife Night",
            "event_slug": event.slug,
            "ticket_type_name": "Standard",
            "attendee_name": "Ama Boateng",
            "attendee_email": "ama@example.org",
            "attendee_phone": "+233241234567",
            "status": "reserved",
        }
        assert told["tickets"] == [place, place]
        assert told["pricing"] == {
            "ticket_price": "50.00",
            "quantity": 2,
            "subtotal": "100.00",
            "service_fee": "5.00",
            "service_fee_percentage": 5.0,
            "total": "105.00",
            "currency": "GHS",
        }
        assert payment["payment_url"] == f"http://tickets.example/sandbox/{payment['reference']}/"
        assert (payment["amount"], payment["currency"], payment["payment_method"], payment["provider"]) == (
            "105.00",
            "GHS",
            "mobile_money",
            "sandbox",
        )
        lasts = datetime.fromisoformat(reservation["expires_at"]) - datetime.fromisoformat(
            reservation["reserved_at"]
        )
        assert lasts == timedelta(minutes=10)
        assert 590 <= reservation["expires_in_seconds"] <= 600
        assert payment["expires_at"] == reservation["expires_at"]
        order = order_of(told)
        assert (order.channel, order.status) == (SalesChannel.API_V1, OrderStatus.PROCESSING)
        assert order.lines[0].offer_id == offer.id
        assert held_and_sold(event) == (2, 0)

    def test_every_offer_is_a_ticket_type_whatever_its_event_sells_by(self, caller: Caller) -> None:
        event = factories.make_grid_event()
        offer = next(each for each in event.ticket_types[0].offers if each.tier_name == "VIP")
        told = caller.post(PURCHASE, purchase_body(event, offer=offer, event_id=event.slug)).json
        assert told["tickets"][0]["ticket_type_name"] == "Pass - VIP - Day 1"
        assert told["pricing"]["ticket_price"] == "120.00"

    def test_a_fee_the_organizer_bears_is_not_on_top(self, caller: Caller) -> None:
        event = factories.make_simple_event(price_minor=5_000, fee_bearer=FeeBearer.ORGANIZER)
        pricing = purchase(caller, event)["pricing"]
        assert (pricing["service_fee"], pricing["service_fee_percentage"], pricing["total"]) == (
            "0.00",
            0.0,
            "50.00",
        )

    def test_what_is_free_is_booked_at_once(self, caller: Caller) -> None:
        event = factories.make_simple_event(price_minor=0)
        told = purchase(caller, event, 2)
        assert {ticket["status"] for ticket in told["tickets"]} == {"active"}
        assert all(ticket["ticket_id"].startswith("TKT-") for ticket in told["tickets"])
        assert told["payment"]["status"] == "completed"
        assert told["payment"]["payment_id"] == told["payment"]["reference"] == told["purchase_id"]
        assert told["payment"]["payment_url"].startswith("http://tickets.example/checkout/")
        assert (status_of(caller, told)["status"], verified(caller, told)["ticket_count"]) == ("completed", 2)
        assert held_and_sold(event) == (0, 2)

    def test_the_clients_read_the_same_flat(self, caller: Caller) -> None:
        event = factories.make_simple_event(price_minor=5_000)
        answer = caller.post(INITIATE, initiate_body(event, 2))
        assert answer.status_code == 201, answer.text
        told = answer.json
        order = order_of(told)
        assert {key: told[key] for key in ("success", "amount", "currency", "purchase_id")} == {
            "success": True,
            "amount": 105.0,
            "currency": "GHS",
            "purchase_id": order.purchase_code,
        }
        assert told["payment_reference"] == order.payments[0].reference
        assert told["authorization_url"] == order.payments[0].pay_url
        assert told["mobile_redirect_url_template"] == (
            "cafatickets://payment-result?reference={reference}&status={status}"
        )
        assert (order.buyer_name, order.buyer_email, order.buyer_phone) == tuple(ATTENDEE.values())
        sandbox.approve(told["payment_reference"])
        done = caller.get(f"{PAYMENTS}verify/{told['payment_reference']}/").json
        assert (done["success"], done["status"], done["ticket_count"]) == (True, "completed", 2)

    def test_it_needs_somebody(self, call: Call) -> None:
        event = factories.make_simple_event()
        for path, body in ((PURCHASE, purchase_body(event)), (INITIATE, initiate_body(event))):
            assert call().post(path, body).status_code == 401


class TestReturning:
    """Where the payer comes back to."""

    def back_from(self, caller: Caller, event: Any, **more: Any) -> str:
        answer = caller.post(INITIATE, initiate_body(event, **more))
        assert answer.status_code == 201, answer.text
        [payment] = order_of(answer.json).payments
        return payment.return_url.replace(payment.reference, "REF")

    def test_a_client_may_name_the_app_or_our_own_address(self, caller: Caller) -> None:
        event = factories.make_simple_event()
        own = "http://tickets.example/api/v1/payments/mobile-callback/"
        # Payment pages lead back to pages only, and ours sends on into the app.
        for wanted in ("cafatickets://payment-result", own):
            assert self.back_from(caller, event, callback_url=wanted) == f"{own}?reference=REF&trxref=REF"

    def test_without_a_front_end_it_is_our_own_page(self, caller: Caller) -> None:
        back = self.back_from(caller, factories.make_simple_event(), callback_url="")
        assert back.startswith("http://tickets.example/checkout/") and back.endswith("/return/")

    def test_with_a_front_end_it_is_its_page(
        self, app: Flask, caller: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from dataclasses import replace

        settings = replace(
            app.config["SETTINGS"],
            cafa_frontend_url="https://cafa.example",
            cafa_callback_hosts=("pay.cafa.example",),
            cors_origins=("http://127.0.0.1:3000",),
        )
        monkeypatch.setitem(app.config, "SETTINGS", settings)
        event = factories.make_simple_event()
        assert self.back_from(caller, event) == (
            "https://cafa.example/payment-results?reference=REF&trxref=REF"
        )
        for wanted in ("https://pay.cafa.example/x?y=1", "http://127.0.0.1:3000/done?y=1"):
            assert self.back_from(caller, event, callback_url=wanted) == f"{wanted}&reference=REF&trxref=REF"

    def test_what_is_free_leads_straight_back_with_its_reference(
        self, app: Flask, caller: Caller, client: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from dataclasses import replace

        event = factories.make_simple_event(price_minor=0)
        own = "http://tickets.example/api/v1/payments/mobile-callback/"
        settings = replace(
            app.config["SETTINGS"],
            cafa_frontend_url="https://cafa.example",
            cafa_callback_hosts=("pay.cafa.example",),
        )
        monkeypatch.setitem(app.config, "SETTINGS", settings)
        for wanted, effective, back in (
            ("", "https://cafa.example/payment-results", "https://cafa.example/payment-results?"),
            ("https://pay.cafa.example/x?y=1", None, "https://pay.cafa.example/x?y=1&"),
            (own, None, f"{own}?"),
            ("cafatickets://payment-result", None, f"{own}?"),
        ):
            told = caller.post(INITIATE, initiate_body(event, callback_url=wanted)).json
            name = told["purchase_id"]
            assert told["effective_callback_url"] == (effective or wanted)
            assert told["authorization_url"] == f"{back}reference={name}&trxref={name}"
        into_app = client.get(told["authorization_url"].removeprefix("http://tickets.example"))
        assert into_app.headers["Location"] == f"cafatickets://payment-result?reference={name}&status=success"
        bought = purchase(caller, event)
        name = bought["purchase_id"]
        assert bought["payment"]["payment_url"] == (
            f"https://cafa.example/payment-results?reference={name}&trxref={name}"
        )

    def test_anywhere_else_is_refused_and_nothing_is_held(self, caller: Caller) -> None:
        event = factories.make_simple_event()
        for path, body in ((PURCHASE, purchase_body(event)), (INITIATE, initiate_body(event))):
            told = refusal(caller.post(path, {**body, "callback_url": "https://evil.example/"}))
            assert (told["error"], told["status_code"]) == ("invalid_callback_url", 400)
            assert list(told["details"]) == ["callback_url"]
        assert orders() == 0

    def test_the_payment_page_may_lead_there_and_nowhere_else(self, caller: Caller, client: Any) -> None:
        event = factories.make_simple_event()
        for callback, allowed in (
            ("cafatickets://payment-result", "'self' http://tickets.example cafatickets:"),
            ("", "'self' http://tickets.example"),
        ):
            url = caller.post(INITIATE, initiate_body(event, callback_url=callback)).json["authorization_url"]
            policy = client.get(url.removeprefix("http://tickets.example")).headers["Content-Security-Policy"]
            assert f"form-action {allowed}" in policy.split("; ")


class TestRefusals:
    """Clients of a purchase show `error`: it is the whole sentence."""

    def test_more_than_is_left_tells_how_much_is(self, caller: Caller) -> None:
        event = factories.make_simple_event(quantity=3)
        for path, body in ((PURCHASE, purchase_body(event, 4)), (INITIATE, initiate_body(event, 4))):
            told = refusal(caller.post(path, body))
            assert told["error"] == told["message"] == "Only 3 tickets available for 'Standard'"
            assert (told["status_code"], told["available_quantity"]) == (400, 3)
            assert told["details"] == {"quantity": [told["error"]]}

    def test_too_few_or_too_many_at_once_tell_the_limits(self, caller: Caller) -> None:
        event = factories.make_event()
        factories.make_ticket_type(event, name="Table", min_purchase=2, max_purchase=4)
        for quantity, word in ((1, "At least 2"), (5, "At most 4")):
            told = refusal(caller.post(INITIATE, initiate_body(event, quantity)))
            assert told["error"].startswith(f"{word} tickets of 'Table'")
            assert (told["min_quantity"], told["max_quantity"]) == (2, 4)
            assert list(told["details"]) == ["quantity"]

    def test_fields_are_called_as_each_client_calls_them(self, caller: Caller) -> None:
        event, other = factories.make_simple_event(), factories.make_simple_event()
        draft = factories.make_simple_event(status=EventStatus.DRAFT)
        foreign = {"ticket_type_id": other.ticket_types[0].offers[0].id}
        for changes, field in (
            ({"event_id": 987_654}, "event_id"),
            ({"event_id": draft.slug}, "event_id"),
            (foreign, "ticket_type_id"),
            ({"ticket_type_id": 10**17}, "ticket_type_id"),
            ({"quantity": 0}, "quantity"),
            ({"quantity": "two"}, "quantity"),
            ({"attendee_info": "me"}, "attendee_info.non_field_errors"),
            ({"attendee_info": None}, "attendee_info"),
            ({"attendee_info": {**ATTENDEE, "email": "no"}}, "attendee_info.email"),
            ({"attendee_info": {**ATTENDEE, "phone": "0241234567"}}, "attendee_info.phone"),
            ({"attendee_info": {**ATTENDEE, "phone": "+23"}}, "attendee_info.phone"),
            ({"attendee_info": {"email": "a@example.org"}}, "attendee_info.name"),
            ({"payment_method": "gold"}, "payment_method"),
        ):
            told = refusal(caller.post(PURCHASE, {**purchase_body(event), **changes}))
            named = {field.partition(".")[0], field}
            assert (told["status_code"], {*told["details"]}) == (400, named), changes
            assert told["error"] in told["details"][field]
        for changes, field in (
            ({"event_slug": "nowhere"}, "event_slug"),
            ({"buyer_email": "no"}, "buyer_email"),
            ({"buyer_phone": "12"}, "buyer_phone"),
            ({"buyer_name": " "}, "buyer_name"),
        ):
            told = refusal(caller.post(INITIATE, {**initiate_body(event), **changes}))
            assert list(told["details"]) == [field], changes
        assert orders() == 0

    def test_what_is_not_on_sale_is_not_sold(self, caller: Caller) -> None:
        later = clock.now() + timedelta(hours=1)
        event = factories.make_event()
        factories.make_ticket_type(event, name="Late", sales_start_at=later)
        told = refusal(caller.post(PURCHASE, purchase_body(event)))
        assert told["details"] == {"ticket_type_id": ["Ticket 'Late' is not currently on sale"]}
        off = factories.make_simple_event(status=EventStatus.CANCELLED)
        told = refusal(caller.post(PURCHASE, purchase_body(off)))
        assert told["error"] == "This event was cancelled, so no tickets are sold any more"

    def test_the_clients_pass_on_the_number_of_a_profile_as_it_stands_there(self, caller: Caller) -> None:
        body = initiate_body(factories.make_simple_event(), buyer_phone="024 123 4567")
        answer = caller.post(INITIATE, body)
        assert answer.status_code == 201, answer.text
        assert order_of(answer.json).buyer_phone == "0241234567"

    def test_a_phone_number_may_be_left_out(self, caller: Caller) -> None:
        event = factories.make_simple_event()
        without = {name: ATTENDEE[name] for name in ("name", "email")}
        for attendee in (without, {**without, "phone": ""}, {**without, "phone": None}):
            assert purchase(caller, event, attendee_info=attendee)["tickets"][0]["attendee_phone"] == ""


class TestRepeating:
    def test_the_same_key_gives_one_order_and_the_first_answer(self, caller: Caller) -> None:
        event = factories.make_simple_event()
        key = {"Idempotency-Key": "a-key-of-mine"}
        first = caller.post(PURCHASE, purchase_body(event), headers=key)
        again = caller.post(PURCHASE, purchase_body(event), headers=key)
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json == again.json and again.headers["Idempotent-Replayed"] == "true"
        assert orders() == 1
        other = refusal(caller.post(PURCHASE, purchase_body(event, 2), headers=key))
        assert other["status_code"] == 400
        assert caller.post(PURCHASE, purchase_body(event)).json["purchase_id"] != first.json["purchase_id"]

    def test_a_provider_that_does_not_answer_loses_nothing(
        self, caller: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        event = factories.make_simple_event()
        key = {"Idempotency-Key": "a-key-of-mine"}
        monkeypatch.setattr(SandboxProvider, "start", _does_not_answer)
        assert refusal(caller.post(INITIATE, initiate_body(event), headers=key))["status_code"] == 502
        assert held_and_sold(event) == (1, 0)
        monkeypatch.undo()
        answer = caller.post(INITIATE, initiate_body(event), headers=key)
        assert answer.status_code == 201, answer.text
        assert answer.json["authorization_url"].startswith("http://tickets.example/sandbox/")
        assert (orders(), len(order_of(answer.json).payments)) == (1, 1)

    def test_without_a_provider_nothing_is_held(
        self, app: Flask, caller: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from dataclasses import replace

        event = factories.make_simple_event()
        settings = replace(app.config["SETTINGS"], sandbox_payments=False)
        monkeypatch.setitem(app.config, "SETTINGS", settings)
        assert refusal(caller.post(PURCHASE, purchase_body(event)))["status_code"] == 503
        assert orders() == 0

    def test_after_a_decline_the_last_ticket_can_be_tried_again(self, call: Call, caller: Caller) -> None:
        event = factories.make_simple_event(quantity=1)
        first = purchase(caller, event)
        sandbox.decline(first["payment"]["reference"])
        assert status_of(caller, first)["status"] == "failed"
        stranger = call(factories.make_user())
        assert refusal(stranger.post(PURCHASE, purchase_body(event)))["available_quantity"] == 0
        second = purchase(caller, event)
        approve(second)
        assert status_of(caller, second)["status"] == "completed"
        assert order_of(first).status is OrderStatus.CANCELLED
        assert held_and_sold(event) == (0, 1)

    def test_a_new_try_that_cannot_be_had_leaves_the_declined_one_as_it_was(self, caller: Caller) -> None:
        event = factories.make_simple_event(quantity=2)
        first = purchase(caller, event, 2)
        sandbox.decline(first["payment"]["reference"])
        assert status_of(caller, first)["status"] == "failed"
        assert refusal(caller.post(PURCHASE, purchase_body(event, 3)))["status_code"] == 400
        assert order_of(first).status is OrderStatus.PENDING
        assert held_and_sold(event) == (2, 0)

    def test_a_payment_that_is_open_keeps_its_places_from_a_second_purchase(self, caller: Caller) -> None:
        event = factories.make_simple_event(quantity=1)
        first = purchase(caller, event)
        assert refusal(caller.post(PURCHASE, purchase_body(event)))["available_quantity"] == 0
        approve(first)
        assert status_of(caller, first)["status"] == "completed"


class TestCancelling:
    def cancel(self, caller: Caller, name: str) -> Any:
        return caller.post(f"{PURCHASE}{name}/cancel/")

    def test_the_tickets_go_back_on_sale(self, caller: Caller) -> None:
        event = factories.make_simple_event()
        told = purchase(caller, event, 2)
        answer = self.cancel(caller, told["purchase_id"])
        assert answer.status_code == 200, answer.text
        assert (answer.json["purchase_id"], answer.json["tickets_released"]) == (told["purchase_id"], 2)
        assert held_and_sold(event) == (0, 0)
        assert (status_of(caller, told)["status"], verified(caller, told)["status"]) == (
            "failed",
            "cancelled",
        )
        again = refusal(self.cancel(caller, told["purchase_id"]))
        assert (again["status_code"], again["error"], again["status"]) == (
            400,
            "Order is already cancelled",
            "failed",
        )

    def test_any_name_of_the_purchase_will_do_and_only_its_buyer_may(
        self, call: Call, caller: Caller
    ) -> None:
        event = factories.make_simple_event()
        told = purchase(caller, event)
        for stranger in (call(factories.make_user()), call(factories.make_staff())):
            assert refusal(self.cancel(stranger, told["purchase_id"]))["status_code"] == 404
        assert self.cancel(call(), told["purchase_id"]).status_code == 401
        assert refusal(self.cancel(caller, "PUR-NONE"))["status_code"] == 404
        assert self.cancel(caller, told["payment"]["reference"]).status_code == 200

    def test_what_was_paid_a_moment_ago_is_not_given_up(self, caller: Caller) -> None:
        told = purchase(caller, factories.make_simple_event())
        approve(told)
        answer = refusal(self.cancel(caller, told["purchase_id"]))
        assert (answer["status_code"], answer["status"]) == (400, "completed")
        assert order_of(told).status is OrderStatus.CONFIRMED

    def test_what_ran_out_is_finished(self, caller: Caller) -> None:
        for end in (False, True):
            told = purchase(caller, factories.make_simple_event())
            let_expire(told, end=end)
            answer = refusal(self.cancel(caller, told["purchase_id"]))
            assert (answer["error"], answer["status"]) == ("Order has expired", "failed")

    def test_money_that_still_comes_for_it_goes_back(self, caller: Caller) -> None:
        event = factories.make_simple_event()
        told = purchase(caller, event)
        assert self.cancel(caller, told["purchase_id"]).status_code == 200
        assert status_of(caller, told)["failure_reason"] == "The purchase was cancelled."
        approve(told)
        done = verified(caller, told)
        assert (done["success"], done["message"]) == (
            False,
            "This purchase was cancelled, and a payment came all the same. The money is on its way back.",
        )
        assert status_of(caller, told)["failure_reason"] == "The purchase was cancelled."
        assert [refund.amount_minor for refund in order_of(told).refunds] == [5_250]
        assert held_and_sold(event) == (0, 0)


def test_a_refunded_purchase_was_completed(caller: Caller, buyer: User) -> None:
    from easyticket.services.refund_requests import refund_order

    told = buy(caller, factories.make_simple_event())
    order = order_of(told)
    refund_order(actor=factories.actor_of(buyer), order=order, now=clock.now())
    status = status_of(caller, told)
    assert (status["status"], {ticket["status"] for ticket in status["tickets"]}) == (
        "completed",
        {"cancelled"},
    )
    assert "returned" in status["message"]
    done = verified(caller, told)
    assert (done["success"], done["status"]) == (True, "completed")


def test_the_event_of_an_order_on_its_way_may_be_called_off(caller: Caller) -> None:
    event = factories.make_simple_event()
    told = purchase(caller, event)
    with transaction():
        db.session.get_one(type(event), event.id).status = EventStatus.CANCELLED
    approve(told)
    assert status_of(caller, told)["status"] == "failed"
    assert [refund.amount_minor for refund in order_of(told).refunds] == [5_250]


def _does_not_answer(*_: Any) -> Any:
    raise ProviderDown("The payment provider does not answer. Nothing is lost: try again.")
