"""Steps of a purchase through the pages, for tests that need an order on its way."""

from __future__ import annotations

import re
from html import unescape

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from easyticket.db import db
from easyticket.models import Event, Order, Quota, QuotaKind, User
from easyticket.queries.orders import get_order_by_secret
from tests.factories import PASSWORD

BUYER = {"buyer_name": "Kofi Mensah", "buyer_email": "kofi@example.org"}


def choose(client: FlaskClient, event: Event, quantity: object = 2, **fields: str) -> TestResponse:
    """Choose some of the event's first offer."""
    offer = event.ticket_types[0].offers[0]
    return client.post(
        f"/events/{event.slug}/tickets/", data={f"quantity-{offer.uuid}": str(quantity), **fields}
    )


def begin(client: FlaskClient, event: Event, quantity: int = 2) -> str:
    """Hold tickets and return the secret of the order."""
    return secret_of(choose(client, event, quantity))


def secret_of(response: TestResponse) -> str:
    """Return the secret in the address a response leads to."""
    found = re.search(r"/(?:checkout|orders)/([0-9a-f]{32})/", response.headers["Location"])
    assert found is not None, response.headers["Location"]
    return found.group(1)


def pay(client: FlaskClient, secret: str, **fields: str) -> TestResponse:
    """Send the buyer's details and go to pay."""
    return client.post(f"/checkout/{secret}/pay/", data=BUYER | fields)


def decide(client: FlaskClient, payment_page: TestResponse, decision: str) -> TestResponse:
    """Press a button of the sandbox's payment page."""
    path = payment_page.headers["Location"].removeprefix("http://tickets.example")
    return client.post(f"{path}decide/", data={"decision": decision})


def buy(client: FlaskClient, event: Event, quantity: int = 2, **fields: str) -> str:
    """Go all the way and return the secret of the confirmed order."""
    secret = begin(client, event, quantity)
    decide(client, pay(client, secret, **fields), "approve")
    assert client.get(f"/checkout/{secret}/return/").status_code == 303
    return secret


def order_of(secret: str) -> Order:
    """Return the order as it is in the database now."""
    db.session.rollback()
    db.session.expire_all()
    return get_order_by_secret(secret)


def text_of(response: TestResponse) -> str:
    """Return what a person reads on a page, on one line."""
    joined = re.sub(r"</?(strong|wbr)>", "", response.text)
    without_tags = re.sub(r"<script.*?</script>|<[^>]*>", " ", joined, flags=re.DOTALL)
    return " ".join(unescape(without_tags).split())


def field_of(response: TestResponse, name: str) -> str | None:
    """Return the value an input has on a page."""
    for tag in re.findall(r"<input[^>]*>", response.text):
        if f'name="{name}"' in tag:
            value = re.search(r'value="([^"]*)"', tag)
            return unescape(value.group(1)) if value else ""
    return None


def held(event: Event) -> tuple[int, int]:
    """How many places of the event's first ticket type are held and sold."""
    db.session.rollback()
    quota = db.session.scalars(
        sa.select(Quota).filter_by(kind=QuotaKind.TICKET_TYPE, owner_id=event.ticket_types[0].id)
    ).one()
    return quota.held, quota.sold


def orders() -> list[Order]:
    """Return all orders, the oldest first."""
    db.session.rollback()
    return list(db.session.scalars(sa.select(Order).order_by(Order.id)))


def sign_in(client: FlaskClient, user: User) -> None:
    """Sign the browser in."""
    answer = client.post("/sign-in/", data={"email": user.email, "password": PASSWORD})
    assert answer.status_code in (302, 303)
