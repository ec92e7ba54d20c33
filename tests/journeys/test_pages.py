"""Every page can be used by everybody: axe finds nothing on a phone by day or at a desk by night, and nothing has to be
scrolled sideways, whatever stands on it. What the fixtures watch on all pages (console, policy, other origins) is watched
here too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask, current_app
from playwright.sync_api import Browser, BrowserContext, Page, expect

from easyticket.core import clock
from easyticket.db import db
from easyticket.models import Event, Order, OrderStatus
from easyticket.queries.users import find_user_by_email
from easyticket.rules.order_phase import OrderPhase, phase_of
from easyticket.services.demo.people import ADMIN, ATTENDEE
from easyticket.services.demo.people import PASSWORD as DEMO_PASSWORD
from easyticket.services.orders import secret_of
from tests import factories
from tests.fixtures.browser import has_failed, take_pictures
from tests.fixtures.database import application_on
from tests.journeys import odd_content, pages, steps, troubles
from tests.journeys.conftest import Backstage
from tests.journeys.pages import Look
from tests.servers.browser import Watch
from tests.servers.databases import Databases
from tests.servers.easyticket import EasyTicketServer

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
# The narrowest phone there is, and a tablet: the narrowest screen on which a desk has a column of rooms.
OTHERS = ({"width": 320, "height": 640}, {"width": 900, "height": 1200})
# Kind of page: the order of the demo it shows, and the page of that order.
OF_ORDERS = {
    "details": (OrderPhase.HELD, "/checkout/{secret}/"),
    "details out of time": (OrderPhase.EXPIRED, "/checkout/{secret}/"),
    "sandbox": (OrderPhase.PAYING, "{pay_url}"),
    "return": (OrderPhase.PAYING, "/checkout/{secret}/return/"),
    "order": (OrderPhase.CONFIRMED, "/orders/{secret}/"),
    "refunded order": (OrderPhase.REFUNDED, "/orders/{secret}/"),
}
EVENTS: dict[str, Callable[..., Event]] = {
    "tiers": factories.make_tiered_event,
    "days": factories.make_day_event,
    "grid": factories.make_grid_event,
}
# Pages nobody can ask for: drawn by the application, handed over by the browser test.
FAULTS = {"400": {}, "429": {"wait": "40 seconds"}, "500": {"reference": "7J2KQ0AB"}, "maintenance": {}}
# What a site shows before anybody did anything on it.
EMPTY = (
    "/",
    "/events/",
    "/admin/",
    "/admin/payments/",
    "/admin/payouts/",
    "/admin/webhooks/",
    "/admin/categories/",
)
ALL_AT_ONCE = """wrong => {
  const form = document.querySelector(`main form[method=post]:has([name="${Object.keys(wrong)[0]}"])`);
  for (const [name, value] of Object.entries(wrong)) {
    const field = form.elements[name];
    if (field.type === "checkbox") field.checked = false; else field.value = value;
  }
  form.noValidate = true;
  form.requestSubmit();
}"""


@pytest.fixture(scope="session")
def places(_application_behind: Flask) -> Iterator[dict[str, str]]:
    """What the addresses of the desks with odd content are made of."""
    with _application_behind.app_context():
        made = odd_content.furnish()
    yield made
    with _application_behind.app_context():
        troubles.clear_up()


@pytest.fixture(scope="session")
def readers(live_server: EasyTicketServer, browser: Browser) -> Iterator[Callable[[str], tuple[Page, Watch]]]:
    """Call it with the address of an account, or with another word for somebody who is not signed in, for a page of that
    person's browser. Each has one for all tests, as people do: what the first page loaded need not be loaded again."""
    opened: dict[str, tuple[Page, Watch]] = {}

    def reader(email: str) -> tuple[Page, Watch]:
        if email not in opened:
            context = browser.new_context(base_url=live_server.url, reduced_motion="reduce")
            watch, page = Watch(context), context.new_page()
            if "@" in email:
                is_of_demo = email.endswith("@easyticket.example")
                steps.sign_in(page, email, DEMO_PASSWORD if is_of_demo else factories.PASSWORD)
            opened[email] = page, watch
        return opened[email]

    yield reader
    for page, _ in opened.values():
        page.context.close()


@pytest.fixture
def look_at(
    readers: Callable[[str], tuple[Page, Watch]],
    assert_accessible: Callable[..., None],
    request: pytest.FixtureRequest,
) -> Iterator[Callable[..., None]]:
    """Call it with an address, whose browser it is opened in, and what is sent with its form, to look at a page in all the
    ways people do."""

    looked_at: list[BrowserContext] = []

    def look(path: str, email: str = "", wrong: dict[str, str] | None = None, html: str = "") -> None:
        page, watch = readers(email)
        looked_at.append(page.context)
        watch.faults.clear()
        if html:
            page.route(f"**{path}", lambda route: route.fulfill(body=html, content_type="text/html"))
        page.set_viewport_size(PHONE)
        page.emulate_media(color_scheme="light")
        page.goto(path)
        if wrong:
            send_wrong(page, wrong)
        assert_fits(page)
        assert_accessible(page)
        page.set_viewport_size(DESK)
        page.emulate_media(color_scheme="dark")
        assert_fits(page)
        assert_accessible(page)
        for size in OTHERS:
            page.set_viewport_size(size)
            assert_fits(page)
        assert not watch.faults

    yield look
    if has_failed(request.node):
        take_pictures(request.node, looked_at)


def send_wrong(page: Page, wrong: dict[str, str]) -> None:
    """Type values into the form that has all of them, send it as a browser does that checks nothing, and be told."""
    with page.expect_navigation():
        page.evaluate(ALL_AT_ONCE, wrong)
    expect(page.locator("main").locator(".field-error, .error-summary, .message").first).to_be_visible()


def assert_fits(page: Page) -> None:
    excess = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert excess <= 0, f"{page.url} is {excess} pixels too wide for {page.viewport_size}"


@pytest.mark.parametrize("kind", pages.FOR_EVERYBODY)
def test_a_page_for_everybody(kind: str, look_at: Callable[..., None], places: dict[str, str]) -> None:
    look_in(pages.FOR_EVERYBODY[kind], look_at, places)


@pytest.mark.parametrize("kind", pages.FOR_ATTENDEES)
def test_a_page_for_attendees(kind: str, look_at: Callable[..., None], places: dict[str, str]) -> None:
    look_in(pages.FOR_ATTENDEES[kind], look_at, places)


@pytest.mark.parametrize("kind", pages.FOR_ORGANIZERS)
def test_a_page_for_organizers(kind: str, look_at: Callable[..., None], places: dict[str, str]) -> None:
    look_in(pages.FOR_ORGANIZERS[kind], look_at, places)


@pytest.mark.parametrize("kind", pages.FOR_ADMINISTRATORS)
def test_a_page_for_administrators(kind: str, look_at: Callable[..., None], places: dict[str, str]) -> None:
    look_in(pages.FOR_ADMINISTRATORS[kind], look_at, places)


@pytest.mark.parametrize("make", EVENTS)
def test_a_page_of_an_event_with_a_long_title(
    make: str, look_at: Callable[..., None], backstage: Backstage
) -> None:
    with backstage():
        event = EVENTS[make](title=odd_content.LONG, short_description=odd_content.FROM_THE_RIGHT)
        slug = event.slug
    look_at(f"/events/{slug}/")


@pytest.mark.parametrize("kind", OF_ORDERS)
def test_a_page_of_an_order(kind: str, look_at: Callable[..., None], backstage: Backstage) -> None:
    phase, path = OF_ORDERS[kind]
    with backstage():
        order = next(order for order in orders_of_the_demo() if phase_of(order, clock.now()) is phase)
        pay_url = urlsplit(order.payments[-1].pay_url).path if order.payments else ""
        path = path.format(secret=secret_of(order), pay_url=pay_url)
    look_at(path)


def test_a_page_that_is_not_there(look_at: Callable[..., None]) -> None:
    look_at("/no/such/page/")


def test_a_page_of_a_mail(
    live_server: EasyTicketServer,
    look_at: Callable[..., None],
    places: dict[str, str],
    new_page: Callable[..., Page],
) -> None:
    page = new_page(live_server)
    steps.open_mail(page, f"b.{odd_content.ODD}", "A ticket for you")
    look_at(urlsplit(page.url).path)


def test_a_page_while_acting_for_somebody_else(
    readers: Callable[[str], tuple[Page, Watch]], look_at: Callable[..., None], places: dict[str, str]
) -> None:
    page, _ = readers("acting")
    steps.sign_in(page, ADMIN.email, DEMO_PASSWORD)
    page.goto(f"/admin/people/{places['person']}/")
    page.get_by_role("button", name="Act in their place").click()
    look_at("/organizer/", "acting")
    expect(page.get_by_role("complementary", name="Acting for somebody else")).to_contain_text(
        odd_content.NAME
    )


@pytest.mark.parametrize("name", FAULTS)
def test_a_page_of_a_fault(name: str, look_at: Callable[..., None], backstage: Backstage) -> None:
    with backstage(), current_app.test_request_context("/"):
        html = current_app.jinja_env.get_template(f"errors/{name}.html").render(FAULTS[name])
    look_at(f"/fault-{name}/", html=html)


def test_the_pages_of_an_empty_site(
    databases: Databases, migrated_database: str, tmp_path: Path, look_at: Callable[..., None]
) -> None:
    address = databases.new(template=migrated_database)
    with application_on(address, tmp_path, WTF_CSRF_ENABLED="false") as app:
        with app.app_context():
            email = factories.make_staff().email
        app.config["WTF_CSRF_ENABLED"] = False
        client = app.test_client()
        client.post("/sign-in/", data={"email": email, "password": factories.PASSWORD})
        drawn = {path: client.get(path) for path in EMPTY}
    for path, answer in drawn.items():
        assert answer.status_code == 200
        look_at(path, "empty", html=answer.text)


def test_no_page_is_forgotten(_application_behind: Flask, places: dict[str, str]) -> None:
    """Whoever makes a page puts it into a list of tests/journeys/pages.py, or says there why nobody looks at it."""
    views = _application_behind.view_functions
    expected = {
        rule.endpoint
        for rule in _application_behind.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and views[rule.endpoint].__module__.startswith("easyticket.web.")
        and not rule.rule.endswith(pages.FILES)
    }
    lists = (pages.FOR_EVERYBODY, pages.FOR_ATTENDEES, pages.FOR_ORGANIZERS, pages.FOR_ADMINISTRATORS)
    paths = [look.path.format(**places) for each in lists for look in each.values()]
    paths += [path.format(secret="x", pay_url="/sandbox/x/") for _, path in OF_ORDERS.values()]
    find = _application_behind.url_map.bind("")
    seen = {find.match(urlsplit(path).path)[0] for path in paths} | {"dev.mail"}
    assert expected - seen == set(pages.NO_PAGES)


def look_in(look: Look, look_at: Callable[..., None], places: dict[str, str]) -> None:
    look_at(look.path.format(**places), look.who, look.wrong)


def orders_of_the_demo() -> Iterator[Order]:
    """The demo's orders that are not simply paid, and those of the attendee that are still to come."""
    attendee = find_user_by_email(ATTENDEE.email)
    assert attendee is not None
    is_to_come = sa.and_(Order.user_id == attendee.id, Event.start_at > clock.now())
    query = (
        sa.select(Order)
        .join(Order.event)
        .where(Order.status != OrderStatus.CONFIRMED, Event.end_at > clock.now())
    )
    yield from db.session.scalars(query)
    yield from db.session.scalars(sa.select(Order).join(Order.event).where(is_to_come))
