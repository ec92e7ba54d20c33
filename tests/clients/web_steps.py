"""What somebody does on the web client in one go: becoming a member, filling in the event form, buying."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import httpx

from easyticket.core import clock
from tests.clients.site import (
    Account,
    Site,
    approve,
    new_account,
    picture,
)
from tests.clients.web_client import (
    WebClient,
)
from tests.clients.wire import Part, form_data

BANK = {
    "account_number": "1234567890",
    "bank_name": "CAL Bank",
    "bank_code": "140100",
    "account_name": "Ama Owusu",
}


def signed_in(site: Site, account: Account | None = None) -> WebClient:
    """Return the client of somebody who signed up, followed the link of the mail, signed in and gave a phone number."""
    client, account = WebClient(site.http), account or new_account()
    assert client.sign_up(*account).status_code == 201
    assert client.activate(site.mailed_link(account.email, "/activate/")).status_code == 204
    assert isinstance(client.log_in(account.email, account.password), dict)
    named = {"phone_number": "+233241234567", "full_name": "Ama Owusu"}
    client.done("PATCH", "/auth/profile/", **form_data(named))
    return client


def filled_in(client: WebClient, start: datetime, **changes: str) -> dict[str, str]:
    """Return the parts of the event form as its user fills them in; only verified profiles can be chosen."""
    profiles = [row for row in client.get("/auth/payment-profile/")["results"] if row["is_verified"]]
    chosen = next(row for row in profiles if row["is_default"])
    end = start + timedelta(hours=4)
    return {
        "title": "Night of Drums",
        "category_slug": client.get("/event-categories/")["categories"][0]["slug"],
        "short_description": "Drums from sunset to sunrise in the open air.",
        "description": "Bring a drum or only your ears. There is food, water and a fire, and **no** rain.",
        "venue_name": "Labadi Beach",
        "venue_address": "La Road",
        "venue_city": "Accra",
        "venue_country": "Ghana",
        "venue_latitude": "5.5560",
        "venue_longitude": "-0.1410",
        "start_date": f"{start:%Y-%m-%d}",
        "end_date": f"{end:%Y-%m-%d}",
        "start_time": f"{start:%H:%M}",
        "end_time": f"{end:%H:%M}",
        "is_recurring": "false",
        "check_in_policy": "single_entry",
        "max_attendees": "100",
        "payment_profile_id": chosen["id"],
        "is_published": "true",
        "ticket_types": json.dumps([ticket_type()]),
        **changes,
    }


def ticket_type(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Regular",
        "description": "",
        "price": "50.00",
        "quantity": 20,
        "min_purchase": 1,
        "max_purchase": 4,
        **changes,
    }


def images(extra: int = 0) -> list[Part]:
    """Return the file parts of the event form."""
    more = [
        ("additional_images", (f"{number}.png", picture(kind="PNG"), "image/png")) for number in range(extra)
    ]
    return [("featured_image", ("poster.jpg", picture(), "image/jpeg")), *more]


def created(
    client: WebClient, start: datetime | None = None, *, pictures: int = 0, **changes: str
) -> dict[str, Any]:
    """Send the event form, with so many pictures beside the poster, and return the answer."""
    form = filled_in(client, start or clock.now() + timedelta(days=20), **changes)
    answer: dict[str, Any] = client.done("POST", "/events/create/", 201, **form_data(form, images(pictures)))
    return answer


def begun(client: WebClient, slug: str, quantity: int = 1, *, type_number: int = 0) -> httpx.Response:
    """Press "Buy" on an event's page."""
    chosen = client.get(f"/events/{slug}/", as_nobody=True)["ticket_types"][type_number]
    user = client.get("/auth/profile/")
    body = {
        "event_slug": slug,
        "ticket_type_id": chosen["id"],
        "quantity": quantity,
        "buyer_name": user["full_name"],
        "buyer_email": user["email"],
        "buyer_phone": user["phone_number"],
    }
    return client.call("POST", "/payments/initiate/", json=body)


def bought(client: WebClient, slug: str, quantity: int = 1) -> dict[str, Any]:
    """Buy, pay and return what the result page is told."""
    started = begun(client, slug, quantity).json()
    approve(started["authorization_url"])
    told = client.verify(started["payment_reference"])
    assert isinstance(told, dict), told
    return told
