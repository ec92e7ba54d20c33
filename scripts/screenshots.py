"""`make screenshots`: pictures of the main screens, on a phone and at a desk, by day and by night, with the demo's data.

All of them land in test-results/screenshots/; those of `KEPT` are also made small and kept in docs/images/, where the
README shows them.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from easyticket.cli.greeting import DEMO_PASSWORD
from easyticket.services.demo.people import ADMIN, ATTENDEE, ORGANIZER
from tests.fixtures.browser import DESK, PATIENCE, PHONE
from tests.journeys import steps
from tests.servers.browser import find_chromium
from tests.servers.easyticket import EasyTicketServer

ROOT = Path(__file__).resolve().parents[1]
SHOTS, IMAGES = ROOT / "test-results" / "screenshots", ROOT / "docs" / "images"
# What a picture in the README may weigh, in bytes.
HEAVIEST = 150_000
TITLE = "Harmattan Nights: Highlife Under the Baobab"
EVENT = "harmattan-nights-highlife-under-the-baobab"
RUNNING = "osu-lantern-festival"


@dataclass(frozen=True, slots=True)
class Screen:
    """Where it is, whose eyes see it (nobody's account: a visitor's), and what has to be done there first."""

    path: str
    person: str = ""
    go_on: Callable[[Page], object] = lambda page: None


def _choose_tickets(page: Page) -> None:
    page.get_by_label("Quantity: ").first.fill("2")
    steps.go_on_to_details(page)


def _open_order(page: Page) -> None:
    page.get_by_role("article").filter(has_text=TITLE).get_by_role("link", name="Show order").click()


def _open_ticket(page: Page) -> None:
    page.get_by_role("article").filter(has_text=TITLE).get_by_role("link", name="Show ticket").first.click()


def _let_somebody_in(page: Page) -> None:
    guest = page.get_by_role("listitem").filter(has=page.get_by_role("button", name="Check in")).first
    code = guest.get_attribute("id") or ""
    page.goto(f"/gate/{RUNNING}/?gate=Market+gate")
    # The answer would be gone after a second.
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    steps.type_code(page, code)
    expect(page.locator(".result-admit")).to_be_visible()


SCREENS = {
    "home": Screen("/"),
    "event": Screen(f"/events/{EVENT}/"),
    "order": Screen("/orders/bought/", ATTENDEE.email, _open_order),
    "ticket": Screen("/orders/", ATTENDEE.email, _open_ticket),
    "desk": Screen("/organizer/", ORGANIZER.email),
    "own-event": Screen(f"/organizer/events/{EVENT}/", ORGANIZER.email),
    "new-event": Screen("/organizer/events/new/", ORGANIZER.email),
    "orders": Screen(f"/organizer/events/{EVENT}/orders/", ORGANIZER.email),
    "money": Screen("/organizer/money/", ORGANIZER.email),
    "admin": Screen("/admin/", ADMIN.email),
}
# These change what the others show, so they are looked at when the others are done.
LAST_SCREENS = {
    "gate": Screen(f"/organizer/events/{RUNNING}/attendees/?in=out", ORGANIZER.email, _let_somebody_in),
    "checkout": Screen(f"/events/{EVENT}/", "", _choose_tickets),
}
SIZES: dict[str, dict[str, Any]] = {"phone": {**PHONE, "device_scale_factor": 2}, "desk": DESK}
# (screen, size, theme) of those that are kept.
KEPT = (
    ("home", "desk", "light"),
    ("event", "phone", "light"),
    ("checkout", "phone", "light"),
    ("ticket", "phone", "dark"),
    ("gate", "phone", "dark"),
    ("desk", "desk", "light"),
    ("orders", "desk", "dark"),
)


def main() -> int:
    """Take all pictures; return 1 where one that is kept is too heavy."""
    expect.set_options(timeout=PATIENCE)
    for folder in (SHOTS, IMAGES):
        folder.mkdir(parents=True, exist_ok=True)
    with _server() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium())
        for screens in (SCREENS, LAST_SCREENS):
            for size in SIZES:
                for theme in ("light", "dark"):
                    _take(browser, server, screens, size, theme)
        browser.close()
    too_heavy = [name for name in map(_keep, KEPT) if name]
    print(f"{len(list(SHOTS.glob('*.png')))} pictures in {SHOTS.relative_to(ROOT)}/.")
    for name in too_heavy:
        print(f"{name} is heavier than {HEAVIEST} bytes.")
    return 1 if too_heavy else 0


@contextmanager
def _server() -> Iterator[EasyTicketServer]:
    with tempfile.TemporaryDirectory(prefix="easyticket-screenshots-") as folder:
        server = EasyTicketServer(Path(folder), f"sqlite:///{folder}/shots.db", DEMO="true")
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _take(
    browser: Browser, server: EasyTicketServer, screens: Mapping[str, Screen], size: str, theme: str
) -> None:
    people: dict[str, BrowserContext] = {}
    for name, screen in screens.items():
        if screen.person not in people:
            people[screen.person] = _sign_in(browser, server, screen.person, size, theme)
        page = people[screen.person].new_page()
        page.goto(screen.path)
        screen.go_on(page)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=SHOTS / f"{name}-{size}-{theme}.png")
        page.close()
    for context in people.values():
        context.close()


def _sign_in(
    browser: Browser, server: EasyTicketServer, person: str, size: str, theme: Any
) -> BrowserContext:
    context = browser.new_context(
        base_url=server.url, locale="en-GB", color_scheme=theme, reduced_motion="reduce", **SIZES[size]
    )
    context.set_default_timeout(PATIENCE)
    if person:
        steps.sign_in(context.new_page(), person, DEMO_PASSWORD)
    return context


def _keep(kept: tuple[str, str, str]) -> str:
    """Keep a picture in fewer colours; return its name if it is too heavy all the same."""
    name, size, theme = kept
    written = BytesIO()
    with Image.open(SHOTS / f"{name}-{size}-{theme}.png") as picture:
        small = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
        small.save(written, "PNG", optimize=True)
    (IMAGES / f"{name}.png").write_bytes(written.getvalue())
    return name if written.tell() > HEAVIEST else ""


if __name__ == "__main__":
    sys.exit(main())
