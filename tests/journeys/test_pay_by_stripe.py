"""Paying by card on our own page: declined, proved to the bank, cut off, too late; what Stripe says is what counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.ctx import AppContext
from playwright.sync_api import Page, expect

from easyticket.core import clock
from easyticket.db import transaction
from easyticket.services.payments import get_payment
from tests import factories
from tests.doubles.stripe import PUBLISHABLE_KEY, SECRET_KEY, StripeDouble
from tests.doubles.stripe_browser import route_stripe
from tests.doubles.stripe_cards import DECLINED, GOOD, WITH_3DS
from tests.doubles.stripe_webhooks import SECRET
from tests.fixtures.browser import PHONE
from tests.fixtures.database import application_on
from tests.fixtures.parties import NewServer
from tests.journeys import steps
from tests.servers.easyticket import EasyTicketServer

BUYER = "yaa.asantewaa@example.org"
TITLE = "Evening of Drums"
STRIPE = ("js.stripe.com", "api.stripe.com")
NewPage = Callable[..., Page]
Backstage = Callable[[], AbstractContextManager[AppContext]]


@pytest.fixture
def shop(new_server: NewServer, stripe_double: StripeDouble) -> EasyTicketServer:
    """EasyTicket with Stripe set up, and Stripe's webhooks on their way to it."""
    server = new_server(
        STRIPE_SECRET_KEY=SECRET_KEY,
        STRIPE_PUBLISHABLE_KEY=PUBLISHABLE_KEY,
        STRIPE_WEBHOOK_SECRET=SECRET,
        STRIPE_API_URL=stripe_double.url,
    )
    stripe_double.configure(f"{server.url}/api/webhooks/stripe/")
    return server


@pytest.fixture
def backstage(shop: EasyTicketServer, tmp_path: Path) -> Iterator[Backstage]:
    with application_on(shop.environment["DATABASE_URL"], tmp_path) as application:
        yield application.app_context


@pytest.fixture
def slug(backstage: Backstage) -> str:
    """The event that is on sale: 50 cedis and the fee."""
    with backstage():
        return factories.make_simple_event(title=TITLE).slug


@pytest.fixture
def payer(new_page: NewPage, shop: EasyTicketServer, stripe_double: StripeDouble) -> Callable[..., Page]:
    """Call it for the page of a payer whose browser finds Stripe."""

    def make(**options: Any) -> Page:
        page = new_page(shop, friends=STRIPE, **options)
        route_stripe(page.context, stripe_double.url)
        return page

    return make


def go_to_pay(page: Page, slug: str) -> None:
    """Go from the event to the page that asks for the card."""
    page.goto(f"/events/{slug}/")
    steps.choose(page, "Standard", 1)
    steps.go_on_to_details(page)
    steps.say_who_buys(page, "Yaa Asantewaa", BUYER)
    steps.pay_button(page).click()
    expect(page.get_by_role("heading", name="Pay by card")).to_be_visible()


def enter(page: Page, card: str) -> None:
    """Type a card in Stripe's fields once they are there, and press the button."""
    expect(steps.pay_button(page)).to_be_enabled()
    page.get_by_label("Card number").fill(card)
    page.get_by_label("Expiration date").fill("12 / 34")
    page.get_by_label("Security code").fill("123")
    steps.pay_button(page).click()


def expect_tickets(page: Page) -> None:
    expect(page.get_by_role("heading", name=f"You are going to {TITLE}")).to_be_visible()
    assert len(steps.ticket_codes(page)) == 1


def test_a_declined_card_and_then_a_good_one(
    payer: Callable[..., Page],
    slug: str,
    stripe_double: StripeDouble,
    assert_accessible: Callable[..., None],
) -> None:
    page, asked = payer(), list[tuple[str, str]]()
    page.on("request", lambda request: asked.append((request.frame.url, request.url)))
    go_to_pay(page, slug)
    expect(page.get_by_text("You pay GH₵ 52.50 to EasyTicket for 1 ticket")).to_be_visible()
    expect(page.get_by_text("Test mode: no real money")).to_be_visible()
    assert_accessible(page)

    enter(page, DECLINED)
    problem = page.get_by_role("alert")
    expect(problem).to_have_text(re.compile("Your card was declined. Nothing was charged."))
    expect(problem).to_be_focused()
    assert_accessible(page)

    stripe_double.fault("slow", path="/confirm$", seconds=1)
    enter(page, GOOD)
    busy = page.get_by_role("button", name="Paying GH₵ 52.50…")
    expect(busy).to_be_disabled()
    expect(page.get_by_text("Please keep this page open.")).to_be_visible()
    expect_tickets(page)
    assert steps.qr_content(page)

    [intent] = stripe_double.intents()
    assert (intent["status"], intent["amount"], intent["currency"]) == ("succeeded", 5250, "ghs")
    assert all(status == 200 for _, status in stripe_double.wait_for_webhooks())
    assert intent["client_secret"] not in page.url
    on_stripe = {frame for frame, url in asked if "stripe.com" in url}
    assert on_stripe and all("/pay/ET-" in frame for frame in on_stripe)
    steps.open_mail(page, BUYER, f"Your tickets for {TITLE}")


def test_the_bank_wants_proof_at_night_on_a_phone(
    payer: Callable[..., Page],
    slug: str,
    assert_accessible: Callable[..., None],
) -> None:
    page = payer(**PHONE, color_scheme="dark")
    go_to_pay(page, slug)
    assert_accessible(page)
    enter(page, WITH_3DS)
    page.get_by_role("button", name="Fail authentication").click()
    expect(page.get_by_role("alert")).to_have_text(re.compile("unable to authenticate your payment method"))
    enter(page, WITH_3DS)
    page.get_by_role("button", name="Complete authentication").click()
    expect_tickets(page)


def test_a_connection_that_breaks_is_not_taken_for_a_payment_nor_for_none(
    payer: Callable[..., Page], slug: str, stripe_double: StripeDouble
) -> None:
    stripe_double.webhooks(dropping=True)
    page = payer()
    go_to_pay(page, slug)
    page.context.route(
        re.compile("/confirm$"), lambda route: (route.fetch(url=_there(route, stripe_double)), route.abort())
    )
    enter(page, GOOD)
    expect(page.get_by_role("alert")).to_contain_text("we cannot tell yet whether you have paid")
    # The money was taken. Whoever comes to the page again is led on instead of being asked a second time.
    address = page.url
    another = payer()
    another.goto(address)
    expect_tickets(another)
    page.get_by_role("link", name="See your order").click()
    expect_tickets(page)
    assert len(stripe_double.intents()) == 1


def _there(route: Any, double: StripeDouble) -> str:
    return f"{double.url}/{route.request.url.split('/', 3)[3]}"


def test_when_the_time_is_over_the_page_says_so_and_leads_on(
    payer: Callable[..., Page],
    slug: str,
    backstage: Backstage,
    stripe_double: StripeDouble,
    assert_accessible: Callable[..., None],
) -> None:
    page = payer()
    page.clock.install()
    go_to_pay(page, slug)
    expect(steps.pay_button(page)).to_be_enabled()
    [intent] = stripe_double.intents()
    with backstage(), transaction():
        order = get_payment(intent["metadata"]["reference"]).order
        assert order.hold is not None
        order.expires_at = order.hold.expires_at = clock.now() - timedelta(seconds=1)
    page.clock.fast_forward("16:00")
    expect(page.get_by_role("alert")).to_contain_text("Your tickets are no longer held for you")
    expect(steps.pay_button(page)).to_have_count(0)
    expect(page.get_by_text("The time to pay is over.").first).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="See your order").click()
    expect(page.get_by_role("heading", name="Not paid in time")).to_be_visible()
    page.get_by_role("button", name="Hold the same tickets again").click()
    expect(page.get_by_text(re.compile("^Your tickets are held again until"))).to_be_visible()
    assert stripe_double.thing(intent["id"])["status"] == "canceled"


def test_without_stripes_script_or_any_script_it_says_what_to_do(
    payer: Callable[..., Page], new_page: NewPage, shop: EasyTicketServer, slug: str
) -> None:
    page = payer()
    go_to_pay(page, slug)
    plain = new_page(shop, java_script_enabled=False)
    plain.goto(page.url)
    # Found by its place: texts are not looked for in what is meant for browsers without scripts.
    expect(plain.locator("noscript .message")).to_be_visible()
    expect(steps.pay_button(plain)).to_have_count(0)

    blocked = new_page(shop, friends=STRIPE)
    blocked.context.route("https://js.stripe.com/**", lambda route: route.abort("blockedbyclient"))
    blocked.goto(page.url)
    expect(blocked.get_by_role("alert")).to_contain_text("could not be loaded")
    expect(blocked.get_by_role("link", name="Load this page again")).to_be_visible()
    expect(steps.pay_button(blocked)).to_have_count(0)
