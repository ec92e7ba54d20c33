"""The page for paying by card: for whoever has the address, with what Stripe needs and nothing more, while it can be paid."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from easyticket.core import clock
from easyticket.core.signing import pay_token
from easyticket.db import transaction
from easyticket.models import Event, OrderStatus, Payment, PaymentState
from easyticket.rules.permissions import ANONYMOUS
from easyticket.services.orders import secret_of
from easyticket.services.payments import start_payment
from tests import factories
from tests.doubles.stripe import PUBLISHABLE_KEY, SECRET_KEY, StripeDouble
from tests.doubles.stripe_cards import DECLINED
from tests.web.buying import begin, order_of, pay, text_of

pytestmark = pytest.mark.usefixtures("db_session", "paid_by_stripe")

SHOP = "http://tickets.example"


@pytest.fixture
def event() -> Event:
    return factories.make_simple_event(title="Highlife Night", quantity=10)


@pytest.fixture
def secret(client: FlaskClient, event: Event) -> str:
    """The secret of an order whose buyer was sent to pay."""
    secret = begin(client, event)
    answer = pay(client, secret)
    assert answer.headers["Location"] == f"{SHOP}{path_of(secret)}"
    return secret


def payment_of(secret: str) -> Payment:
    return order_of(secret).payments[-1]


def path_of(secret: str) -> str:
    return page_of(payment_of(secret))


def page_of(payment: Payment) -> str:
    return urlsplit(payment.pay_url).path


def data_of(page: TestResponse, name: str) -> str:
    """Return a data attribute of the form."""
    found = re.search(rf'data-{name}="([^"]*)"', page.text)
    assert found is not None, name
    return unescape(found[1])


def test_it_says_what_is_paid_to_whom_and_until_when(client: FlaskClient, event: Event, secret: str) -> None:
    text = text_of(client.get(path_of(secret)))
    organizer = order_of(secret).event.organizer.display_name
    assert f"You pay GH₵ 105.00 to EasyTicket for 2 tickets, sold by {organizer}." in text
    assert "Held for you until" in text
    assert "Total with all fees GH₵ 105.00" in text
    assert "Pay GH₵ 105.00" in text
    assert "Test mode: no real money" in text
    assert "Paying by card needs JavaScript" in text


def test_its_script_learns_what_stripe_needs(
    client: FlaskClient, secret: str, stripe_double: StripeDouble
) -> None:
    page = client.get(path_of(secret))
    [intent] = stripe_double.intents()
    assert data_of(page, "key") == PUBLISHABLE_KEY
    assert data_of(page, "secret") == intent["client_secret"]
    assert data_of(page, "return-url") == f"{SHOP}/checkout/{secret}/return/"
    assert SECRET_KEY not in page.text
    assert page.text.count("https://js.stripe.com/") == 1
    assert '<script src="https://js.stripe.com/endive/stripe.js" defer></script>' in page.text


def test_stripe_is_let_in_on_this_page_only(client: FlaskClient, secret: str) -> None:
    page = client.get(path_of(secret))
    policy = dict(part.split(" ", 1) for part in page.headers["Content-Security-Policy"].split("; "))
    assert policy["script-src"] == "'self' https://js.stripe.com https://*.js.stripe.com"
    assert policy["frame-src"] == "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com"
    assert policy["connect-src"] == "'self' https://api.stripe.com"
    assert (policy["default-src"], policy["object-src"], policy["frame-ancestors"]) == (
        "'self'",
        "'none'",
        "'none'",
    )
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    others = ("/", f"/checkout/{secret}/", f"/checkout/{secret}/return/", "/pay/ET-unknown/0123/")
    for path in others:
        answer = client.get(path)
        assert "stripe.com" not in answer.headers["Content-Security-Policy"], path
        assert "stripe.com" not in answer.text, path


def test_its_address_is_a_key_and_is_told_to_nobody(app: Flask, client: FlaskClient, secret: str) -> None:
    path = path_of(secret)
    page = app.test_client().get(path)  # another browser, signed in nowhere
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert '<meta name="robots" content="noindex">' in page.text


@pytest.mark.parametrize("reference", ["ET-00000000000000000000000000", "1", "%00", "x" * 300])
def test_an_unknown_reference_is_not_there(client: FlaskClient, reference: str) -> None:
    for path in (f"/pay/{reference}/", f"/pay/{reference}/{'0' * 32}/", f"/pay/{reference}/é/"):
        assert client.get(path).status_code in (400, 404)


def test_who_knows_only_the_reference_sees_no_page_and_learns_no_secret(
    app: Flask, client: FlaskClient, secret: str, stripe_double: StripeDouble
) -> None:
    """Organizers see the references of their buyers' payments, before and after they are paid."""
    payment, stranger = payment_of(secret), app.test_client()
    token = page_of(payment).split("/")[3]
    assert re.fullmatch("[0-9a-f]{32}", token) and token not in payment.reference
    guesses = ("", "0" * 32 + "/", token[:-1] + "/", token.upper() + "/", secret + "/")
    for state in (PaymentState.OPEN, PaymentState.PAID):
        with transaction():
            payment_of(secret).state = state
        for guess in guesses:
            answer = stranger.get(f"/pay/{payment.reference}/{guess}")
            assert answer.status_code == 404, guess
            assert secret not in answer.text
            assert "Location" not in answer.headers
            assert stripe_double.intents()[0]["client_secret"] not in answer.text


def test_a_payment_of_another_provider_has_no_page_here(
    app: Flask, client: FlaskClient, event: Event
) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], stripe_secret_key="")
    secret = begin(client, event)
    pay(client, secret)
    payment = payment_of(secret)
    assert payment.provider == "sandbox"
    token = pay_token(app.config["SETTINGS"].secret_key, payment.reference)
    assert client.get(f"/pay/{payment.reference}/{token}/").status_code == 404


def test_asked_again_it_is_the_same_payment(
    client: FlaskClient, secret: str, stripe_double: StripeDouble
) -> None:
    assert pay(client, secret).headers["Location"] == f"{SHOP}{path_of(secret)}"
    assert len(stripe_double.intents()) == 1


def test_after_a_declined_card_it_says_so_and_stays(
    client: FlaskClient, secret: str, stripe_double: StripeDouble
) -> None:
    stripe_double.pay(payment_of(secret).provider_ref or "", DECLINED)
    client.get(f"/checkout/{secret}/return/")
    assert payment_of(secret).state is PaymentState.OPEN
    text = text_of(client.get(path_of(secret)))
    assert "Your card was declined. Nothing was charged." in text


def test_what_is_paid_leads_to_its_tickets(
    client: FlaskClient, secret: str, stripe_double: StripeDouble
) -> None:
    path = path_of(secret)
    stripe_double.pay(payment_of(secret).provider_ref or "")
    # Stripe knows, we do not yet: the page's script asks Stripe first and goes on by itself.
    assert client.get(path).status_code == 200
    answer = client.get(f"/checkout/{secret}/return/?redirect_status=failed")
    assert answer.headers["Location"] == f"/orders/{secret}/"
    assert order_of(secret).status is OrderStatus.CONFIRMED
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        f"{SHOP}/checkout/{secret}/return/",
    )


def test_a_return_that_claims_success_is_not_believed(client: FlaskClient, secret: str) -> None:
    intent = payment_of(secret).provider_ref
    claims = f"?payment_intent={intent}&redirect_status=succeeded"
    assert client.get(f"/checkout/{secret}/return/{claims}").status_code == 200
    assert order_of(secret).status is OrderStatus.PROCESSING


def test_after_the_hold_it_leads_to_the_page_that_tells_what_to_do(client: FlaskClient, secret: str) -> None:
    path = path_of(secret)
    with transaction():
        order = order_of(secret)
        assert order.hold is not None
        order.expires_at = order.hold.expires_at = clock.now() - timedelta(seconds=1)
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{SHOP}/checkout/{secret}/return/")


@pytest.mark.parametrize("state", [PaymentState.PROCESSING, PaymentState.CANCELED, PaymentState.FAILED])
def test_an_attempt_that_is_not_open_leads_on(client: FlaskClient, secret: str, state: PaymentState) -> None:
    path = path_of(secret)
    with transaction():
        payment_of(secret).state = state
    assert client.get(path).status_code == 303


def test_a_front_end_of_its_own_gets_its_payer_back(client: FlaskClient, event: Event) -> None:
    """Whoever has only the reference does not learn the secret of the order from the page."""
    order = factories.make_order(event)
    secret = secret_of(order)
    payment = start_payment(
        actor=ANONYMOUS.with_order_secret(secret),
        order=order,
        return_url="https://shop.example/payment-results?reference={reference}",
        now=clock.now(),
    )
    assert payment is not None
    page = client.get(page_of(payment))
    assert (
        data_of(page, "return-url") == f"https://shop.example/payment-results?reference={payment.reference}"
    )
    assert secret not in page.text


def test_it_goes_on_while_the_site_is_being_worked_on(app: Flask, client: FlaskClient, secret: str) -> None:
    path = path_of(secret)
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], maintenance=True)
    assert client.get(path).status_code == 200
