"""An organizer leaves the form of an event half-way and goes on later, and drags the event's picture to where it should be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests import factories
from tests.documents.test_pictures import drawn, encoded
from tests.journeys import steps
from tests.journeys.conftest import Backstage
from tests.servers.easyticket import EasyTicketServer

ORGANIZER = "abla.mensah@example.org"


def test_what_is_typed_survives_a_closed_tab_and_a_picture_is_cut_by_dragging(
    live_server: EasyTicketServer,
    new_page: Callable[..., Page],
    page: Page,
    backstage: Backstage,
    assert_accessible: Callable[..., None],
    tmp_path: Path,
) -> None:
    with backstage():
        organizer = factories.make_organizer(email=ORGANIZER)
        slug = factories.make_simple_event(organizer=organizer).slug
    photo = tmp_path / "photo.png"
    photo.write_bytes(encoded(drawn(1600, 600)))
    steps.sign_in(page, ORGANIZER)

    page.goto(f"/organizer/events/{slug}/edit/")
    page.get_by_label("Description (optional)").fill("Drums, **all night**.")
    expect(page.get_by_text("not saved yet.")).to_be_visible()
    page.get_by_role("button", name="Show how it looks").click()
    expect(page.locator("#description-preview strong")).to_have_text("all night")
    page.goto("about:blank")
    page.goto(f"/organizer/events/{slug}/edit/")
    expect(page.get_by_text("have not saved it yet")).to_be_visible()
    expect(page.get_by_label("Description (optional)")).to_have_value("Drums, **all night**.")
    assert_accessible(page)
    page.get_by_role("button", name="Throw it away").click()
    expect(page.get_by_label("Description (optional)")).not_to_have_value("Drums, **all night**.")

    page.get_by_role("link", name="Choose a picture").click()
    page.get_by_label("Picture", exact=True).set_input_files(photo)
    frame = page.locator(".cut.is-live")
    expect(frame).to_be_visible()
    box = frame.bounding_box() or {}
    page.mouse.move(box["x"] + 50, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 50 + box["width"], box["y"] + 50, steps=5)
    page.mouse.up()
    expect(page.get_by_label("From left to right")).to_have_value("0")
    assert_accessible(page)
    page.get_by_role("button", name="Save the picture").click()
    expect(page.get_by_text("Saved. This is how it looks now.")).to_be_visible()
    expect(page.get_by_label("From left to right")).to_have_value("0")
