"""The whole walk in browsers that run no JavaScript: a guest finds, buys and shows a ticket, an organizer lets it in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from easyticket.core import clock
from tests import factories
from tests.fixtures.browser import PHONE
from tests.journeys import steps
from tests.journeys.conftest import Backstage
from tests.servers.easyticket import EasyTicketServer

TITLE = "Plain Paper Concert"
ORGANIZER = "plain.paper@example.org"
GUEST = "adoma.yirenkyi@example.org"


def test_a_guest_buys_and_an_organizer_admits_without_any_script(
    live_server: EasyTicketServer, new_page: Callable[..., Page], backstage: Backstage
) -> None:
    with backstage():
        organizer = factories.make_organizer(email=ORGANIZER)
        factories.make_simple_event(
            title=TITLE, organizer=organizer, start_at=clock.now() + timedelta(hours=1)
        )
    guest = new_page(live_server, java_script_enabled=False, **PHONE)
    buy_a_ticket(guest)
    (code,) = steps.ticket_codes(guest)
    steps.open_mail(guest, GUEST, f"Your tickets for {TITLE}")
    expect(steps.mailed_link(guest, "/orders/")).to_be_visible()

    doorman = new_page(live_server, java_script_enabled=False, **PHONE)
    steps.sign_in(doorman, ORGANIZER)
    steps.open_gate(doorman, TITLE, "Main door")
    for typed, word in ((code, "ADMIT"), (code, "ALREADY IN"), ("nonsense", "STOP")):
        steps.type_code(doorman, typed)
        expect(doorman.locator(".result-word")).to_have_text(word)
    expect(doorman.get_by_text("1 of 1 inside")).to_be_visible()


def buy_a_ticket(guest: Page) -> None:
    guest.goto("/")
    search = guest.get_by_role("main").get_by_role("search")
    search.get_by_label("Search events").fill("plain paper")
    search.get_by_role("button", name="Search").click()
    guest.get_by_role("link", name=TITLE).click()
    steps.choose(guest, "Standard", 1)
    steps.go_on_to_details(guest)
    steps.say_who_buys(guest, "Adoma Yirenkyi", GUEST)
    steps.go_to_payment(guest)
    steps.decide(guest, "Approve")
    expect(guest.get_by_role("heading", name=f"You are going to {TITLE}")).to_be_visible()
