"""An organizer fills a table of days and tiers from a spreadsheet: one wrong cell is named, and the rest is in its place."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests import factories
from tests.journeys import steps
from tests.journeys.conftest import Backstage

ORGANIZER = "abena.sarpong@example.org"
# What a program puts on the clipboard for two rows of three cells.
CELLS = "15,50 / 20\t30 / 10\ndear\t-"
PASTE = """(cell, text) => {
  const clipboard = new DataTransfer();
  clipboard.setData("text/plain", text);
  cell.dispatchEvent(new ClipboardEvent("paste", {clipboardData: clipboard, bubbles: true, cancelable: true}));
}"""


def test_cells_of_a_spreadsheet_are_pasted_into_the_table(
    page: Page, backstage: Backstage, assert_accessible: Callable[..., None]
) -> None:
    with backstage():
        event = factories.make_grid_event(organizer=factories.make_organizer(email=ORGANIZER))
        address = f"/organizer/events/{event.slug}/ticket-types/"
    steps.sign_in(page, ORGANIZER)
    page.goto(address)
    page.get_by_role("link", name="Edit Pass").click()
    page.get_by_label("Price, Day 1, Regular").evaluate(PASTE, CELLS)
    expect(page.get_by_role("alert")).to_contain_text("Day 2, Regular, Price: “dear”: Enter a price")
    expect(page.get_by_label("How many, Day 1, Regular")).to_have_value("20")
    expect(page.get_by_label("Price, Day 2, VIP")).to_have_value("")
    assert_accessible(page)
    page.get_by_label("Price, Day 2, Regular").fill("18")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_role("row", name="Day 2 · Regular")).to_contain_text("GH₵ 18.00")
    expect(page.get_by_role("row")).to_have_count(4)
