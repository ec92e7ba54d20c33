"""Ticket types one by one through the door of the Cafa Tickets API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from easyticket.core import clock
from easyticket.models import Event
from tests import factories
from tests.api_v1.conftest import Caller

pytestmark = pytest.mark.usefixtures("db_session")

Call = Callable[..., Caller]
VIP = {
    "name": "VIP",
    "price": 120,
    "quantity": 20,
    "min_purchase": 1,
    "max_purchase": "",
    "available_from": "",
}


@pytest.fixture
def event() -> Event:
    return factories.make_simple_event(quantity=80, total_capacity=100)


def test_a_ticket_type_is_added_changed_and_deleted(call: Call, event: Event) -> None:
    caller, path = call(event.organizer), f"/api/v1/events/{event.slug}/tickets/"
    until = (event.start_at - timedelta(days=1)).date()
    added = caller.post(path, VIP | {"sales_end": until.isoformat()})
    assert (added.status_code, added.json["message"]) == (201, "Ticket type added.")
    kind = added.json["ticket_type"]
    assert (kind["price"], kind["min_purchase"], kind["max_purchase"]) == ("120.00", 1, 10)
    assert (kind["available_from"], kind["available_until"]) == (None, f"{until}T23:59:59Z")
    assert (kind["tickets_sold"], kind["tickets_remaining"], kind["status"]) == (0, 20, "active")

    changed = caller.patch(f"{path}{kind['id']}/", {"price": "99.5", "quantity": 10, "available_until": None})
    assert (changed.status_code, changed.json["message"]) == (200, "Ticket type updated.")
    assert changed.json["ticket_type"] == kind | {
        "price": "99.50",
        "quantity": 10,
        "tickets_remaining": 10,
        "available_until": None,
    }
    shown = call().get(f"/api/v1/events/{event.id}/").json["ticket_types"]
    assert [(each["name"], each["price"]) for each in shown] == [("Standard", "50.00"), ("VIP", "99.50")]
    deleted = caller.delete(f"{path}{kind['id']}/delete/")
    assert (deleted.status_code, deleted.json) == (200, {"message": "Ticket type deleted."})
    assert caller.delete(f"{path}{kind['id']}/delete/").status_code == 404


def test_refusals_say_their_sentence_at_their_field_and_at_the_top(call: Call, event: Event) -> None:
    caller, path = call(event.organizer), f"/api/v1/events/{event.id}/tickets/"
    offer = event.ticket_types[0].offers[0]
    one = f"{path}{offer.id}/"
    factories.sell_places(offer, 3)
    for answer, field in (
        (caller.post(path, VIP | {"quantity": 21}), "quantity"),
        (caller.post(path, VIP | {"name": ""}), "name"),
        (caller.post(path, VIP | {"name": "Standard"}), "name"),
        (caller.post(path, VIP | {"price": "much"}), "price"),
        (caller.post(path, VIP | {"available_from": "2027-02-30"}), "available_from"),
        (caller.patch(one, {"quantity": 2}), "quantity"),
        (caller.patch(one, {"quantity": 101}), "quantity"),
        (caller.patch(one, {"min_purchase": 11}), "min_purchase"),
    ):
        body = answer.json
        assert (answer.status_code, [*body["details"]]) == (400, [field]), body
        assert body[field] == body["details"][field]
        assert body["detail"] == f"{field}: {body['error']}"
    last = caller.delete(f"{one}delete/")
    assert (last.status_code, last.json["error"]) == (400, last.json["message"])
    assert "at least one" in last.json["detail"]
    caller.post(path, VIP)
    assert "ordered" in caller.delete(f"{one}delete/").json["message"]


def test_only_the_organizer_may_and_a_client_without_its_token_is_told_so(call: Call, event: Event) -> None:
    path = f"/api/v1/events/{event.slug}/tickets/"
    offer_id = event.ticket_types[0].offers[0].id
    elsewhere = factories.make_simple_event(organizer=event.organizer).ticket_types[0].offers[0].id
    owner, stranger = call(event.organizer), call(factories.make_organizer())
    for method, rest, body in (
        ("POST", "", VIP),
        ("POST", "create/", VIP),
        ("PATCH", "{}/", {"price": 1}),
        ("PATCH", "{}/edit/", {"price": 1}),
        ("DELETE", "{}/delete/", None),
    ):
        options = {"json": body} if body else {}
        nobody = call()(method, path + rest.format(offer_id), **options)
        assert (nobody.status_code, nobody.json["status_code"]) == (401, 401)
        assert stranger(method, path + rest.format(offer_id), **options).status_code == 403
        if rest.startswith("{"):
            assert owner(method, path + rest.format(elsewhere), **options).status_code == 404
    assert owner.post(f"{path}create/", VIP).status_code == 201
    assert owner.patch(f"{path}{offer_id}/edit/", {"price": 1}).status_code == 200


def test_tiers_are_shown_and_sold_but_not_changed_here(call: Call) -> None:
    event = factories.make_tiered_event(start_at=clock.now() + timedelta(days=3))
    caller, path = call(event.organizer), f"/api/v1/events/{event.slug}/tickets/"
    offer = event.ticket_types[0].offers[0]
    for answer in (
        caller.post(path, VIP),
        caller.patch(f"{path}{offer.id}/", {"price": 1}),
        caller.delete(f"{path}{offer.id}/delete/"),
    ):
        assert (answer.status_code, "tiers or days" in answer.json["detail"]) == (400, True)
