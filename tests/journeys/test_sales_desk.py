"""An organizer's sales: orders found, corrected, returned and taken away as tables; people let in and sold to at the door."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from zipfile import ZipFile

from playwright.sync_api import Page, expect

from easyticket.core import clock
from tests import factories
from tests.journeys import scenes, steps
from tests.journeys.conftest import Backstage

SELLER, DOORKEEPER = "afua.danquah@example.org", "kwesi.amoah@example.org"
MISTYPED, RIGHT = "esi.quartey@exmaple.org", "esi.quartey@example.org"


@dataclass(frozen=True, slots=True)
class Sold:
    """Where the orders of an event are, and the codes of the first one's tickets."""

    address: str
    number: str
    codes: list[str]


def test_an_order_is_found_corrected_returned_ticket_by_ticket_and_taken_away(
    page: Page, backstage: Backstage, assert_accessible: Callable[..., None]
) -> None:
    sold = sell_an_evening(backstage)
    steps.sign_in(page, SELLER)
    page.goto(sold.address)
    find_the_order(page, sold)
    correct_the_buyer(page)
    name_somebody_else(page, sold.codes[0])
    return_one_ticket(page, sold.codes[2], assert_accessible)
    return_ten_cedis(page)
    read_the_history(page)
    page.goto(sold.address)
    take_the_list_away(page, sold.number)
    both_mails_came(page)


def sell_an_evening(backstage: Backstage) -> Sold:
    with backstage():
        event = factories.make_simple_event(
            title="Palmwine Strings", organizer=factories.make_organizer(email=SELLER)
        )
        balcony = factories.make_ticket_type(event, name="Balcony", price_minor=8_000)
        first = scenes.paid_order(event, "Esi Quartey", MISTYPED, quantity=3)
        scenes.paid_order(event, "=Yaw Boateng", "yaw.boateng@example.org", offer=balcony.offers[0])
        scenes.held_order(event, "Naa Dede", "naa.dede@example.org")
        codes = [ticket.code for ticket in first.tickets]
        return Sold(f"/organizer/events/{event.slug}/orders/", first.number, codes)


def find_the_order(page: Page, sold: Sold) -> None:
    expect(page.get_by_role("heading", name="3 orders", exact=True)).to_be_visible()
    page.get_by_label("State").select_option("Not paid yet")
    expect(page.get_by_role("heading", name="1 order found")).to_be_visible()
    expect(page.locator("#results").get_by_role("link", name="Naa Dede")).to_be_visible()
    page.get_by_label("State").select_option("Any state")
    expect(page.get_by_role("heading", name="3 orders", exact=True)).to_be_visible()
    page.get_by_label("Ticket type").select_option("Balcony")
    expect(page.get_by_role("heading", name="1 order found")).to_be_visible()
    expect(page.locator("#results").get_by_role("link", name="=Yaw Boateng")).to_be_visible()
    page.get_by_label("Ticket type").select_option("All tickets")
    expect(page.get_by_role("heading", name="3 orders", exact=True)).to_be_visible()
    page.get_by_role("searchbox").fill("boateng")
    page.get_by_role("button", name="Find").click()
    # The only one that fits is shown at once.
    expect(page.get_by_role("heading", name=re.compile("^Order OE-"))).to_be_visible()
    expect(page.get_by_role("link", name="yaw.boateng@example.org", exact=True)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="3 orders", exact=True)).to_be_visible()
    page.get_by_role("link", name="Esi Quartey").click()
    expect(page.get_by_role("heading", name=f"Order {sold.number}")).to_be_visible()


def correct_the_buyer(page: Page) -> None:
    page.get_by_role("link", name="Correct the buyer").click()
    page.get_by_label("E-mail", exact=True).fill(RIGHT)
    expect(page.get_by_label("Mail the tickets there now")).to_be_checked()
    page.get_by_role("button", name="Save").click()
    expect(
        page.get_by_text(f"The buyer is corrected. The tickets are on their way to {RIGHT}.")
    ).to_be_visible()
    page.get_by_role("button", name="Mail the tickets again").click()
    expect(page.get_by_text(f"The tickets are on their way to {RIGHT} again.")).to_be_visible()


def name_somebody_else(page: Page, code: str) -> None:
    page.get_by_role("link", name=re.compile(f"^Change who .*{code}")).click()
    page.get_by_label("Name").fill("שירה Ɛdem 🎻")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The ticket is for שירה Ɛdem 🎻 now.")).to_be_visible()


def return_one_ticket(page: Page, code: str, assert_accessible: Callable[..., None]) -> None:
    page.get_by_role("link", name="Return money").click()
    page.get_by_label("Single tickets").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose at least one ticket.")
    assert_accessible(page)
    page.get_by_role("checkbox", name=re.compile(code)).check()
    page.get_by_label("Reason").fill("One of you is ill")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="GH₵ 52.50 goes back to Esi Quartey")).to_be_visible()
    expect(page.get_by_text("1 ticket stops working at once, for good.")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Return GH₵ 52.50").click()
    expect(page.get_by_text("Partly refunded")).to_be_visible()
    ticket = page.get_by_role("listitem").filter(has_text=code)
    expect(ticket.get_by_text("Cancelled")).to_be_visible()


def return_ten_cedis(page: Page) -> None:
    page.get_by_role("link", name="Return money").click()
    expect(page.get_by_text("GH₵ 105.00 of this order can go back to Esi Quartey.")).to_be_visible()
    page.get_by_label("An amount, and the tickets stay valid").check()
    page.get_by_role("textbox", name="Amount").fill("10")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("No ticket stops working: the buyer keeps them.")).to_be_visible()
    page.get_by_role("button", name="Return GH₵ 10.00").click()
    expect(page.locator("dd", has_text="GH₵ 95.00")).to_be_visible()


def read_the_history(page: Page) -> None:
    history = page.get_by_role("region", name="History")
    for what in ("Placed on the site", "Paid GH₵ 157.50", "3 tickets issued", "GH₵ 52.50 returned"):
        expect(history.get_by_text(what)).to_be_visible()
    corrected = history.get_by_role("listitem").filter(has_text="Corrected who the buyer is")
    expect(corrected).to_contain_text(MISTYPED)
    expect(corrected).to_contain_text(RIGHT)
    expect(corrected).to_contain_text(re.compile("Ama Owusu|You"))
    renamed = history.get_by_role("listitem").filter(has_text="שירה Ɛdem 🎻")
    expect(renamed).to_contain_text("Esi Quartey")


def take_the_list_away(page: Page, number: str) -> None:
    page.get_by_label("State").select_option("Partly refunded")
    expect(page.get_by_role("heading", name="1 order found")).to_be_visible()
    narrowed = steps.download(page, page.get_by_role("link", name="Download all as CSV"))
    [row] = rows_of_csv(narrowed)
    assert (row["Order"], row["E-mail"], row["Refunded"]) == (number, RIGHT, "62.50")
    page.get_by_label("State").select_option("Any state")
    expect(page.get_by_role("heading", name="3 orders", exact=True)).to_be_visible()
    heading, *rows = rows_of_xlsx(steps.download(page, page.get_by_role("link", name="Download all as XLSX")))
    table = [dict(zip(heading, row, strict=False)) for row in rows]
    assert [row["Buyer"] for row in table] == ["Naa Dede", "=Yaw Boateng", "Esi Quartey"]
    assert [row["Total"] for row in table] == ["52.50", "84.00", "157.50"]


def both_mails_came(page: Page) -> None:
    """With the correction, and by the button."""
    page.goto("/dev/mailbox/")
    mails = (
        page.get_by_role("row").filter(has_text=RIGHT).filter(has_text="Your tickets for Palmwine Strings")
    )
    steps.look_until(page, mails.nth(1))
    mails.first.get_by_role("link").click()
    expect(steps.mailed_link(page, "/orders/")).to_be_visible()


def rows_of_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def rows_of_xlsx(content: bytes) -> list[list[str]]:
    """Return what the cells of the first sheet say; none of them is a formula."""
    with ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    rows = re.findall(r"<row .*?</row>", sheet, re.DOTALL)
    return [
        [unescape(re.sub("<.*?>", "", cell)) for cell in re.findall(r"<c .*?(?:/>|</c>)", row)]
        for row in rows
    ]


def test_on_a_phone_tickets_are_sold_for_cash_and_people_let_in_by_hand_and_out_again(
    phone_page: Page, backstage: Backstage, assert_accessible: Callable[..., None]
) -> None:
    with backstage():
        event = factories.make_simple_event(
            title="Courtyard Drums",
            organizer=factories.make_organizer(email=DOORKEEPER),
            start_at=clock.now() + timedelta(hours=1),
        )
        desk = f"/organizer/events/{event.slug}/"
        code = scenes.paid_order(event, "Abla Kpodo", "abla.kpodo@example.org").tickets[0].code
        scenes.paid_order(event, "Mawuli Sedo", "mawuli.sedo@example.org")
    phone = phone_page
    steps.sign_in(phone, DOORKEEPER)
    phone.goto(desk)
    sell_at_the_door(phone, assert_accessible)

    phone.get_by_role("navigation", name="This event").get_by_role("link", name="Attendees").click()
    expect(phone.get_by_text("2 of 4 in").first).to_be_visible()
    phone.get_by_role("searchbox").fill("abla")
    phone.get_by_role("button", name="Find").click()
    expect(phone.get_by_role("heading", name="1 person found")).to_be_visible()
    phone.get_by_role("button", name=re.compile("^Check in.*Abla Kpodo")).click()
    expect(phone.get_by_text("Abla Kpodo is in.")).to_be_visible()
    expect(phone.get_by_text("3 of 4 in").first).to_be_visible()
    # What was looked for stays, and so does the place in the list.
    expect(phone.get_by_role("searchbox")).to_have_value("abla")
    expect(phone.locator(f"#undo-{code}")).to_be_focused()
    expect(phone.locator(f"#{code}")).to_be_in_viewport()
    assert_accessible(phone)
    phone.get_by_role("button", name=re.compile("^Undo.*Abla Kpodo")).click()
    expect(phone.get_by_text("Taken back: Abla Kpodo is not in.")).to_be_visible()
    expect(phone.get_by_text("2 of 4 in").first).to_be_visible()

    phone.get_by_role("searchbox").fill("")
    phone.get_by_role("button", name="Find").click()
    expect(phone.get_by_role("heading", name="4 people", exact=True)).to_be_visible()
    expect(phone.get_by_text("Taken back: Abla Kpodo is not in.")).not_to_be_attached()
    phone.get_by_label("In or not").select_option("Not in yet")
    expect(phone.get_by_role("heading", name="2 people found")).to_be_visible()
    rows = rows_of_csv(steps.download(phone, phone.get_by_role("link", name="Download all as CSV")))
    assert [(row["Name"], row["Let in"]) for row in rows] == [("Abla Kpodo", ""), ("Mawuli Sedo", "")]


def sell_at_the_door(phone: Page, assert_accessible: Callable[..., None]) -> None:
    phone.get_by_role("navigation", name="This event").get_by_role("link", name="Door").click()
    phone.get_by_role("button", name="One more: Standard").click()
    phone.get_by_role("button", name="One more: Standard").click()
    expect(phone.locator("[data-total]")).to_have_text("GH₵ 100.00")
    phone.get_by_role("button", name="Sell for cash").click()
    expect(phone.get_by_role("heading", name="Take GH₵ 100.00")).to_be_visible()
    expect(phone.get_by_role("img", name=re.compile("^QR code of ticket"))).to_have_count(2)
    assert_accessible(phone)
    phone.get_by_role("button", name="Let them in now").click()
    expect(phone.get_by_text("2 people are in.")).to_be_visible()
    phone.get_by_role("link", name="Next buyer").click()
    expect(phone.get_by_text("2 tickets sold at the door, GH₵ 100.00 in cash")).to_be_visible()
