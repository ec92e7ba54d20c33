"""The web client's way through the Cafa Tickets API: from sign-up by browsing and buying to the deleted account."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

from tests.clients import reads
from tests.clients.site import (
    FRONT_END,
    Site,
    approve,
    content_of_qr,
    give_up,
    new_account,
    picture,
)
from tests.clients.web_client import (
    INVALID,
    WebClient,
    said_by_dashboard,
    said_by_mailed_link,
    said_by_purchase,
    said_by_sign_up,
)
from tests.clients.web_steps import begun, bought, created, signed_in, ticket_type
from tests.clients.wire import form_data, has


def test_signing_up_activating_and_signing_in(site: Site) -> None:
    client, account = WebClient(site.http), new_account()
    weak = client.sign_up(account.username, account.email, "short")
    assert (weak.status_code, weak.json()["message"]) == (400, INVALID)
    assert said_by_sign_up(weak) == weak.json()["details"]["password"][0]
    answer = client.sign_up(*account)
    assert answer.status_code == 201 and has(answer.json(), "id username email full_name")
    again = client.sign_up(*account)
    assert said_by_sign_up(again) == again.json()["details"]["username"][0]

    unverified = client.log_in(account.email, account.password)
    assert (
        isinstance(unverified, dict)
        and not unverified["is_email_verified"]
        and not unverified["is_organizer"]
    )
    identity = client.get("/auth/verification/status/")
    assert identity["success"] and has(identity["data"], reads.IDENTITY)
    assert (identity["data"]["verification_status"], identity["data"]["can_create_events"]) == (
        "not_started",
        False,
    )

    link = site.mailed_link(account.email, "/activate/")
    broken = client.activate(link + "x")
    assert broken.status_code == 400 and said_by_mailed_link(broken)
    assert client.activate(link).status_code == 204
    resent = client.call(
        "POST", "/auth/users/resend_activation/", json={"email": account.email}, as_nobody=True
    )
    assert resent.status_code == 204

    assert isinstance(client.log_in(account.email, "Wrong-pass-1"), str)
    refused = client.call(
        "POST", "/auth/login/", json={"email": account.email, "password": "Wrong-pass-1"}, as_nobody=True
    )
    assert (refused.status_code, refused.json()["error"]) == (401, "Invalid credentials")
    by_mail, by_name = (client.log_in(name, account.password) for name in (account.email, account.username))
    assert isinstance(by_mail, dict) and isinstance(by_name, dict)
    assert by_mail["id"] == by_name["id"] == answer.json()["id"]
    assert has(by_mail, reads.USER) and by_mail["is_organizer"] and by_mail["is_email_verified"]
    profile = client.get("/auth/profile/")
    assert has(profile["settings"], reads.SETTINGS) and has(profile["stats"], reads.USER_STATS)
    assert isinstance(profile["stats"]["total_spent"], int | float)


def test_tokens_are_renewed_before_they_run_out_and_the_refresh_token_stays_good(site: Site) -> None:
    client = signed_in(site)
    access, refresh = client.access, client.refresh
    lasts = client.expires_at(access) - client.now()
    assert 120 < lasts <= 7200
    assert client.expires_at(refresh) - client.now() > 29 * 24 * 3600
    client.get("/auth/profile/")
    assert (client.renewals, client.access) == (0, access)
    for renewals in (1, 2):
        client.ahead += lasts - 119
        client.get("/auth/profile/")
        assert (client.renewals, client.refresh) == (renewals, refresh)
        client.ahead = 0.0
    client.keep(access[:-8] + "AAAAAAAA")
    client.get("/auth/profile/")
    assert client.renewals == 3
    client.keep(client.access, refresh[:-8] + "AAAAAAAA")
    client.ahead = lasts
    assert client.call("GET", "/auth/profile/").status_code == 401
    assert client.cookies == {}


def test_a_forgotten_password_is_set_anew_by_the_link_of_a_mail(site: Site) -> None:
    account = new_account()
    client = signed_in(site, account)
    asked = client.call("POST", "/auth/users/reset_password/", json={"email": account.email}, as_nobody=True)
    assert asked.status_code == 204
    link = parse_qs(urlsplit(site.mailed_link(account.email, "/password-reset")).query)
    body = {"uid": link["uid"][0], "token": link["token"][0], "new_password": "Rainy-day-2026"}
    path = "/auth/users/reset_password_confirm/"
    weak = client.call("POST", path, json=body | {"new_password": "short"}, as_nobody=True)
    assert weak.status_code == 400 and said_by_mailed_link(weak) == weak.json()["new_password"][0]
    assert client.call("POST", path, json=body, as_nobody=True).status_code == 204
    used = client.call("POST", path, json=body, as_nobody=True)
    assert used.status_code == 400 and said_by_mailed_link(used)
    assert isinstance(client.log_in(account.email, "Rainy-day-2026"), dict)


def test_the_home_page_and_the_lists_show_every_event(site: Site) -> None:
    client = WebClient(site.http)
    told = client.get("/event-categories/", as_nobody=True)
    assert told["count"] == len(told["categories"]) > 0
    assert all(has(row, reads.CATEGORY) and row["icon"].startswith("Fa") for row in told["categories"])
    stats = client.get("/public/stats/", as_nobody=True)
    assert stats["success"] and has(stats["data"], "overview revenue highlights last_updated")
    assert has(stats["data"]["overview"], reads.PUBLIC_OVERVIEW)

    home = {"status": "upcoming", "ordering": "start_date", "page": "1"}
    page = client.get("/events/", params=home, as_nobody=True)
    assert has(page, reads.PAGE) and len(page["results"]) == page["page_size"] == 20
    rows = client.scroll("/events/", status="upcoming", ordering="start_date", search="Evening of drums")
    assert len(rows) == len({row["id"] for row in rows}) == 22
    assert [row["start_date"] for row in rows] == sorted(row["start_date"] for row in rows)
    for row in rows:
        assert has(row, reads.EVENT_ITEM)
        assert has(row["organizer"], reads.PERSON) and has(row["category"], reads.CATEGORY)
        assert all(isinstance(row[name], str) for name in ("lowest_price", "highest_price", "start_time"))
        assert row["total_tickets"] == row["tickets_sold"] + row["tickets_available"]
    past = client.scroll("/events/past/")
    assert [row["title"] for row in past] == ["Long gone"] and past[0]["status"] == "past"
    # "All" sends no status, which means what is to come.
    assert {row["status"] for row in client.scroll("/events/")} == {"upcoming"}
    ongoing = client.scroll("/events/", status="ongoing")
    assert ([row["title"] for row in ongoing], ongoing[0]["status"]) == (["Going on"], "ongoing")
    for ordering in ("created_at", "-created_at", "popularity", "price", "-price", "-start_date"):
        assert client.get("/events/", params={"ordering": ordering}, as_nobody=True)["count"] >= 22
    music = client.scroll("/events/", category="music", city="accra")
    assert {row["category"]["slug"] for row in music} == {"music"}
    assert client.get("/events/", params={"page_size": "1000"}, as_nobody=True)["page_size"] == 100


def test_an_events_page_has_all_that_is_drawn(site: Site, organizer: WebClient) -> None:
    weekly = json.dumps({"frequency": "weekly", "interval": 1, "occurrences": 4})
    made = created(organizer, pictures=2, is_recurring="true", recurrence_pattern=weekly)
    event = WebClient(site.http).get(f"/events/{made['slug']}/", as_nobody=True)
    assert event == WebClient(site.http).get(f"/events/{made['id']}/", as_nobody=True)
    assert has(event, reads.EVENT) and has(event["organizer"], reads.ORGANIZER)
    assert has(event["category"], reads.CATEGORY) and has(event["venue"], reads.VENUE)
    assert has(event["share_urls"], "facebook twitter whatsapp email")
    assert event["is_recurring"] and has(
        event["recurrence_info"], "frequency interval end_date total_occurrences"
    )
    assert isinstance(event["additional_images"], list) and len(event["additional_images"]) == 2
    [row] = event["ticket_types"]
    assert has(row, reads.TICKET_TYPE)
    start, most = row["min_purchase"], min(row["max_purchase"], row["tickets_remaining"])
    assert (start, most, row["price"], row["is_available"]) == (1, 4, "50.00", True)
    assert 0 < len(event["similar_events"]) <= 3
    assert all(has(each, reads.SIMILAR) for each in event["similar_events"])
    plain = organizer.scroll("/events/", search="Evening of drums 0")[0]
    bare = organizer.get(f"/events/{plain['slug']}/", as_nobody=True)
    assert has(bare["category"], reads.CATEGORY) and bare["additional_images"] == []
    assert WebClient(site.http).call("GET", "/events/no-such-event/").status_code == 404


def test_pictures_are_where_each_place_looks_for_them(site: Site, organizer: WebClient) -> None:
    client, made = WebClient(site.http), created(organizer, title="Pictures", pictures=1)
    event = client.get(f"/events/{made['slug']}/", as_nobody=True)
    [listed] = client.scroll("/events/", search="Pictures")
    [own] = organizer.get("/events/my-events/", params={"search": "Pictures"})["results"]
    profile = organizer.done(
        "PATCH",
        "/auth/profile/",
        **form_data({}, [("profile_image", ("profile_image.jpg", picture(400, 400), "image/jpeg"))]),
    )["user"]
    shown = [
        client.picture("page", event["featured_image"]),
        client.picture("list", listed["featured_image"]),
        client.picture("page", own["featured_image"]),
        client.picture("avatar", profile["profile_image"]),
        *(client.picture("gallery", each) for each in event["additional_images"]),
    ]
    for address in shown:
        assert address and urlsplit(address).path.startswith("/media/"), address
        answer = site.http.get(address)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/webp")
    wrong = ("poster.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml")
    sent = form_data({}, [("featured_image", wrong)])
    refused = organizer.call("PATCH", f"/events/{made['slug']}/update/", **sent)
    assert refused.status_code == 400 and "featured_image" in refused.json()["details"]


def test_buying_goes_through_the_providers_page_to_the_tickets(
    site: Site, organizer: WebClient, buyer: WebClient
) -> None:
    slug = created(organizer)["slug"]
    answer = begun(buyer, slug, 2)
    started = answer.json()
    assert answer.status_code == 201 and has(started, reads.INITIATED)
    assert (started["amount"], started["currency"], started["success"]) == (105.0, "GHS", True)
    reference = started["payment_reference"]
    waiting = buyer.call("GET", f"/payments/verify/{reference}/", as_nobody=True).json()
    assert has(waiting, reads.PENDING) and (waiting["success"], waiting["status"]) == (False, "pending")

    back = urlsplit(approve(started["authorization_url"]))
    assert f"{back.scheme}://{back.netloc}{back.path}" == f"{FRONT_END}/payment-results"
    assert parse_qs(back.query)["reference"] == [reference]
    told = WebClient(site.http).verify(reference)
    assert isinstance(told, dict) and has(told, reads.VERIFIED)
    assert isinstance(told["amount"], int | float) and isinstance(told["ticket_count"], int)
    assert (told["amount"], told["ticket_count"], len(told["tickets"])) == (105.0, 2, 2)

    given_up = begun(buyer, slug).json()
    give_up(given_up["authorization_url"])
    assert isinstance(buyer.verify(given_up["payment_reference"]), str)
    unknown = buyer.call("GET", "/payments/verify/nothing/", as_nobody=True)
    assert unknown.status_code == 404

    free = created(organizer, ticket_types=json.dumps([ticket_type(price="0")]))["slug"]
    given = begun(buyer, free).json()
    assert has(given, reads.INITIATED)
    # Nothing is to be paid: the address leads straight back to the front end, which asks what became of it.
    back = urlsplit(given["authorization_url"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == f"{FRONT_END}/payment-results"
    assert parse_qs(back.query)["reference"] == [given["payment_reference"]]
    told = buyer.verify(given["payment_reference"])
    assert isinstance(told, dict) and (told["amount"], told["ticket_count"]) == (0, 1)


def test_a_purchase_that_cannot_begin_says_why_in_one_sentence(
    organizer: WebClient, buyer: WebClient
) -> None:
    types = [ticket_type(name="Few", quantity=2), ticket_type(name="Table", min_purchase=2)]
    slug = created(organizer, ticket_types=json.dumps(types))["slug"]
    few = begun(buyer, slug, 3)
    table = begun(buyer, slug, 1, type_number=1)
    assert (few.status_code, table.status_code) == (400, 400)
    assert "2" in said_by_purchase(few) and few.json()["available_quantity"] == 2
    assert "2" in said_by_purchase(table) and table.json()["min_quantity"] == 2
    many = begun(buyer, slug, 5, type_number=1)
    assert "4" in said_by_purchase(many) and many.json()["max_quantity"] == 4


def test_bought_tickets_are_listed_opened_and_printed(organizer: WebClient, buyer: WebClient) -> None:
    made = created(organizer, title="Tickets of all kinds")
    bought(buyer, made["slug"], 2)
    path = "/tickets/my-tickets/"
    page = buyer.get(path, params={"status": "active", "search": "Tickets of all kinds", "page_size": "10"})
    assert has(page, reads.PAGE) and page["count"] == 2
    for ticket in page["results"]:
        assert has(ticket, reads.TICKET) and has(ticket["event"], reads.TICKET_EVENT)
        assert has(ticket["ticket_type"], "id name price") and has(
            ticket["attendee_info"], "name email phone"
        )
        assert ticket["event"]["category"]["name"]
        assert ticket["status"] == "active"
    code = page["results"][0]["ticket_id"]
    category = page["results"][0]["event"]["category"]
    filters = ({"category": "music"}, {"search": code}, {"status": "used"}, {"status": "cancelled"})
    counts = [buyer.get(path, params=filter_)["count"] for filter_ in filters]
    assert counts[1:] == [1, 0, 0] and (counts[0] > 0) is (category["name"] == "Music")

    whole = buyer.get(f"/tickets/{code}/")
    assert has(whole, f"{reads.TICKET} purchase_info") and has(whole["event"], reads.TICKET_EVENT_WHOLE)
    assert has(whole["purchase_info"], reads.PURCHASE_INFO)
    assert has(whole["event"]["organizer"], reads.PERSON)
    assert whole["purchase_info"]["payment_status"] == "completed"
    qr = buyer.http.get(buyer.picture("page", whole["qr_code"]) or "")
    assert qr.headers["Content-Type"] in ("image/png", "image/webp") and content_of_qr(qr.content)
    printed = buyer.download(f"/tickets/{code}/download/")
    assert (printed.status_code, printed.headers["Content-Type"]) == (200, "application/pdf")
    assert printed.headers["Content-Disposition"].startswith("attachment") and printed.content.startswith(
        b"%PDF"
    )
    assert organizer.call("GET", f"/tickets/{code}/").status_code == 404


def test_payments_are_listed_with_their_sums(organizer: WebClient, site: Site) -> None:
    slug = created(organizer)["slug"]
    buyer = signed_in(site)
    bought(buyer, slug, 2)
    begun(buyer, slug)
    page = buyer.get("/payments/", params={"page": "1", "page_size": "10"})
    assert has(page, f"{reads.PAGE} summary") and page["page_size"] == 10
    assert has(page["summary"], reads.PAYMENTS_SUMMARY)
    summary = page["summary"]
    assert (summary["completed_transactions"], summary["pending_transactions"]) == (1, 1)
    assert summary["total_transactions"] == page["count"] == 2
    paid = buyer.get("/payments/", params={"status": "completed"})["results"]
    assert len(paid) == 1 and has(paid[0], reads.PAYMENT)
    assert has(paid[0]["event"], "id title slug featured_image start_date")
    assert has(paid[0]["fees"], "service_fee total_paid") and has(
        paid[0]["tickets"][0], "ticket_id ticket_type price"
    )
    assert (paid[0]["amount"], paid[0]["fees"]["service_fee"]) == ("105.00", "5.00")
    whole = buyer.get(f"/payments/{paid[0]['payment_id']}/")
    assert has(whole, reads.PAYMENT_WHOLE) and has(whole["breakdown"], "subtotal service_fee total")
    assert has(whole["event"], "organizer venue_name start_time") and has(
        whole["billing_info"], "name email phone"
    )
    assert all(has(each, "ticket_id qr_code ticket_type attendee_name status") for each in whole["tickets"])


def test_messages_and_newsletter_addresses_are_taken(site: Site) -> None:
    client, account = WebClient(site.http), new_account()
    message = {
        "name": "Ama",
        "email": account.email,
        "subject": "A question",
        "message": "When do the doors open?",
    }
    told = client.done("POST", "/contact/", 201, json=message, as_nobody=True)
    assert told["success"] and has(told["data"], "id reference created_at")
    assert told["data"]["reference"].startswith("MSG-")
    signed = client.done("POST", "/newsletter/subscribe/", 201, json={"email": account.email}, as_nobody=True)
    assert signed["success"] and has(signed["data"], "email subscribed_at")
    again = client.call("POST", "/newsletter/subscribe/", json={"email": account.email}, as_nobody=True)
    assert again.status_code == 400 and said_by_dashboard(again)


def test_settings_of_the_account_up_to_its_end(site: Site) -> None:
    account = new_account()
    client = signed_in(site, account)
    wrong = {
        "current_password": "Wrong-pass-1",
        "new_password": "Rainy-day-2026",
        "confirm_password": "Rainy-day-2026",
    }
    refused = client.call("POST", "/auth/change-password/", json=wrong)
    assert refused.status_code == 400 and said_by_dashboard(refused)
    client.done("POST", "/auth/change-password/", json=wrong | {"current_password": account.password})
    assert isinstance(client.log_in(account.email, "Rainy-day-2026"), dict)
    named = {"username": f"{account.username}_2", "password": "Rainy-day-2026"}
    assert client.done("POST", "/auth/change-username/", json=named)["username"] == named["username"]
    client.done(
        "PATCH", "/auth/profile/", **form_data({"city": "Accra", "bio": "Drums.", "country": "Ghana"})
    )
    profile = client.get("/auth/profile/")
    assert (profile["username"], profile["city"], profile["bio"]) == (named["username"], "Accra", "Drums.")
    sure = {"password": "Rainy-day-2026", "confirmation": "DELETE MY ACCOUNT"}
    not_sure = client.call("DELETE", "/auth/delete/", json=sure | {"password": "Wrong-pass-1"})
    assert not_sure.status_code == 400 and said_by_dashboard(not_sure)
    client.done("DELETE", "/auth/delete/", json=sure)
    client.forget()
    assert isinstance(client.log_in(account.email, "Rainy-day-2026"), str)
