"""Payments through the Cafa Tickets API: polling, verifying, the list with its sums, tickets once more, and webhooks."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from easyticket.core import clock
from easyticket.core.errors import ProviderDown
from easyticket.db import db, transaction
from easyticket.integrations.paystack_events import sign
from easyticket.integrations.sandbox import SandboxProvider
from easyticket.models import OrderStatus, OutboxJob, ProviderEvent, User
from easyticket.queue import JobName
from easyticket.services import sandbox
from easyticket.services.provider_events import handle_provider_event
from tests import factories
from tests.api.conftest import Caller
from tests.api_v1.buying import (
    PAYMENTS,
    approve,
    buy,
    let_expire,
    order_of,
    purchase,
    refusal,
    status_of,
    verified,
)
from tests.statements import counted_statements

Call = Callable[..., Caller]
pytestmark = pytest.mark.usefixtures("db_session")
APP = "cafatickets://payment-result"
SECRET = "sk_test_0123456789"


@pytest.fixture
def buyer() -> User:
    return factories.make_user(email="ama@example.org")


@pytest.fixture
def caller(call: Call, buyer: User) -> Caller:
    return call(buyer)


def pay_too_late(caller: Caller, *, places_left: bool) -> dict[str, Any]:
    """Buy the last ticket, let the hold run out, and pay after that."""
    event = factories.make_simple_event(quantity=1)
    bought = purchase(caller, event)
    sandbox.approve_later(bought["payment"]["reference"])
    let_expire(bought)
    if not places_left:
        purchase(caller, event)
    approve(bought)
    return bought


class TestPolling:
    def test_pending_then_completed_with_tickets(self, caller: Caller) -> None:
        event = factories.make_simple_event(title="Highlife Night", price_minor=5_000)
        bought = purchase(caller, event, 2)
        waiting = status_of(caller, bought)
        assert (waiting["status"], waiting["tickets"], waiting["completed_at"]) == ("pending", [], None)
        assert waiting["message"]
        approve(bought)
        done = status_of(caller, bought)
        assert {key: done[key] for key in ("payment_id", "reference", "amount", "currency")} == {
            key: bought["payment"][key] for key in ("payment_id", "reference", "amount", "currency")
        }
        assert (done["status"], done["purchase_id"], done["amount"]) == (
            "completed",
            bought["purchase_id"],
            "105.00",
        )
        assert done["completed_at"].endswith("Z")
        assert done["event"]["title"] == "Highlife Night" and done["event"]["venue_name"]
        assert done["receipt"] == {
            "subtotal": "100.00",
            "service_fee": "5.00",
            "total": "105.00",
            "payment_method": "card",
        }
        assert len(done["tickets"]) == 2
        ticket = done["tickets"][0]
        assert (ticket["ticket_type"], ticket["attendee_name"], ticket["status"]) == (
            "Standard",
            "Ama Boateng",
            "active",
        )
        assert ticket["download_url"] == f"/api/v1/tickets/{ticket['ticket_id']}/download/"
        assert caller.get(ticket["qr_code_url"]).mimetype == "image/png"

    def test_all_names_of_a_payment_mean_it_and_nobody_else_finds_it(
        self, call: Call, caller: Caller
    ) -> None:
        bought = purchase(caller, factories.make_simple_event())
        names = [bought["purchase_id"], bought["payment"]["payment_id"], bought["payment"]["reference"]]
        others = [call(factories.make_user()), call(factories.make_staff())]
        for name in names:
            for path in (f"{PAYMENTS}{name}/", f"{PAYMENTS}{name}/status/"):
                assert caller.get(path).json["purchase_id"] == bought["purchase_id"]
                assert {refusal(other.get(path))["status_code"] for other in others} == {404}
                assert call().get(path).status_code == 401
        for name in ("PUR-NONE", "5b0c9a4e-6a1d-4c55-9a42-7f0f3f1f2c11", "ET-", "x" * 300, "ä"):
            assert refusal(caller.get(f"{PAYMENTS}{name}/status/"))["status_code"] == 404

    def test_a_declined_one_has_failed_and_says_why(self, caller: Caller) -> None:
        bought = purchase(caller, factories.make_simple_event())
        sandbox.decline(bought["payment"]["reference"])
        told = status_of(caller, bought)
        assert (told["status"], told["failure_reason"]) == ("failed", "The card was declined.")
        assert told["failed_at"] and told["message"]
        # It stays the reason, whatever becomes of the order.
        let_expire(bought)
        assert status_of(caller, bought)["failure_reason"] == "The card was declined."

    def test_an_expired_one_has_failed_before_anybody_ended_it(self, caller: Caller) -> None:
        bought = purchase(caller, factories.make_simple_event())
        let_expire(bought, end=False)
        told = status_of(caller, bought)
        assert (told["status"], told["failure_reason"]) == ("failed", "The time to pay ran out.")
        let_expire(bought)
        assert status_of(caller, bought)["failure_reason"] == "The time to pay ran out."

    def test_what_is_known_is_told_while_the_provider_does_not_answer(
        self, caller: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bought = purchase(caller, factories.make_simple_event())
        approve(bought)
        monkeypatch.setattr(SandboxProvider, "fetch", _does_not_answer)
        assert status_of(caller, bought)["status"] == "pending"
        monkeypatch.undo()
        assert status_of(caller, bought)["status"] == "completed"

    def test_late_money_gets_the_tickets_while_there_are_any(self, caller: Caller) -> None:
        told = status_of(caller, pay_too_late(caller, places_left=True))
        assert (told["status"], len(told["tickets"])) == ("completed", 1)

    def test_late_money_goes_back_when_they_are_gone(self, caller: Caller) -> None:
        bought = pay_too_late(caller, places_left=False)
        told = status_of(caller, bought)
        assert (told["status"], told["tickets"]) == ("failed", [])
        assert "on its way back" in told["message"]
        assert told["failure_reason"] == "The payment came after the time to pay had run out."
        assert [refund.source for refund in order_of(bought).refunds] == ["late_payment"]
        assert verified(caller, bought)["status"] == "failed"


class TestVerifying:
    """Whoever comes back from the payment page asks once, without a token."""

    def test_the_provider_is_asked_before_it_is_called_pending(self, call: Call, caller: Caller) -> None:
        bought = purchase(caller, factories.make_simple_event(price_minor=5_000), 2)
        nobody = call()
        waiting = verified(nobody, bought)
        assert waiting == {
            "success": False,
            "status": "pending",
            "message": waiting["message"],
            "payment_reference": bought["payment"]["reference"],
            "purchase_id": bought["purchase_id"],
            "amount": 105.0,
            "currency": "GHS",
            "ticket_count": 0,
            "tickets": [],
        }
        approve(bought)
        done = verified(nobody, bought)
        assert (done["success"], done["status"], done["amount"], done["ticket_count"]) == (
            True,
            "completed",
            105.0,
            2,
        )
        ticket = done["tickets"][0]
        assert ticket["payment_reference"] == bought["payment"]["reference"]
        assert ticket["event"]["category"]["name"] and ticket["price"] == "50.00"
        assert order_of(bought).status is OrderStatus.CONFIRMED

    @pytest.mark.parametrize(
        ("decide", "status"), [(sandbox.decline, "failed"), (sandbox.cancel, "cancelled"), (None, "expired")]
    )
    def test_what_was_not_paid_is_an_answer_with_its_reason(
        self, call: Call, caller: Caller, decide: Callable[[str], None] | None, status: str
    ) -> None:
        bought = purchase(caller, factories.make_simple_event())
        if decide is not None:
            decide(bought["payment"]["reference"])
        else:
            let_expire(bought)
        told = verified(call(), bought)
        assert (told["success"], told["status"], told["ticket_count"]) == (False, status, 0)
        assert told["message"]

    def test_an_unknown_reference_is_not_found_and_a_stale_token_does_no_harm(self, call: Call) -> None:
        stale = {"Authorization": "Bearer stale"}
        told = refusal(call().get(f"{PAYMENTS}verify/ET-NONE/", headers=stale))
        assert (told["status_code"], told["message"]) == (404, "There is no payment with this reference.")


class TestBackIntoTheApp:
    def back(self, call: Call, query: str) -> str:
        answer = call().get(f"{PAYMENTS}mobile-callback/{query}")
        assert answer.status_code == 302
        return answer.headers["Location"]

    def test_it_is_told_what_the_provider_says_whatever_the_address_says(
        self, call: Call, caller: Caller
    ) -> None:
        event = factories.make_simple_event()
        bought = purchase(caller, event)
        reference = bought["payment"]["reference"]
        query = f"?trxref={reference}&status=success"
        assert self.back(call, query) == f"{APP}?reference={reference}&status=pending"
        approve(bought)
        assert self.back(call, f"?reference={reference}") == f"{APP}?reference={reference}&status=success"
        declined = purchase(caller, event)["payment"]["reference"]
        sandbox.decline(declined)
        assert self.back(call, f"?reference={declined}") == f"{APP}?reference={declined}&status=failed"

    def test_without_a_known_reference_it_is_told_so(self, call: Call) -> None:
        assert self.back(call, "") == f"{APP}?status=cancelled&error=no_reference"
        assert self.back(call, "?reference=a%26b%0d%0ac") == f"{APP}?reference=a%26b%0D%0Ac&status=failed"


class TestList:
    def test_one_row_for_each_purchase_with_sums_over_all(self, call: Call, caller: Caller) -> None:
        event = factories.make_simple_event(title="Highlife Night", price_minor=5_000)
        paid = buy(caller, event, 2)
        waiting = purchase(caller, event)
        failed = purchase(caller, event)
        sandbox.decline(failed["payment"]["reference"])
        status_of(caller, failed)
        expired = purchase(caller, event)
        let_expire(expired, end=False)
        buy(call(factories.make_user()), event)
        told = caller.get(PAYMENTS).json
        assert [row["purchase_id"] for row in told["results"]] == [
            each["purchase_id"] for each in (expired, failed, waiting, paid)
        ]
        assert (told["count"], told["page_size"], told["total_pages"], told["current_page"]) == (4, 10, 1, 1)
        assert told["summary"] == {
            "total_spent": "105.00",
            "currency": "GHS",
            "total_transactions": 4,
            "completed_transactions": 1,
            "pending_transactions": 1,
        }
        row = told["results"][-1]
        assert (row["status"], row["amount"], row["payment_method"], row["provider"]) == (
            "completed",
            "105.00",
            "card",
            "sandbox",
        )
        assert row["fees"] == {"service_fee": "5.00", "total_paid": "105.00"}
        assert row["event"]["title"] == "Highlife Night"
        assert row["event"]["featured_image"].startswith("/media/")
        assert [ticket["price"] for ticket in row["tickets"]] == ["50.00", "50.00"]
        for status, expected in (
            ("completed", [paid]),
            ("pending", [waiting]),
            ("failed", [expired, failed]),
            ("all", [expired, failed, waiting, paid]),
            ("", [expired, failed, waiting, paid]),
        ):
            rows = caller.get(f"{PAYMENTS}?status={status}").json["results"]
            assert [each["purchase_id"] for each in rows] == [each["purchase_id"] for each in expected]
            assert status in ("all", "") or {each["status"] for each in rows} == {status}

    def test_days_narrow_it_and_what_is_no_day_is_refused(self, caller: Caller) -> None:
        bought = purchase(caller, factories.make_simple_event())
        with transaction():
            order_of(bought).created_at = factories.at(clock.now().date() - timedelta(days=3), 23, 30)
        day = (clock.now().date() - timedelta(days=3)).isoformat()
        before = (clock.now().date() - timedelta(days=4)).isoformat()
        for query, count in (
            (f"date_from={day}&date_to={day}", 1),
            (f"date_to={before}", 0),
            (f"date_from={day}", 1),
            ("date_from=&date_to=", 1),
        ):
            told = caller.get(f"{PAYMENTS}?{query}").json
            assert (told["count"], told["summary"]["total_transactions"]) == (count, 1), query
        for query in ("date_from=x", "date_to=2026-02-30", "status=gone"):
            assert list(refusal(caller.get(f"{PAYMENTS}?{query}"))["details"]) == [query.split("=")[0]]
        assert refusal(caller.get(f"{PAYMENTS}?page=2"))["status_code"] == 404

    def test_it_takes_the_same_statements_for_one_as_for_twenty(self, caller: Caller, buyer: User) -> None:
        buy(caller, factories.make_simple_event(), 1)
        with counted_statements() as few:
            caller.get(f"{PAYMENTS}?page_size=50")
        for number in range(6):
            buy(caller, factories.make_simple_event(price_minor=0 if number % 2 else 5_000), 3)
        with counted_statements() as many:
            assert len(caller.get(f"{PAYMENTS}?page_size=50").json["results"]) == 7
        assert len(few) == len(many)

    def test_nobody_has_bought_nothing(self, caller: Caller) -> None:
        told = caller.get(PAYMENTS).json
        assert (told["results"], told["summary"]["total_spent"], told["summary"]["currency"]) == (
            [],
            "0.00",
            "GHS",
        )


def test_one_payment_is_told_with_everything(caller: Caller) -> None:
    bought = buy(caller, factories.make_grid_event())
    told = caller.get(f"{PAYMENTS}{bought['payment']['payment_id']}/").json
    assert told["billing_info"] == {
        "name": "Ama Boateng",
        "email": "ama@example.org",
        "phone": "+233241234567",
    }
    assert told["breakdown"] == {"subtotal": "40.00", "service_fee": "2.00", "total": "42.00"}
    assert told["event"]["organizer"]["username"] and told["event"]["start_time"] == "10:00:00"
    [ticket] = told["tickets"]
    assert ticket["ticket_type"] | {"id": 0} == {"id": 0, "name": "Pass - Regular - Day 1", "price": "40.00"}
    assert (ticket["attendee_name"], ticket["status"]) == ("Ama Boateng", "active")
    assert ticket["qr_code"].startswith("/media/")


class TestSendingAgain:
    def again(self, caller: Caller, bought: dict[str, Any]) -> Any:
        return caller.post(f"{PAYMENTS}{bought['payment']['payment_id']}/resend-tickets/")

    def mails(self) -> int:
        db.session.rollback()
        return db.session.query(OutboxJob).filter_by(name=JobName.MAIL_ORDER_CONFIRMED.value).count()

    def test_the_tickets_are_mailed_once_more(self, call: Call, caller: Caller) -> None:
        bought = buy(caller, factories.make_simple_event(), 2)
        assert self.mails() == 1
        told = self.again(caller, bought)
        assert (told.status_code, told.json["email"], told.json["tickets_count"]) == (
            200,
            "ama@example.org",
            2,
        )
        assert self.mails() == 2
        assert refusal(self.again(call(factories.make_user()), bought))["status_code"] == 404

    def test_there_must_be_some(self, caller: Caller) -> None:
        bought = purchase(caller, factories.make_simple_event())
        told = refusal(self.again(caller, bought))
        assert (told["status_code"], told["status"]) == (400, "pending")
        assert told["error"] == "Tickets are sent once the payment is completed."
        assert self.mails() == 0


class TestPaystackWebhook:
    PATH = f"{PAYMENTS}webhook/"

    @pytest.fixture
    def keyed(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        settings = replace(
            app.config["SETTINGS"], paystack_secret_key=SECRET, paystack_public_key="pk_test_0"
        )
        monkeypatch.setitem(app.config, "SETTINGS", settings)

    def send(self, client: FlaskClient, body: bytes, signature: str | None = None, path: str = PATH) -> Any:
        headers = {"X-Paystack-Signature": sign(body, SECRET) if signature is None else signature}
        return client.post(path, data=body, headers=headers, content_type="application/json")

    def events(self) -> list[ProviderEvent]:
        db.session.rollback()
        return list(db.session.scalars(sa.select(ProviderEvent).order_by(ProviderEvent.id)))

    @pytest.mark.usefixtures("keyed")
    def test_a_signed_event_is_kept_once_however_often_it_comes(self, client: FlaskClient) -> None:
        # As Paystack writes it: escaped, so that whoever signs it again reads other bytes.
        body = b'{"event":"charge.success","data":{"id":302961,"reference":"ET-1","url":"https:\\/\\/x","n":"\\u00e9"}}'
        for _ in range(3):
            answer = self.send(client, body)
            assert (answer.status_code, answer.json) == (200, {"received": True})
        transfer = json.dumps({"event": "transfer.success", "data": {"id": 7, "reference": "po-1"}}).encode()
        assert self.send(client, transfer, path="/api/v1/webhooks/paystack/transfer/").status_code == 200
        refunds = [
            json.dumps(
                {"event": "refund.pending", "data": {"transaction_reference": "ET-1", "amount": amount}}
            )
            for amount in ("100", 100)
        ]
        for refund in [*refunds, *refunds]:
            assert self.send(client, refund.encode()).status_code == 200
        kept = self.events()
        assert [(event.kind, event.payment_reference) for event in kept] == [
            ("charge.success", "ET-1"),
            ("transfer.success", "po-1"),
            ("refund.pending", "ET-1"),
            ("refund.pending", "ET-1"),
        ]
        assert [event.event_key for event in kept[:2]] == ["charge.success:302961", "transfer.success:7"]
        assert kept[0].body == body.decode()
        handle_provider_event(kept[0].id)  # about no payment of ours
        assert self.events()[0].handled_at is not None

    @pytest.mark.usefixtures("keyed")
    @pytest.mark.parametrize("signature", ["", "0" * 128, "ä", "sk_test_0123456789"])
    def test_a_wrong_signature_is_refused(self, client: FlaskClient, signature: str) -> None:
        body = b'{"event":"charge.success","data":{"id":1}}'
        assert refusal(self.send(client, body, signature))["status_code"] == 400
        assert self.events() == []

    def test_without_a_key_nobody_is_believed(self, client: FlaskClient) -> None:
        body = b'{"event":"charge.success","data":{"id":1}}'
        assert refusal(self.send(client, body))["status_code"] == 503
        assert self.events() == []

    @pytest.mark.usefixtures("keyed")
    @pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"event":1}', b"\xff", b"[" * 30_000])
    def test_a_signed_body_that_is_no_event_is_refused(self, client: FlaskClient, body: bytes) -> None:
        assert refusal(self.send(client, body))["status_code"] == 400
        assert self.events() == []

    @pytest.mark.usefixtures("keyed")
    def test_a_body_larger_than_any_event_is_not_read(self, client: FlaskClient) -> None:
        assert refusal(self.send(client, b"x" * (256 * 1024 + 1)))["status_code"] == 413


def test_wrong_methods_are_refused_as_such(caller: Caller) -> None:
    for path in ("initiate/", "webhook/"):
        assert refusal(caller.get(f"{PAYMENTS}{path}"))["status_code"] == 405
    assert refusal(caller.post(f"{PAYMENTS}mobile-callback/"))["status_code"] == 405


def _does_not_answer(*_: Any) -> Any:
    raise ProviderDown("The payment provider does not answer. Nothing is lost: try again.")
