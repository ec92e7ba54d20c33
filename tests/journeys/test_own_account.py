"""What is theirs: attendees show their tickets and send one on, give one back, see who is signed in, take their data, leave."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from easyticket.core import clock
from easyticket.models import OrderStatus, SalesChannel
from easyticket.services.orders import Buyer, WantedLine, place_order, secret_of
from easyticket.services.payments import start_payment
from easyticket.services.tickets import issue_tickets
from tests import factories
from tests.factories import PASSWORD
from tests.fixtures.browser import PHONE
from tests.journeys import steps
from tests.journeys.conftest import Backstage
from tests.servers.easyticket import EasyTicketServer

OWNER = "akua.boateng@example.org"
RECEIVER = "nii.armah@example.org"
LEAVER = "dede.lartey@example.org"


@dataclass(frozen=True, slots=True)
class Evening:
    """A sold-out event that begins in an hour, who works at its door, and what else its only attendee was at."""

    title: str
    path: str
    organizer: str
    past_title: str


@pytest.fixture
def evening(backstage: Backstage) -> Evening:
    """All two places of the event are the owner's."""
    with backstage():
        now = clock.now()
        owner = factories.make_user(email=OWNER, first_name="Akua", last_name="Boateng")
        event = factories.make_simple_event(
            title="Palaver under the Baobab", quantity=2, price_minor=0, start_at=now + timedelta(hours=1)
        )
        order = place_order(
            actor=factories.actor_of(owner),
            event=event,
            lines=[WantedLine(event.ticket_types[0].offers[0].uuid, 2)],
            channel=SalesChannel.WEB,
            buyer=Buyer(owner.full_name, OWNER),
            now=now,
        )
        actor = factories.actor_of(owner).with_order_secret(secret_of(order))
        start_payment(actor=actor, order=order, return_url="", now=now)
        past = factories.make_simple_event(
            title="Harmattan Songs", organizer=event.organizer, start_at=now - timedelta(days=9)
        )
        issue_tickets(factories.make_order(past, user=owner, status=OrderStatus.CONFIRMED), now)
        return Evening(event.title, f"/events/{event.slug}/", event.organizer.email, past.title)


def test_a_ticket_of_a_sold_out_event_goes_to_somebody_without_an_account_who_alone_gets_in(
    live_server: EasyTicketServer, new_page: Callable[..., Page], evening: Evening
) -> None:
    owner = new_page(live_server, **PHONE)
    steps.sign_in(owner, OWNER)
    old = show_one_of_two_tickets(owner, evening)
    send_it_on(owner, evening)

    receiver = new_page(live_server, **PHONE)
    new = receive_it(receiver, evening)
    assert new != old

    gate = new_page(live_server, **PHONE)
    steps.sign_in(gate, evening.organizer)
    steps.open_gate(gate, evening.title, "Under the tree")
    with steps.answer(gate, "STOP"):
        steps.type_code(gate, old)
    expect(gate.get_by_text("This ticket was sent on to somebody else on")).to_be_visible()
    with steps.answer(gate, "ADMIT"):
        steps.type_code(gate, new)
    expect(gate.get_by_text("1 of 2 inside")).to_be_visible()

    receiver.reload()
    expect(receiver.get_by_text(re.compile("^Let in "))).to_be_visible()
    expect(receiver.get_by_role("link", name="Send to somebody else")).to_have_count(0)


def show_one_of_two_tickets(owner: Page, evening: Evening) -> str:
    """Return what a scanner reads from the screen."""
    steps.open_my_tickets(owner)
    mine = owner.get_by_role("main").get_by_role("article")
    expect(mine.filter(has_text=evening.title)).to_have_count(2)
    expect(mine.filter(has_text=evening.past_title)).to_have_count(0)
    owner.get_by_role("link", name="Past", exact=True).click()
    expect(mine.filter(has_text=evening.past_title)).to_contain_text("This event is over")
    expect(mine).to_have_count(1)
    owner.get_by_role("link", name="Coming up").click()
    code = mine.first.locator(".code").inner_text()
    mine.first.get_by_role("link", name="Show ticket").click()
    expect(owner.locator(".code-large")).to_have_text(f"{code[-10:-5]} {code[-5:]}")
    assert b"BEGIN:VEVENT" in steps.download(owner, owner.get_by_role("link", name="Add to calendar"))
    return steps.qr_content(owner)


def send_it_on(owner: Page, evening: Evening) -> None:
    owner.get_by_role("link", name="Send to somebody else").click()
    expect(owner.get_by_text("You cannot take it back")).to_be_visible()
    owner.get_by_label("Name", exact=True).fill("Nii Armah")
    owner.get_by_label("E-mail").fill(RECEIVER)
    owner.get_by_role("button", name="Send the ticket").click()
    expect(owner.get_by_text(f"The ticket is on its way to Nii Armah at {RECEIVER}.")).to_be_visible()
    expect(owner.get_by_text(re.compile(rf"^You sent it to Nii Armah \({RECEIVER}\) on "))).to_be_visible()
    steps.open_my_tickets(owner)
    expect(owner.get_by_role("link", name=re.compile("^Show ticket"))).to_have_count(1)


def receive_it(receiver: Page, evening: Evening) -> str:
    """Nobody else could have bought it: return what a scanner reads from the screen."""
    receiver.goto(evening.path)
    expect(receiver.get_by_text("Sold out").first).to_be_visible()
    steps.open_mail(receiver, RECEIVER, f"A ticket for you: {evening.title}")
    steps.mailed_link(receiver, "/tickets/").click()
    expect(receiver.get_by_role("heading", name=evening.title, level=1)).to_be_visible()
    expect(receiver.get_by_text("For Nii Armah")).to_be_visible()
    expect(receiver.get_by_role("navigation").get_by_role("link", name="Sign in")).to_be_visible()
    return steps.qr_content(receiver)


def test_money_back_receipts_own_data_signed_in_places_and_the_end_of_the_account(
    live_server: EasyTicketServer, new_page: Callable[..., Page], backstage: Backstage
) -> None:
    """The first browser runs no JavaScript."""
    with backstage():
        factories.make_user(email=LEAVER, first_name="Dede", last_name="Lartey")
        event = factories.make_simple_event(title="Regatta on the Volta", buyer_refund_days=2)
        path, title = f"/events/{event.slug}/", event.title
    page = new_page(live_server, java_script_enabled=False)
    steps.sign_in(page, LEAVER)
    steps.buy(page, path, "Standard", 2, name="Dede Lartey", email=LEAVER)
    give_one_back(page)
    number = take_the_papers(page, title)
    take_the_data(page, number)

    other = new_page(live_server, **PHONE)
    steps.sign_in(other, LEAVER)
    sign_out_the_other(page, other)
    leave(page, path)


def give_one_back(page: Page) -> None:
    page.get_by_role("link", name="Ask for your money back").click()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="GH₵ 52.50 goes back to you")).to_be_visible()
    page.get_by_role("button", name="Give back 1 ticket").click()
    expect(page.get_by_text("GH₵ 52.50").first).to_be_visible()
    expect(page.locator(".ticket-void")).to_have_count(1)


def take_the_papers(page: Page, title: str) -> str:
    """Return the number of the order, which its receipt has."""
    steps.open_my_tickets(page)
    page.get_by_role("link", name="Orders and receipts").click()
    bought = page.get_by_role("main").get_by_role("article")
    expect(bought).to_have_count(1)
    expect(bought).to_contain_text(title)
    number = bought.locator(".num").inner_text()
    receipt = PdfReader(BytesIO(steps.download(page, page.get_by_role("link", name=re.compile("^Receipt")))))
    assert number in receipt.pages[0].extract_text()
    return number


def take_the_data(page: Page, number: str) -> None:
    page.goto("/profile/")
    file = steps.download(page, page.get_by_role("link", name="Download everything we keep about you"))
    kept = json.loads(file)
    assert kept["account"]["email"] == LEAVER
    assert [order["number"] for order in kept["orders"]] == [number]
    assert [refund["amount"] for refund in kept["refunds"]] == ["52.50"]
    assert len(kept["tickets"]) == 2
    assert PASSWORD not in file.decode()


def sign_out_the_other(page: Page, other: Page) -> None:
    page.get_by_role("link", name="Where you are signed in").click()
    rows = page.get_by_role("main").get_by_role("listitem")
    expect(rows).to_have_count(2)
    rows.filter(has_not_text="This device").get_by_role("button", name=re.compile("^Sign out")).click()
    expect(page.get_by_text("This device is signed out.")).to_be_visible()
    expect(rows).to_have_count(1)
    other.goto("/orders/")
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()


def leave(page: Page, path: str) -> None:
    """Not with a ticket that still lets in; then for good."""
    page.goto("/profile/")
    page.get_by_role("link", name="Delete your account").click()
    expect(page.get_by_text("You have tickets for events that are still to come.")).to_be_visible()
    steps.open_my_tickets(page)
    page.get_by_role("link", name="Show ticket").click()
    page.get_by_role("link", name="All tickets of this order").click()
    page.get_by_role("link", name="Ask for your money back").click()
    page.get_by_role("button", name="Give back 1 ticket").click()

    page.goto("/profile/delete/")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_text("Your account is deleted.")).to_be_visible()
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(LEAVER)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("The address or the password is not right.").first).to_be_visible()
