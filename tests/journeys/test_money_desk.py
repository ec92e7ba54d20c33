"""An organizer's money without any script: an account is added and checked, a payout asked for and paid, a statement read."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from easyticket.core import clock
from easyticket.rules.permissions import SYSTEM
from easyticket.services.withdrawals import record_payout_paid
from tests import factories
from tests.journeys import steps
from tests.journeys.conftest import Backstage
from tests.queries.test_balances import make_past_event, make_sale

ORGANIZER = "dzifa.agbeko@example.org"


def test_earned_money_goes_to_a_checked_account_and_the_statement_says_so(
    no_js_page: Page, backstage: Backstage, assert_accessible: Callable[..., None]
) -> None:
    page = no_js_page
    with backstage():
        organizer = factories.make_organizer(email=ORGANIZER, first_name="Dzifa", last_name="Agbeko")
        past = make_past_event(organizer)
        for _ in range(2):
            make_sale(past)
    steps.sign_in(page, ORGANIZER)
    page.goto("/organizer/")
    page.get_by_role("navigation", name="Organizer").get_by_role("link", name="Money").click()
    expect(payable(page)).to_contain_text("GH₵ 100.00")
    add_an_account(page)
    ask_for_too_much_and_then_less(page)

    reference = re.search(r"Reference (\S+)", payouts(page).inner_text())
    assert reference is not None
    with backstage():
        record_payout_paid(actor=SYSTEM, reference=reference.group(1), now=clock.now())
    page.reload()
    expect(payouts(page).get_by_role("listitem").first).to_contain_text("Paid")
    expect(payable(page)).to_contain_text("GH₵ 39.00")
    read_the_statement(page, reference.group(1))


def payable(page: Page) -> Locator:
    return page.get_by_role("region", name="GHS: can be paid out now")


def payouts(page: Page) -> Locator:
    return page.get_by_role("region", name="Payouts", exact=True)


def add_an_account(page: Page) -> None:
    page.get_by_role("link", name="Mobile money").click()
    expect(page.get_by_label("Whose account it is")).to_have_value("Dzifa Agbeko")
    page.get_by_label("Network").select_option("MTN")
    page.get_by_label("Mobile number").fill("024 12")
    page.get_by_label("Name it").fill("My phone")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("alert")).to_contain_text("+233 and nine digits")
    expect(page.get_by_label("Name it")).to_have_value("My phone")
    page.get_by_label("Mobile number").fill("024 123 4567")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_text("Added. It is being checked.")).to_be_visible()
    steps.look_until(page, page.get_by_role("region", name="Where it goes").get_by_text("Verified"))
    # The check was paid for.
    expect(payable(page)).to_contain_text("GH₵ 99.00")


def ask_for_too_much_and_then_less(page: Page) -> None:
    page.get_by_role("link", name="Ask for a payout").click()
    expect(page.get_by_label("Amount")).to_have_value("99.00")
    page.get_by_label("Amount").fill("120")
    page.get_by_role("button", name="Ask for it").click()
    expect(page.get_by_role("alert")).to_contain_text("99.00 can be paid out at the moment, and no more.")
    page.get_by_label("Amount").fill("60")
    page.get_by_role("button", name="Ask for it").click()
    expect(page.get_by_text("Asked for. You can take it back until it is sent.")).to_be_visible()
    expect(payable(page)).to_contain_text("On its way to you")
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Taken back. The money is in your balance again.")).to_be_visible()
    expect(payable(page)).to_contain_text("GH₵ 99.00")
    page.get_by_role("link", name="Ask for a payout").click()
    page.get_by_label("Amount").fill("60")
    page.get_by_role("button", name="Ask for it").click()
    expect(payouts(page).get_by_role("listitem").first).to_contain_text("Waiting to be paid")


def read_the_statement(page: Page, reference: str) -> None:
    today = clock.now().date()
    form = page.get_by_role("region", name="Statements")
    form.get_by_label("From").fill((today - timedelta(days=60)).isoformat())
    form.get_by_label("To").fill(today.isoformat())
    table = steps.download(page, form.get_by_role("button", name="Table (CSV)")).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table, newline="")))
    assert sum("Tickets sold" in row for row in rows) == 2
    assert any(reference in cell for row in rows for cell in row)
    assert [cell for row in rows if "Closing balance" in row for cell in row if cell == "39.00"] == ["39.00"]
    paper = PdfReader(io.BytesIO(steps.download(page, form.get_by_role("button", name="PDF"))))
    assert "Dzifa Agbeko" in paper.pages[0].extract_text()
