"""Guests buy without an account: declined, out of time, or at last; and the order joins the account they make later."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from easyticket.core import clock
from easyticket.db import transaction
from easyticket.queries.orders import get_order_by_secret
from tests import factories
from tests.journeys import steps
from tests.journeys.conftest import Backstage
from tests.servers.easyticket import EasyTicketServer

GUEST = "selasi.ahiable@example.org"


def test_a_guest_is_declined_pays_again_and_finds_the_order_in_a_later_account(
    live_server: EasyTicketServer,
    new_page: Callable[..., Page],
    page: Page,
    backstage: Backstage,
    assert_accessible: Callable[..., None],
) -> None:
    with backstage():
        slug = factories.make_simple_event(title="Evening at the Well").slug
    page.goto(f"/events/{slug}/")
    steps.choose(page, "Standard", 1)
    steps.go_on_to_details(page)
    steps.say_who_buys(page, "Selasi Ahiable", GUEST)

    steps.go_to_payment(page)
    steps.decide(page, "Decline")
    expect(page.get_by_role("heading", name="Not paid")).to_be_visible()
    expect(page.get_by_text("your tickets are still held")).to_be_visible()
    expect(page.get_by_text(re.compile("^Held for you until"))).to_be_visible()
    assert_accessible(page)

    page.get_by_role("button", name="Try again: pay GH₵ 52.50").click()
    steps.decide(page, "Approve")
    expect(page.get_by_role("heading", name="You are going to Evening at the Well")).to_be_visible()

    steps.open_mail(page, GUEST, "Your tickets for Evening at the Well")
    link = steps.mailed_link(page, "/orders/").inner_text()
    the_link_alone_opens_the_order(new_page(live_server), link)
    the_order_joins_the_account(new_page(live_server))


def the_link_alone_opens_the_order(elsewhere: Page, link: str) -> None:
    elsewhere.goto(link)
    expect(elsewhere.get_by_role("heading", name="You are going to Evening at the Well")).to_be_visible()
    expect(elsewhere.get_by_role("navigation").get_by_role("link", name="Sign in")).to_be_visible()
    wrong = link[:-2] + ("0/" if link[-2] != "0" else "1/")
    answer = elsewhere.goto(wrong)
    assert answer is not None and answer.status == 404
    expect(elsewhere.get_by_text("Evening at the Well")).to_have_count(0)


def the_order_joins_the_account(elsewhere: Page) -> None:
    steps.sign_up(elsewhere, "Selasi Ahiable", GUEST)
    steps.open_my_tickets(elsewhere)
    expect(elsewhere.get_by_role("heading", name="No tickets for what comes")).to_be_visible()

    steps.verify_address(elsewhere, GUEST)
    steps.open_my_tickets(elsewhere)
    expect(elsewhere.get_by_role("link", name="Evening at the Well", exact=True)).to_be_visible()


def test_when_the_hold_runs_out_one_click_holds_the_same_again_and_what_was_typed_is_kept(
    page: Page, backstage: Backstage, assert_accessible: Callable[..., None]
) -> None:
    with backstage():
        slug = factories.make_simple_event(title="A Slow Dinner", quantity=2).slug
    page.clock.install()
    page.goto(f"/events/{slug}/")
    steps.choose(page, "Standard", 2)
    steps.go_on_to_details(page)
    steps.say_who_buys(page, "Naa Korkor Tagoe", "naa.korkor@example.org")
    page.get_by_label("Phone").fill("+233 24 123 4567")

    let_the_hold_run_out(page, backstage)
    expect(page.get_by_text("The time to hold your tickets is over.").first).to_be_visible()
    expect(steps.pay_button(page)).to_have_count(0)
    assert_accessible(page)
    page.get_by_role("button", name="Hold the same tickets again").click()
    expect(page.get_by_text(re.compile("^Your tickets are held again until"))).to_be_visible()
    expect(page.get_by_text(re.compile("^Held for you until"))).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    assert_accessible(page)
    expect(page.get_by_label("Name", exact=True)).to_have_value("Naa Korkor Tagoe")
    expect(page.get_by_label("E-mail", exact=True)).to_have_value("naa.korkor@example.org")
    expect(page.get_by_label("Phone")).to_have_value("+233 24 123 4567")

    steps.go_to_payment(page)
    steps.decide(page, "Approve")
    expect(page.get_by_role("heading", name="You are going to A Slow Dinner")).to_be_visible()
    expect(page.locator(".ticket")).to_have_count(2)


def let_the_hold_run_out(page: Page, backstage: Backstage) -> None:
    """A quarter of an hour passes in the browser, and for the order as well."""
    secret = page.url.rstrip("/").rpartition("/")[2]
    with backstage(), transaction():
        order = get_order_by_secret(secret)
        assert order.hold is not None
        order.expires_at = order.hold.expires_at = clock.now() - timedelta(seconds=1)
    page.clock.fast_forward("16:00")
