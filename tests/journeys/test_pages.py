"""Every kind of page can be used by everybody: axe finds nothing on a phone or at a desk, by day or by night, and nothing
has to be scrolled sideways. What the fixtures watch on all pages (console, policy, other origins) is watched here too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import current_app
from playwright.sync_api import Browser, BrowserContext, Page

from easyticket.cli.greeting import DEMO_PASSWORD
from easyticket.core import clock
from easyticket.db import db
from easyticket.models import Event, Order, OrderStatus
from easyticket.queries.users import find_user_by_email
from easyticket.rules.order_phase import OrderPhase, phase_of
from easyticket.services.orders import secret_of
from tests import factories
from tests.fixtures.browser import has_failed, take_pictures
from tests.journeys import steps
from tests.journeys.conftest import Backstage
from tests.servers.browser import Watch
from tests.servers.easyticket import EasyTicketServer

ATTENDEE = "attendee@easyticket.example"
ORGANIZER = "organizer@easyticket.example"
NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
NARROWEST = {"width": 320, "height": 640}

OPEN_TO_ALL = {
    "home": "/",
    "browse": "/events/",
    "nothing found": "/events/?q=zzzz&city=Accra&date=never&min=x",
    "past events": "/events/?when=past",
    "simple pricing": "/events/waakye-friends-a-street-food-saturday/",
    "tiers": "/events/harmattan-nights-highlife-under-the-baobab/",
    "day passes": "/events/jollof-without-borders/",
    "days and tiers": "/events/build-west-africa-product-and-engineering-days/",
    "free": "/events/open-mic-at-number-nine/",
    "sold out": "/events/kiezklang-four-bands-one-courtyard/",
    "all held": "/events/brass-on-the-rooftop/",
    "cancelled": "/events/homecoming-picnic-at-the-lake/",
    "over": "/events/choirs-of-the-garden-city/",
    "sign up": "/sign-up/",
    "sign in": "/sign-in/",
    "forgotten": "/forgotten/",
    "resend": "/verify/",
    "dead link": "/verify/no-such-token/",
    "dead reset": "/reset/no-such-token/",
    "mailbox": "/dev/mailbox/",
    "not found": "/no/such/page/",
}
FOR_ATTENDEES = {
    "my tickets": "/orders/",
    "past tickets": "/orders/past/",
    "own orders": "/orders/bought/",
    "profile": "/profile/",
    "sessions": "/profile/sessions/",
    "change password": "/profile/password/",
    "delete account": "/profile/delete/",
    "welcome": "/welcome/",
    "not allowed": "/organizer/",
}
FOR_ORGANIZERS = {
    "overview": "/organizer/",
    "own events": "/organizer/events/",
    "own event": "/organizer/events/harmattan-nights-highlife-under-the-baobab/",
    "own cancelled event": "/organizer/events/homecoming-picnic-at-the-lake/",
    "own draft": "/organizer/events/documentary-club-rivers/",
    "draft's preview": "/events/documentary-club-rivers/",
    "new event": "/organizer/events/new/",
    "edit event": "/organizer/events/documentary-club-rivers/edit/",
    "cancel event": "/organizer/events/waakye-friends-a-street-food-saturday/cancel/",
    "delete event": "/organizer/events/documentary-club-rivers/delete/",
    "history": "/organizer/events/harmattan-nights-highlife-under-the-baobab/history/",
    "new ticket type": "/organizer/events/documentary-club-rivers/ticket-types/new/",
    "gates": "/gate/",
    "gate's name": "/gate/harmattan-nights-highlife-under-the-baobab/?rename=1",
    "gate": "/gate/harmattan-nights-highlife-under-the-baobab/?gate=Main+door",
}
# Kind of page: the order of the demo it shows, and the page of that order.
OF_ORDERS = {
    "details": (OrderPhase.HELD, "/checkout/{secret}/"),
    "details out of time": (OrderPhase.EXPIRED, "/checkout/{secret}/"),
    "sandbox": (OrderPhase.PAYING, "{pay_url}"),
    "return": (OrderPhase.PAYING, "/checkout/{secret}/return/"),
    "order": (OrderPhase.CONFIRMED, "/orders/{secret}/"),
    "refunded order": (OrderPhase.REFUNDED, "/orders/{secret}/"),
    "ticket": (OrderPhase.CONFIRMED, "/orders/{secret}/{code}/"),
    "send a ticket on": (OrderPhase.CONFIRMED, "/orders/{secret}/{code}/send/"),
}
LONG_TITLE = "An extraordinarily long evening of improvised theatre, music, dance and shadow play for all"
EVENTS: dict[str, Callable[..., Event]] = {
    "simple": factories.make_simple_event,
    "tiers": factories.make_tiered_event,
    "days": factories.make_day_event,
    "grid": factories.make_grid_event,
}
# Pages nobody can ask for: drawn by the application, handed over by the browser test.
FAULTS = {"400": {}, "429": {"wait": "40 seconds"}, "500": {"reference": "7J2KQ0AB"}, "maintenance": {}}


@pytest.fixture(scope="session")
def readers(live_server: EasyTicketServer, browser: Browser) -> Iterator[Callable[[str], tuple[Page, Watch]]]:
    """Call it with an account of the demo, or with "", for a page of that person's browser. Each has one for all tests,
    as people do: what the first page loaded need not be loaded again."""
    opened: dict[str, tuple[Page, Watch]] = {}

    def reader(email: str) -> tuple[Page, Watch]:
        if email not in opened:
            context = browser.new_context(base_url=live_server.url, reduced_motion="reduce")
            watch, page = Watch(context), context.new_page()
            if email:
                steps.sign_in(page, email, DEMO_PASSWORD)
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
    """Call it with an address, and whose browser it is opened in, to look at a page in all the ways people do."""

    looked_at: list[BrowserContext] = []

    def look(path: str, email: str = "", html: str = "") -> None:
        page, watch = readers(email)
        looked_at.append(page.context)
        watch.faults.clear()
        if html:
            page.route(f"**{path}", lambda route: route.fulfill(body=html, content_type="text/html"))
        page.goto(path)
        for size in (NARROW, WIDE):
            page.set_viewport_size(size)
            assert_fits(page)
            page.emulate_media(color_scheme="light")
            assert_accessible(page)
            page.emulate_media(color_scheme="dark")
            assert_accessible(page, only=["color-contrast"])  # all that the night changes
        page.set_viewport_size(NARROWEST)
        assert_fits(page)
        assert not watch.faults

    yield look
    if has_failed(request.node):
        take_pictures(request.node, looked_at)


def assert_fits(page: Page) -> None:
    excess = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert excess <= 0, f"{page.url} is {excess} pixels too wide for {page.viewport_size}"


@pytest.mark.parametrize("kind", OPEN_TO_ALL)
def test_a_page_for_everybody(kind: str, look_at: Callable[..., None]) -> None:
    look_at(OPEN_TO_ALL[kind])


@pytest.mark.parametrize("make", EVENTS)
def test_a_page_of_an_event_with_a_long_title(
    make: str, look_at: Callable[..., None], backstage: Backstage
) -> None:
    with backstage():
        event = EVENTS[make](title=LONG_TITLE, short_description=LONG_TITLE, refund_policy="* one\n* two")
        factories.make_promo_code(event)
        slug = event.slug
    look_at(f"/events/{slug}/")


@pytest.mark.parametrize("kind", FOR_ATTENDEES)
def test_a_page_for_attendees(kind: str, look_at: Callable[..., None]) -> None:
    look_at(FOR_ATTENDEES[kind], ATTENDEE)


@pytest.mark.parametrize("kind", FOR_ORGANIZERS)
def test_a_page_for_organizers(kind: str, look_at: Callable[..., None]) -> None:
    look_at(FOR_ORGANIZERS[kind], ORGANIZER)


@pytest.mark.parametrize("kind", OF_ORDERS)
def test_a_page_of_an_order(kind: str, look_at: Callable[..., None], backstage: Backstage) -> None:
    phase, path = OF_ORDERS[kind]
    with backstage():
        order = next(order for order in orders_of_the_demo() if phase_of(order, clock.now()) is phase)
        places = {
            "secret": secret_of(order),
            "code": order.tickets[0].code if order.tickets else "",
            "pay_url": urlsplit(order.payments[-1].pay_url).path if order.payments else "",
        }
    look_at(path.format(**places))


@pytest.mark.parametrize("name", FAULTS)
def test_a_page_of_a_fault(name: str, look_at: Callable[..., None], backstage: Backstage) -> None:
    with backstage(), current_app.test_request_context("/"):
        html = current_app.jinja_env.get_template(f"errors/{name}.html").render(FAULTS[name])
    look_at(f"/fault-{name}/", html=html)


def orders_of_the_demo() -> Iterator[Order]:
    """The demo's orders that are not simply paid, and those of the attendee that are still to come."""
    attendee = find_user_by_email(ATTENDEE)
    assert attendee is not None
    is_to_come = sa.and_(Order.user_id == attendee.id, Event.start_at > clock.now())
    query = (
        sa.select(Order)
        .join(Order.event)
        .where(Order.status != OrderStatus.CONFIRMED, Event.end_at > clock.now())
    )
    yield from db.session.scalars(query)
    yield from db.session.scalars(sa.select(Order).join(Order.event).where(is_to_come))
