"""Nobody gets the money of buyers before their event, keeps it when they are refunded, or leaves with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from easyticket.core import clock
from easyticket.core.errors import Conflict
from easyticket.db import db
from easyticket.jobs.entry import drain_outbox
from easyticket.models import Event, User
from easyticket.rules.permissions import SYSTEM
from easyticket.services.withdrawals import record_payout_paid
from tests import factories
from tests.api_v1.buying import buy, order_of, refusal
from tests.api_v1.conftest import Caller
from tests.services.test_withdrawals import make_profile

pytestmark = pytest.mark.usefixtures("db_session")

WITHDRAWAL = "/api/v1/auth/withdrawal/"
LEAVE = {"password": factories.PASSWORD, "confirmation": "DELETE MY ACCOUNT"}
Call = Callable[..., Caller]


def selling(**fields: Any) -> tuple[Event, User]:
    """An event of somebody who can be paid; GHS 50.00 of each ticket are theirs."""
    event = factories.make_simple_event(**fields)
    make_profile(event.organizer)
    return event, event.organizer


def ask(caller: Caller, amount: str = "50") -> Any:
    return caller.post(f"{WITHDRAWAL}request/", {"amount": amount})


def leave(caller: Caller) -> Any:
    return caller.delete("/api/v1/auth/delete/", json=LEAVE)


def test_an_event_brought_forward_brings_no_money_sooner_and_is_not_moved_once_it_is_over(call: Call) -> None:
    start_at = clock.now() + timedelta(days=9)
    event, organizer = selling(start_at=start_at)
    slug, user_id, end_at = event.slug, organizer.id, event.end_at
    buy(call(factories.make_user()), event)

    def signed_in() -> Caller:
        db.session.rollback()
        return call(db.session.get_one(User, user_id))

    with time_machine.travel(start_at - timedelta(days=1), tick=False):
        soon = clock.now() + timedelta(minutes=1)
        ends = soon + timedelta(minutes=1)
        parts = {"start_date": f"{soon:%Y-%m-%d}", "start_time": f"{soon:%H:%M:%S}"}
        parts |= {"end_date": f"{ends:%Y-%m-%d}", "end_time": f"{ends:%H:%M:%S}"}
        assert signed_in().patch(f"/api/v1/events/{slug}/update/", parts).status_code == 200

    with time_machine.travel(start_at - timedelta(hours=23), tick=False):
        caller = signed_in()
        refused = refusal(ask(caller))
        assert refused["message"] == "GHS 0.00 can be paid out at the moment, and no more."
        revenue = caller.get("/api/v1/organizers/revenue/").json
        assert revenue["payout_status"]["next_payout_date"] == str(end_at.date())
        later = {"start_date": "2031-01-01T10:00:00Z", "end_date": "2031-01-01T12:00:00Z"}
        moved = caller.patch(f"/api/events/{slug}/", later)
        assert (moved.status_code, set(moved.json["field_errors"])) == (400, set(later))
        form = caller.patch(
            f"/api/v1/events/{slug}/update/", {"start_date": "2031-01-01", "end_date": "2031-01-01"}
        )
        assert "over" in refusal(form)["message"]
        assert caller.post(f"/api/events/{slug}/cancel/").status_code == 400
        assert "You are still owed GHS 50.00" in refusal(leave(caller))["message"]

    with time_machine.travel(end_at, tick=False):
        caller = signed_in()
        asked = ask(caller)
        assert asked.status_code == 201
        assert "a withdrawal that is not paid yet" in refusal(leave(caller))["message"]
        record_payout_paid(actor=SYSTEM, reference=asked.json["data"]["reference"], now=clock.now())
        assert leave(caller).status_code == 200


def test_what_went_back_to_buyers_is_not_paid_out_and_who_was_paid_it_does_not_leave(call: Call) -> None:
    event, organizer = selling()
    user_id, over_at = organizer.id, event.end_at + timedelta(days=10)
    numbers = [order_of(buy(call(factories.make_user()), event)).uuid for _ in range(2)]

    with time_machine.travel(over_at, tick=False):
        db.session.rollback()
        caller = call(db.session.get_one(User, user_id))
        first, second = (ask(caller).json["data"] for _ in range(2))
        staff = call(factories.make_staff())
        back = staff.post(f"/api/orders/{numbers[0]}/refund/")
        assert back.status_code == 200, back.text
        for reference in (first["reference"], second["reference"]):
            with pytest.raises(Conflict, match=r"GHS 50\.00 of what was asked for went back to buyers"):
                record_payout_paid(actor=SYSTEM, reference=reference, now=clock.now())
        drain_outbox()
        rows = caller.get(f"{WITHDRAWAL}history/").json["results"]
        assert [row["status"] for row in rows] == ["cancelled", "pending"]

        record_payout_paid(actor=SYSTEM, reference=first["reference"], now=clock.now())
        assert staff.post(f"/api/orders/{numbers[1]}/refund/").status_code == 200
        drain_outbox()
        assert "You owe us GHS 50.00" in refusal(leave(caller))["message"]
