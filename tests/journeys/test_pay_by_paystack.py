"""A payer in Accra is sent to Paystack's page, declined there, and pays by mobile money; who leaves comes back to the order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from flask.ctx import AppContext
from playwright.sync_api import Page, expect

from tests import factories
from tests.doubles.paystack import TEST_KEY, PaystackDouble
from tests.fixtures.database import application_on
from tests.fixtures.parties import NewServer
from tests.journeys import steps
from tests.servers.easyticket import EasyTicketServer

BUYER = "efua.sarpong@example.org"
TITLE = "Highlife on the Roof"


@pytest.fixture
def shop(new_server: NewServer, paystack_double: PaystackDouble) -> EasyTicketServer:
    """EasyTicket with Paystack set up, and Paystack's webhooks on their way to it."""
    server = new_server(
        PAYSTACK_SECRET_KEY=TEST_KEY,
        PAYSTACK_PUBLIC_KEY="pk_test_0",
        PAYSTACK_API_URL=paystack_double.url,
    )
    paystack_double.configure(webhook_url=f"{server.url}/webhooks/paystack/", phone_seconds=0.2)
    return server


@pytest.fixture
def backstage(
    shop: EasyTicketServer, tmp_path: Path
) -> Iterator[Callable[[], AbstractContextManager[AppContext]]]:
    with application_on(shop.environment["DATABASE_URL"], tmp_path) as application:
        yield application.app_context


@pytest.fixture
def slug(backstage: Callable[[], AbstractContextManager[AppContext]]) -> str:
    """The event that is on sale: 50 cedis and the fee."""
    with backstage():
        return factories.make_simple_event(title=TITLE).slug


def choose_and_pay(page: Page, slug: str) -> None:
    """Go from the event to Paystack's page."""
    page.goto(f"/events/{slug}/")
    steps.choose(page, "Standard", 1)
    steps.go_on_to_details(page)
    steps.say_who_buys(page, "Efua Sarpong", BUYER)
    steps.pay_button(page).click()
    expect_paystack(page)


def expect_paystack(page: Page) -> None:
    expect(page.get_by_role("heading", name="Pay GHS 52.50")).to_be_visible()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def expect_tickets(page: Page, count: int = 1) -> None:
    expect(page.get_by_role("heading", name=f"You are going to {TITLE}")).to_be_visible()
    assert len(steps.ticket_codes(page)) == count


def test_declined_by_the_bank_and_paid_by_mobile_money(
    new_page: Callable[..., Page],
    shop: EasyTicketServer,
    slug: str,
    paystack_double: PaystackDouble,
    assert_accessible: Callable[..., None],
) -> None:
    page = new_page(shop)
    choose_and_pay(page, slug)
    press(page, "Let the bank decline")
    expect(page.get_by_role("alert")).to_contain_text("Your bank declined the payment")
    press(page, "Cancel payment")
    expect(page.get_by_role("heading", name="Not paid")).to_be_visible()
    expect(page.get_by_text("your tickets are still held")).to_be_visible()
    assert_accessible(page)

    press(page, "Try again: pay GH₵ 52.50")
    expect_paystack(page)
    page.get_by_label("Phone number").fill("0241234567")
    press(page, "Pay by mobile money")
    press(page, "I have approved it on the phone")
    expect_tickets(page)
    assert steps.qr_content(page)
    first, second = sorted(paystack_double.charges(), key=lambda charge: int(charge["id"]))
    assert (first["status"], second["status"], second["channel"]) == ("failed", "success", "mobile_money")
    assert paystack_double.wait_webhooks() == [200]
    steps.open_mail(page, BUYER, f"Your tickets for {TITLE}")


def test_who_never_comes_back_gets_the_tickets_by_the_webhook(
    new_page: Callable[..., Page], shop: EasyTicketServer, slug: str, paystack_double: PaystackDouble
) -> None:
    page = new_page(shop)
    choose_and_pay(page, slug)
    [charge] = paystack_double.charges()
    paystack_double.pay(str(charge["reference"]), channel="mobile_money")
    assert paystack_double.wait_webhooks() == [200]
    steps.open_mail(page, BUYER, f"Your tickets for {TITLE}")
    steps.mailed_link(page, "/orders/").click()
    expect_tickets(page)


def test_without_a_webhook_the_page_one_comes_back_to_asks(
    new_page: Callable[..., Page], shop: EasyTicketServer, slug: str, paystack_double: PaystackDouble
) -> None:
    paystack_double.webhooks(dropping=True)
    page = new_page(shop, java_script_enabled=False)
    choose_and_pay(page, slug)
    press(page, "Pay by card")
    expect_tickets(page)


def test_who_leaves_the_payment_page_can_go_back_to_it(
    new_page: Callable[..., Page], shop: EasyTicketServer, slug: str
) -> None:
    page = new_page(shop)
    choose_and_pay(page, slug)
    press(page, "Cancel payment")
    expect(page.get_by_role("heading", name="Waiting for the payment provider")).to_be_visible()
    press(page, "Go to the payment page")
    expect_paystack(page)
    press(page, "Pay by card")
    expect_tickets(page)
