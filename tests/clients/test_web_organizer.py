"""The web client's dashboard over the Cafa Tickets API: events, their sales, the gate and the money."""

from __future__ import annotations

import json
from datetime import timedelta

from easyticket.core import clock
from tests.clients import reads
from tests.clients.site import (
    Site,
    content_of_qr,
    picture,
    until,
)
from tests.clients.web_client import (
    WebClient,
    said_by_dashboard,
    said_by_event_form,
    said_by_profile_form,
)
from tests.clients.web_steps import BANK, bought, created, filled_in, images, signed_in, ticket_type
from tests.clients.wire import form_data, has


def test_an_event_is_created_edited_and_its_tickets_changed(organizer: WebClient) -> None:
    start = clock.now() + timedelta(days=20)
    answer = created(organizer, start, title="First title")
    assert answer["success"] and has(
        answer["data"], "id title slug is_published created_at ticket_types_created"
    )
    assert (answer["id"], answer["slug"]) == (answer["data"]["id"], answer["data"]["slug"])
    slug = answer["slug"]

    form = filled_in(organizer, start, title="Second title", ticket_types="[]")
    changed = organizer.done("PATCH", f"/events/{slug}/update/", **form_data(form))
    assert changed["slug"] == changed["event"]["slug"] == slug
    assert has(changed["event"], "id title slug updated_at") and changed["event"]["title"] == "Second title"
    shown = organizer.get(f"/events/my-events/{slug}/")
    assert (shown["title"], len(shown["ticket_types"]), bool(shown["featured_image"])) == (
        "Second title",
        1,
        True,
    )

    body = ticket_type(name="VIP", price="120", quantity=5, available_until=f"{start:%Y-%m-%d}")
    added = organizer.done("POST", f"/events/{slug}/tickets/", 201, json=body)["ticket_type"]
    path = f"/events/{slug}/tickets/{added['id']}"
    assert organizer.done("PATCH", f"{path}/", json={"price": "110.00"})["ticket_type"]["price"] == "110.00"
    wrong = organizer.call("PATCH", f"{path}/", json={"price": "a lot"})
    assert wrong.status_code == 400 and said_by_event_form(wrong) == wrong.json()["details"]["price"][0]
    too_many = organizer.call("PATCH", f"{path}/", json={"quantity": 1000})
    assert too_many.status_code == 400 and said_by_event_form(too_many)
    assert organizer.call("DELETE", f"{path}/delete/").status_code in (200, 204)
    last = organizer.call("DELETE", f"/events/{slug}/tickets/{shown['ticket_types'][0]['id']}/delete/")
    assert last.status_code == 400 and said_by_event_form(last)
    assert organizer.call("DELETE", f"/events/{slug}/delete/").status_code in (200, 204)
    assert organizer.call("GET", f"/events/my-events/{slug}/").status_code == 404


def test_the_event_form_shows_what_is_wrong_at_its_field(organizer: WebClient) -> None:
    start = clock.now() + timedelta(days=20)
    for wrong, named in (
        ({"title": "Two"}, "title"),
        ({"ticket_types": "[]"}, "ticket_types"),
        ({"ticket_types": json.dumps([ticket_type(quantity=500)])}, "ticket_types"),
        ({"recurrence_pattern": "{", "is_recurring": "true"}, "recurrence_pattern"),
        ({"end_date": "2020-01-01"}, "end_date"),
    ):
        refused = organizer.call(
            "POST", "/events/create/", **form_data(filled_in(organizer, start, **wrong), images())
        )
        body = refused.json()
        assert refused.status_code == 400, wrong
        [name] = body["details"]
        assert name.split(".")[0] == named
        assert body["details"][name][0] in said_by_event_form(refused)
    draft = created(organizer, start, title="Not yet", is_published="false", payment_profile_id="")
    assert not draft["data"]["is_published"]
    assert WebClient(organizer.http).call("GET", f"/events/{draft['slug']}/").status_code == 404
    own = organizer.get("/events/my-events/", params={"is_published": "false", "search": "Not yet"})
    assert [row["slug"] for row in own["results"]] == [draft["slug"]]


def test_my_events_tell_what_was_sold(organizer: WebClient, buyer: WebClient) -> None:
    slug = created(organizer, title="Numbers")["slug"]
    bought(buyer, slug, 2)
    query = {"page": "1", "status": "upcoming", "sort_by": "-revenue", "search": "Numbers"}
    page = organizer.get("/events/my-events/", params=query)
    assert has(page, f"{reads.PAGE} summary") and has(page["summary"], reads.OWN_SUMMARY)
    [row] = page["results"]
    assert has(row, f"{reads.EVENT_ITEM} analytics ticket_types") and has(row["organizer"], reads.PERSON)
    assert has(row["analytics"], reads.OWN_ANALYTICS) and has(row["ticket_types"][0], reads.OWN_TYPE)
    assert isinstance(row["analytics"]["sales_percentage"], int | float)
    assert (row["analytics"]["tickets_sold"], row["analytics"]["gross_revenue"]) == (2, "100.00")
    whole = organizer.get(f"/events/my-events/{slug}/")
    assert has(whole, reads.OWN_EVENT) and has(whole["ticket_types"][0], reads.OWN_EVENT_TYPE)

    told = organizer.get(f"/events/my-events/{slug}/analytics/")
    assert has(told, reads.ANALYTICS) and has(told["overview"], reads.ANALYTICS_OVERVIEW)
    for name in ("sales_percentage", "check_in_percentage", "platform_fee_percentage"):
        assert isinstance(told["overview"][name], int | float), name
    assert has(told["sales_by_ticket_type"][0], reads.SALES_BY_TYPE)
    assert has(told["sales_timeline"][-1], reads.TIMELINE) and has(told["recent_sales"][0], reads.RECENT_SALE)
    assert has(told["traffic"], "page_views unique_visitors conversion_rate")
    assert buyer.call("GET", f"/events/my-events/{slug}/analytics/").status_code in (403, 404)
    kept = organizer.call("DELETE", f"/events/{slug}/delete/")
    assert kept.status_code == 400 and said_by_dashboard(kept)


def test_at_the_gate_a_code_is_let_in_once_and_everybody_sees_it(
    organizer: WebClient, buyer: WebClient
) -> None:
    slug = created(organizer, clock.now() + timedelta(hours=2), title="At the gate")["slug"]
    codes = [ticket["ticket_id"] for ticket in bought(buyer, slug, 2)["tickets"]]
    qr = buyer.http.get(buyer.get(f"/tickets/{codes[1]}/")["qr_code"]).content
    path = f"/events/{slug}/checkin/"
    joined = [
        row["slug"]
        for status in ("upcoming", "ongoing")
        for row in organizer.get("/events/my-events/", params={"status": status})["results"]
    ]
    assert slug in joined
    let_in = organizer.done("POST", path, json={"ticket_id": codes[0]})
    assert let_in["success"] and has(let_in["ticket"], reads.CHECKED_IN)
    assert has(let_in["ticket"]["checked_in_by"], reads.NAMED_PERSON)
    assert let_in["event_stats"] == {
        "total_checked_in": 1,
        "total_attendees": 2,
        "check_in_percentage": "50.0",
    }
    again = organizer.call("POST", path, json={"ticket_id": codes[0]})
    assert (again.status_code, again.json()["error"], again.json()["success"]) == (
        400,
        "Already checked in",
        False,
    )
    assert has(again.json()["ticket"], "ticket_id attendee_name checked_in_at checked_in_by")
    assert isinstance(again.json()["ticket"]["checked_in_by"], str)
    # What the camera read is sent as it is, or the `ticket_id` of JSON.
    scanned = organizer.done("POST", path, json={"ticket_id": content_of_qr(qr)})
    assert scanned["ticket"]["ticket_id"] == codes[1]
    unknown = organizer.call("POST", path, json={"ticket_id": "TKT-20260101-0000000000"})
    assert (unknown.status_code, unknown.json()["error"], unknown.json()["success"]) == (
        404,
        "Invalid ticket",
        False,
    )
    other = created(organizer, clock.now() + timedelta(hours=2), title="Next door")["slug"]
    elsewhere = organizer.call("POST", f"/events/{other}/checkin/", json={"ticket_id": codes[0]})
    assert (elsewhere.status_code, elsewhere.json()["error"]) == (400, "Wrong event")

    history = organizer.get(f"/events/{slug}/checkin-history/")
    assert [row["ticket_id"] for row in history] == [codes[1], codes[0]]
    assert all(has(row, reads.HISTORY) and has(row["checked_in_by"], reads.NAMED_PERSON) for row in history)
    page = organizer.get(f"/events/{slug}/attendees/", params={"payment_status": "paid"})
    assert has(page, f"{reads.PAGE} summary") and has(page["summary"], reads.ATTENDEE_SUMMARY)
    assert isinstance(page["summary"]["check_in_percentage"], int | float)
    assert {row["ticket_id"] for row in page["results"]} == set(codes)
    for row in page["results"]:
        assert has(row, reads.ATTENDEE) and has(row["ticket_type"], "id name price")
        assert (row["payment_status"], row["is_checked_in"]) == ("paid", True)
    nobody = {"check_in_status": "not_checked_in"}
    assert organizer.get(f"/events/{slug}/attendees/", params=nobody)["count"] == 0
    attended = buyer.get("/tickets/attended-events/", params={"page": "1"})
    assert has(attended, reads.PAGE) and has(attended["results"][0], reads.ATTENDED)
    assert has(attended["results"][0]["event"], reads.ATTENDED_EVENT)
    assert isinstance(attended["results"][0]["event"]["category"], str)


def test_payment_profiles_are_added_chosen_and_removed(site: Site) -> None:
    client = signed_in(site)
    path = "/auth/payment-profile/"
    wrong = client.call(
        "POST",
        path,
        json={
            "method": "bank_transfer",
            "name": "Cal Bank",
            "account_details": BANK | {"account_number": "12"},
        },
    )
    assert wrong.status_code == 400 and said_by_profile_form(wrong) not in ("", "undefined")
    assert isinstance(wrong.json()["details"]["account_details"], list)
    body = {"method": "bank_transfer", "name": "Cal Bank", "description": "", "account_details": BANK}
    client.done("POST", path, 201, json=body)
    client.done("POST", path, 201, json=body | {"name": "Second bank"})
    until(lambda: all(row["is_verified"] for row in client.get(path)["results"]))
    told = client.get(path)
    assert told["count"] == 2 and all(has(row, reads.PROFILE) for row in told["results"])
    first, second = told["results"]
    assert (first["is_default"], second["is_default"], first["status"]) == (True, False, "verified")
    assert isinstance(first["id"], str) and first["account_details"]["account_number"].endswith("7890")
    assert "1234567890" not in json.dumps(told)
    renamed = client.done("PATCH", f"{path}{second['id']}/", json={"name": "Third bank"})
    assert renamed["payment_profile"]["name"] == "Third bank"
    chosen = client.done("POST", f"{path}{second['id']}/set-default/")["payment_profile"]
    assert has(chosen, "id name is_default") and chosen["is_default"]
    kept = client.call("DELETE", f"{path}{second['id']}/")
    assert kept.status_code == 400 and said_by_dashboard(kept)
    assert client.call("DELETE", f"{path}{first['id']}/").status_code == 204


def test_revenue_and_stats_are_told(organizer: WebClient, buyer: WebClient) -> None:
    bought(buyer, created(organizer, title="Money")["slug"], 2)
    for period in ("all_time", "this_month", "last_month", "this_year"):
        told = organizer.get("/organizers/revenue/", params={"period": period})
        assert has(told, reads.REVENUE) and told["period"] == period
        assert has(told["summary"], reads.REVENUE_SUMMARY) and has(told["payout_status"], reads.PAYOUT_STATUS)
    told = organizer.get("/organizers/revenue/", params={"period": "all_time"})
    assert all(has(row, reads.REVENUE_EVENT) for row in told["revenue_by_event"])
    assert has(told["revenue_by_month"][0], "month gross_revenue net_revenue platform_fee tickets_sold")
    assert has(told["recent_transactions"][0], reads.TRANSACTION)
    for client in (organizer, buyer):
        stats = client.get("/auth/stats/")
        assert has(stats, reads.STATS) and has(stats["overview"], reads.OVERVIEW)
        assert has(stats["purchasing_stats"], reads.PURCHASING)
        assert has(stats["organizing_stats"], reads.ORGANIZING)
        assert all(has(row, "type event_title date") for row in stats["recent_activity"])
    assert has(
        buyer.get("/auth/stats/")["purchasing_stats"]["tickets_by_category"][0], "category count total_spent"
    )
    best = organizer.get("/auth/stats/")["organizing_stats"]["best_selling_event"]
    assert has(best, "id title tickets_sold")
    assert organizer.get(f"/events/{best['id']}/")["title"] == best["title"]


def test_the_dashboard_is_open_to_who_creates_events(organizer: WebClient) -> None:
    identity = organizer.get("/auth/verification/status/")
    assert identity["success"] and has(identity["data"], reads.IDENTITY)
    # A picture of oneself is asked for before each payout too.
    selfie = form_data({}, [("selfie_image", ("selfie.jpg", picture(480, 640), "image/jpeg"))])
    looked_at = organizer.done("POST", "/auth/verification/upload-selfie/", **selfie)
    for told in (identity, looked_at):
        assert (told["data"]["verification_status"], told["data"]["can_create_events"]) == ("verified", True)
