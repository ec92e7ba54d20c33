"""What takes a while tells how far it is: a rehearsal of many kinds of ticket, and a list that is downloaded."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from easyticket.models import EventStatus
from tests import factories
from tests.journeys import steps
from tests.journeys.conftest import Backstage

ORGANIZER = "efua.progress@example.org"
# The bar is shown after a moment and gone at the end; what it said is noted by the page itself.
TELL_OF_PROGRESS = """
new MutationObserver(() => {
  const text = document.querySelector(".watched p");
  if (text && text.textContent) console.info(`progress: ${text.textContent}`);
}).observe(document, { childList: true, characterData: true, subtree: true });
"""


def test_a_rehearsal_and_a_download_say_how_far_they_are(page: Page, backstage: Backstage) -> None:
    with backstage():
        organizer = factories.make_organizer(email=ORGANIZER)
        event = factories.make_event(organizer=organizer, status=EventStatus.DRAFT)
        for number in range(6):
            factories.make_ticket_type(event, name=f"Kind {number}")
        address = f"/organizer/events/{event.slug}"
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.add_init_script(TELL_OF_PROGRESS)
    steps.sign_in(page, ORGANIZER)
    page.goto(f"{address}/check/")
    page.get_by_role("button", name="Try it for real").click()
    expect(page.get_by_text("Everything went well", exact=True)).to_be_visible(timeout=20_000)
    assert "progress: 1 of 6 kinds of ticket tried" in told
    assert "progress: All kinds of ticket tried. Drawing and mailing them." in told
    expect(page.get_by_role("progressbar")).to_have_count(0)
    page.goto("/organizer/events/")
    main = page.get_by_role("main")
    page.route("**/events.csv*", lambda route: route.abort(), times=1)
    page.get_by_role("link", name="Download all as CSV").click()
    expect(main.get_by_text("It broke off before it was done. Try it once more.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all as XLSX").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    assert download.value.path().read_bytes().startswith(b"PK")
    expect(main.get_by_text("It broke off")).to_have_count(0)
