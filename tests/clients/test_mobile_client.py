"""The mobile client's way through the Cafa Tickets API, where it differs from the web client's."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from easyticket.core import clock
from tests.clients import reads
from tests.clients.mobile_client import (
    USELESS_TEXT,
    MobileClient,
    said_by_contact,
    said_by_purchase,
    said_by_screen,
    said_by_sign_up,
)
from tests.clients.site import Account, Site, approve, content_of_qr, give_up, new_account, picture, until
from tests.clients.wire import form_data, has

# M's form asks for no name of the account's holder.
BANK = {"account_number": "9876543210", "bank_name": "GCB Bank", "bank_code": "040100"}
APP = "cafatickets://payment-result"


def signed_in(site: Site, account: Account | None = None) -> MobileClient:
    """Return the app of somebody who signed up, followed the link of the mail, signed in and gave a phone number."""
    app, account = MobileClient(site.http), account or new_account()
    assert app.sign_up(*account).status_code == 201
    _, _, uid, token = site.mailed_link(account.email, "/activate/").rsplit("/", 3)
    app.done("POST", "/auth/users/activation/", 204, json={"uid": uid, "token": token}, as_nobody=True)
    assert isinstance(app.log_in(account.username, account.password), dict)
    app.done("PATCH", "/auth/profile/", json={"phone_number": "+233201234567", "full_name": "Kofi Mensah"})
    return app


@pytest.fixture(scope="module")
def host(site: Site) -> MobileClient:
    """Somebody with a verified payment profile, so that the event form can be sent."""
    app = signed_in(site)
    body = {"method": "bank_transfer", "name": "GCB", "account_details": BANK}
    app.done("POST", "/auth/payment-profile/", 201, json=body)
    until(lambda: app.get("/auth/payment-profile/")["results"][0]["is_verified"])
    return app


@pytest.fixture(scope="module")
def guest(site: Site) -> MobileClient:
    """Somebody who buys."""
    return signed_in(site)


def form_of(app: MobileClient, **changes: str) -> dict[str, str]:
    """Return the parts of the event form: everything is a text, and what was not filled in is left out."""
    start = clock.now() + timedelta(days=15)
    end = start + timedelta(hours=3)
    types = [{"name": "Regular", "description": "", "price": 20, "quantity": 50, "min_purchase": 1}]
    return {
        "title": "Beach volleyball",
        "category_slug": "music",
        "short_description": "Teams of four, all afternoon, with music.",
        "description": "Bring three friends, or come alone and find a team there. Water and shade are free.",
        "venue_name": "Kokrobite Beach",
        "venue_address": "Kokrobite Road",
        "venue_city": "Accra",
        "venue_country": "Ghana",
        "start_date": f"{start:%Y-%m-%d}",
        "end_date": f"{end:%Y-%m-%d}",
        "start_time": f"{start:%H:%M:%S}",
        "end_time": f"{end:%H:%M:%S}",
        "is_recurring": "false",
        "check_in_policy": "multiple_entry",
        "max_attendees": "50",
        "payment_profile_id": app.get("/auth/payment-profile/")["results"][0]["id"],
        "is_published": "true",
        "ticket_types": json.dumps(types),
        **changes,
    }


def created(app: MobileClient, **changes: str) -> dict[str, Any]:
    """Send the event form and return the answer."""
    poster = ("featured_image", ("photo.jpg", picture(), "image/jpeg"))
    form = form_of(app, **changes)
    answer: dict[str, Any] = app.done("POST", "/events/create/", 201, **form_data(form, [poster]))
    return answer


def brought_back(site: Site, payment_page: str) -> str:
    """Pay, and follow our own page into the app as the system's browser does."""
    return str(site.http.get(approve(payment_page)).headers["Location"])


def begun(app: MobileClient, slug: str, quantity: int = 1, callback_url: str = APP) -> httpx.Response:
    """Press "Pay" on a ticket's screen."""
    chosen = app.get(f"/events/{slug}/")["ticket_types"][0]
    body = {
        "event_slug": slug,
        "ticket_type_id": chosen["id"],
        "quantity": quantity,
        "buyer_name": "Kofi Mensah",
        "buyer_email": app.get("/auth/profile/")["email"],
        "buyer_phone": "+233201234567",
        "callback_url": callback_url,
    }
    return app.call("POST", "/payments/initiate/", json=body)


def bought(site: Site, app: MobileClient, slug: str, quantity: int = 1) -> list[str]:
    """Buy, pay and return the codes of the tickets."""
    started = begun(app, slug, quantity).json()
    link = app.opened_link(brought_back(site, started["authorization_url"]))
    told = app.verify(link["reference"])
    assert isinstance(told, dict), told
    return [ticket["ticket_id"] for ticket in told["tickets"]]


def test_signing_up_sends_a_second_password_and_signing_in_takes_the_username(site: Site) -> None:
    app, account = MobileClient(site.http), new_account()
    other = {"username": account.username, "email": account.email, "password": account.password}
    refused = app.call(
        "POST", "/auth/users/", json=other | {"password_confirm": "Other-1234"}, as_nobody=True
    )
    assert refused.status_code == 400 and said_by_sign_up(refused) not in ("", "undefined")
    answer = app.sign_up(*account)
    assert (answer.status_code, answer.json()["full_name"]) == (201, account.username)
    user = app.log_in(account.username, account.password)
    assert isinstance(user, dict) and has(user, reads.USER) and user["full_name"] == account.username
    assert isinstance(app.log_in(account.username, "Wrong-pass-1"), str)


def test_the_app_reads_tokens_with_plain_base64_and_drops_them_when_a_renewal_is_refused(site: Site) -> None:
    app = signed_in(site)
    lasts = app.expires_at(app.access) - app.now()
    app.ahead = lasts - 60
    app.get("/auth/profile/")
    assert app.renewals == 1
    app.ahead = 0.0
    app.keep(app.access[:-8] + "AAAAAAAA")
    app.get("/auth/profile/")
    assert app.renewals == 2
    refresh = app.refresh
    app.done("POST", "/auth/logout/", 204)
    app.keep(app.access, refresh[:-8] + "AAAAAAAA")
    app.ahead = lasts
    assert app.call("GET", "/auth/profile/").status_code == 401
    assert app.store == {}


def test_lists_go_on_until_next_is_null(site: Site) -> None:
    app = MobileClient(site.http)
    rows = app.all_pages("/events/", ordering="-popularity", search="Evening of drums", page_size="10")
    assert len({row["id"] for row in rows}) == 22
    assert all(has(row, reads.EVENT_ITEM) for row in rows)
    assert all(0 <= row["tickets_sold"] / row["total_tickets"] <= 1 for row in rows)


def test_a_payer_comes_back_to_the_app(site: Site, host: MobileClient, guest: MobileClient) -> None:
    slug = created(host)["slug"]
    started = begun(guest, slug, 2).json()
    assert has(started, reads.INITIATED) and started["effective_callback_url"] == APP
    assert started["mobile_redirect_url_template"] == f"{APP}?reference={{reference}}&status={{status}}"
    reference = started["payment_reference"]
    link = guest.opened_link(brought_back(site, started["authorization_url"]))
    assert (link["reference"], link["status"]) == (reference, "success")
    told = guest.verify(link["reference"])
    assert isinstance(told, dict) and has(told, reads.VERIFIED)
    assert all(has(ticket, f"{reads.TICKET} price") for ticket in told["tickets"])

    callback = f"{site.url}/api/v1/payments/mobile-callback/"
    through = begun(guest, slug, callback_url=callback)
    assert through.status_code == 201, through.text
    back = site.http.get(approve(through.json()["authorization_url"]))
    opened = guest.opened_link(back.headers["Location"])
    assert back.status_code == 302 and opened["status"] == "success"
    for query, status in (
        ({"reference": reference}, "success"),
        ({"trxref": reference}, "success"),
        ({}, "cancelled"),
    ):
        sent = site.http.get(callback, params=query)
        assert (sent.status_code, guest.opened_link(sent.headers["Location"])["status"]) == (302, status)
    assert guest.opened_link(site.http.get(callback).headers["Location"])["error"] == "no_reference"

    nothing = [{"name": "Free", "description": "", "price": "0", "quantity": 5, "min_purchase": 1}]
    free = begun(guest, created(host, ticket_types=json.dumps(nothing))["slug"]).json()
    link = guest.opened_link(site.http.get(free["authorization_url"]).headers["Location"])
    assert (link["reference"], link["status"]) == (free["payment_reference"], "success")

    given_up = begun(guest, slug).json()
    give_up(given_up["authorization_url"])
    assert isinstance(guest.verify(given_up["payment_reference"]), str)
    foreign = begun(guest, slug, callback_url="https://somebody-else.example/")
    assert (foreign.status_code, said_by_purchase(foreign)) == (400, "invalid_callback_url")
    assert guest.verify("nothing") != ""


def test_an_event_is_made_and_changed_with_what_the_app_sends(host: MobileClient) -> None:
    useless = form_of(host, is_recurring="true", recurrence_pattern=USELESS_TEXT)
    refused = host.call("POST", "/events/create/", **form_data(useless))
    assert refused.status_code == 400 and "recurrence_pattern" in refused.json()["details"]
    made = created(host)
    assert made["slug"] == made["data"]["slug"]
    slug, before = made["slug"], host.get(f"/events/my-events/{made['slug']}/")
    assert has(before, reads.OWN_EVENT) and before["payment_profile"]["id"]
    # The form is sent back whole, the pictures as the addresses they were read at.
    body = {
        "title": "Beach volleyball, second day",
        "description": before["description"],
        "featured_image": before["featured_image"],
        "additional_images": before["additional_images"],
        "max_attendees": 60,
        "payment_profile_id": before["payment_profile"]["id"],
        "is_published": True,
    }
    changed = host.done("PATCH", f"/events/my-events/{slug}/edit/", json=body)
    assert changed["slug"] == slug
    after = host.get(f"/events/my-events/{slug}/")
    assert (after["title"], after["max_attendees"]) == ("Beach volleyball, second day", 60)
    assert (after["featured_image"], len(after["ticket_types"])) == (before["featured_image"], 1)
    answer = host.http.get(host.picture(after["featured_image"]) or "")
    assert answer.headers["Content-Type"] == "image/webp"
    # These two are sent without a token, so that they can only fail.
    number = after["ticket_types"][0]["id"]
    for method, path in (("POST", "create"), ("PATCH", f"{number}/edit")):
        sent = host.call(method, f"/events/{slug}/tickets/{path}/", json={"name": "VIP"}, as_nobody=True)
        assert sent.status_code == 401 and said_by_screen(sent)


def test_the_apps_scanner_lets_in_and_shows_history(
    site: Site, host: MobileClient, guest: MobileClient
) -> None:
    start = clock.now() + timedelta(hours=1)
    times = {
        "start_date": f"{start:%Y-%m-%d}",
        "start_time": f"{start:%H:%M:%S}",
        "end_date": f"{start + timedelta(hours=3):%Y-%m-%d}",
        "end_time": f"{start + timedelta(hours=3):%H:%M:%S}",
        "check_in_policy": "single_entry",
    }
    slug = created(host, **times)["slug"]
    [code] = bought(site, guest, slug)
    image = guest.http.get(guest.picture(guest.get(f"/tickets/{code}/")["qr_code"]) or "")
    told = host.done("POST", f"/events/{slug}/checkin/", json={"ticket_id": content_of_qr(image.content)})
    assert told["ticket"]["ticket_id"] == code and has(told["ticket"], reads.CHECKED_IN)
    again = host.call("POST", f"/events/{slug}/checkin/", json={"ticket_id": code})
    assert again.json()["error"] == "Already checked in"
    assert [row["ticket_id"] for row in host.get(f"/events/{slug}/checkin-history/")] == [code]
    answer = guest.download(f"/tickets/{code}/download/")
    assert (answer.status_code, answer.content[:4]) == (200, b"%PDF")
    used = guest.all_pages("/tickets/my-tickets/", status="used")
    assert code in [row["ticket_id"] for row in used]


def test_the_accounts_name_stands_for_the_banks_holder(host: MobileClient) -> None:
    [profile] = host.get("/auth/payment-profile/")["results"]
    assert (profile["account_details"]["account_name"], profile["is_default"]) == ("Kofi Mensah", True)


def test_earnings_and_payouts_are_told(site: Site, host: MobileClient, guest: MobileClient) -> None:
    bought(site, guest, created(host)["slug"], 2)
    told = host.get("/organizers/revenue/", params={"period": "all_time"})
    assert has(told["payout_status"], reads.PAYOUT_STATUS)
    refused = host.call("POST", "/auth/withdrawal/request/", json={"amount": 5000})
    assert (refused.status_code, refused.json()["success"]) == (400, False) and said_by_screen(refused)
    assert "data" in refused.json()


def test_messages_that_cannot_be_taken_say_why(site: Site) -> None:
    message = {"name": "Kofi", "email": "no address", "subject": "A question", "message": "When?"}
    refused = MobileClient(site.http).call("POST", "/contact/", json=message)
    assert refused.status_code == 400 and said_by_contact(refused) not in ("", "undefined")


def test_settings_of_the_account_up_to_its_end(site: Site) -> None:
    account = new_account()
    app = signed_in(site, account)
    wanted = {"marketing_emails": False, "event_reminders": False}
    told = app.done("PATCH", "/auth/settings/", json=wanted)
    assert has(told["settings"], reads.SETTINGS) and not told["settings"]["marketing_emails"]
    asked = app.done("POST", "/auth/password/reset/", 204, json={"email": account.email}, as_nobody=True)
    assert asked is None
    link = parse_qs(urlsplit(site.mailed_link(account.email, "/password-reset")).query)
    new = {"uid": link["uid"][0], "token": link["token"][0], "new_password": "Rainy-day-2026"}
    app.done("POST", "/auth/password/reset/confirm/", 204, json=new, as_nobody=True)
    assert isinstance(app.log_in(account.username, new["new_password"]), dict)
    account = account._replace(password=new["new_password"])
    address = f"new.{account.email}"
    app.done("POST", "/auth/update-email/", json={"new_email": address, "password": account.password})
    assert isinstance(app.log_in(account.username, account.password), dict)
    sure = {"password": account.password, "confirmation": "DELETE MY ACCOUNT"}
    unsure = app.call("DELETE", "/auth/delete-account/", json=sure | {"confirmation": "yes"})
    assert unsure.status_code == 400 and said_by_screen(unsure)
    app.done("DELETE", "/auth/delete-account/", json=sure)
    app.forget()
    assert isinstance(app.log_in(account.username, account.password), str)
