"""Somebody finds an event on a phone, buys tickets with a new account on the way, and walks through the gate."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from easyticket.core import clock
from tests import factories
from tests.factories import PASSWORD
from tests.fixtures.browser import PHONE
from tests.journeys import steps
from tests.journeys.conftest import Backstage
from tests.servers.easyticket import EasyTicketServer

TITLE = "Òjò Ọ̀sán: Kɔ́rà und Flöte"
BUYER = "yewande.alao@example.org"
DOORMAN = "doorman@example.org"


def test_from_the_home_page_to_the_gate(
    live_server: EasyTicketServer, new_page: Callable[..., Page], backstage: Backstage
) -> None:
    with backstage():
        organizer = factories.make_organizer(email=DOORMAN)
        factories.make_simple_event(
            title=TITLE, organizer=organizer, start_at=clock.now() + timedelta(hours=1)
        )
    phone = new_page(live_server, **PHONE)

    find_the_event(phone)
    choose_two_tickets(phone)
    pay_with_a_new_account(phone)
    order_page = phone.url

    check_the_mail(phone, steps.ticket_codes(phone))
    steps.verify_address(phone, BUYER)
    open_the_order_from_my_tickets(phone)
    assert phone.url == order_page
    download_the_pdf(phone)
    content = show_the_first_ticket(phone)

    gate = new_page(live_server, **PHONE)
    steps.sign_in(gate, DOORMAN)
    steps.open_gate(gate, TITLE, "Main door")
    with steps.answer(gate, "ADMIT"):
        steps.type_code(gate, content)


def find_the_event(phone: Page) -> None:
    """The words are typed as a keyboard without accents has them."""
    phone.goto("/")
    search = phone.get_by_role("main").get_by_role("search")
    search.get_by_label("Search events").fill("ojo osan kora flote")
    search.get_by_role("button", name="Search").click()
    phone.get_by_role("link", name=TITLE).click()
    expect(phone.get_by_role("heading", name=TITLE, level=1)).to_be_visible()


def choose_two_tickets(phone: Page) -> None:
    more = phone.get_by_role("button", name="One more: Standard")
    more.click()
    expect(phone.get_by_text("GH₵ 52.50").last).to_be_visible()
    more.click()
    expect(phone.locator("[data-total]")).to_have_text("GH₵ 105.00")
    steps.go_on_to_details(phone)


def pay_with_a_new_account(phone: Page) -> None:
    steps.say_who_buys(phone, "Yewande Alao", BUYER)
    phone.get_by_text("Create an account too").click()
    phone.get_by_label("Password", exact=True).fill(PASSWORD)
    expect(steps.pay_button(phone)).to_have_text("Pay GH₵ 105.00")
    steps.go_to_payment(phone)
    steps.decide(phone, "Approve")
    expect(phone.get_by_role("heading", name=f"You are going to {TITLE}")).to_be_visible()
    expect(phone.locator(".ticket")).to_have_count(2)


def check_the_mail(phone: Page, codes: list[str]) -> None:
    steps.open_mail(phone, BUYER, f"Your tickets for {TITLE}")
    pdf, calendar = (
        steps.download(phone, phone.get_by_role("link", name=ending)) for ending in (".pdf", ".ics")
    )
    pages = [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]
    assert len(pages) == len(codes) == 2
    assert all(code in page for code, page in zip(codes, pages, strict=True))
    assert b"BEGIN:VEVENT" in calendar


def open_the_order_from_my_tickets(phone: Page) -> None:
    steps.open_my_tickets(phone)
    expect(phone.get_by_role("link", name=re.compile("^Show ticket"))).to_have_count(2)
    phone.get_by_role("link", name="Orders and receipts").click()
    phone.get_by_role("link", name=re.compile("^Show order")).click()
    expect(phone.get_by_role("heading", name=f"You are going to {TITLE}")).to_be_visible()


def download_the_pdf(phone: Page) -> None:
    pdf = steps.download(phone, phone.get_by_role("link", name="All tickets as PDF"))
    assert len(PdfReader(BytesIO(pdf)).pages) == 2


def show_the_first_ticket(phone: Page) -> str:
    """Return what a scanner reads from the screen."""
    (code, _) = steps.ticket_codes(phone)
    phone.get_by_role("link", name="Show large").first.click()
    expect(phone.get_by_role("img", name=f"QR code of ticket {code}")).to_be_visible()
    content = steps.qr_content(phone)
    assert re.fullmatch("[0-9a-f]{64}", content)
    return content
