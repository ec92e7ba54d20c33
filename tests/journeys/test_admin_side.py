"""The people who run the site: what the public sees is theirs to decide, and what went wrong is found and put right."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from easyticket.core import clock
from easyticket.db import transaction
from easyticket.integrations.providers import NoticeTopic
from easyticket.integrations.sandbox import get_charge
from easyticket.models import Event, Order, OrderStatus, OutboxJob, ProviderEvent, SalesChannel
from easyticket.rules.permissions import ANONYMOUS
from easyticket.services.orders import Buyer, WantedLine, place_order
from easyticket.services.tickets import issue_tickets
from tests import factories
from tests.fixtures.browser import PHONE
from tests.journeys import steps
from tests.journeys.conftest import Backstage
from tests.servers.easyticket import EasyTicketServer
from tests.services.test_payments import start

EDITOR = "editor@example.org"
SUPPORT = "support@example.org"
ORGANIZER = "mawuli.dotse@example.org"
TITLE = "Shadow Puppets of Keta"
REASON = "The theatre says it knows nothing of this evening."
WAITING = "afi.gbedemah@example.org"
FORGOTTEN = "yao.adzoka@example.org"
STRANGER = "kojo.besia@example.org"


def test_an_event_is_featured_hidden_taken_down_for_a_reason_and_shown_again(
    live_server: EasyTicketServer, new_page: Callable[..., Page], backstage: Backstage
) -> None:
    with backstage():
        factories.make_staff(email=EDITOR)
        organizer = factories.make_organizer(email=ORGANIZER)
        path = f"/events/{factories.make_simple_event(title=TITLE, organizer=organizer).slug}/"
    admin, visitor = new_page(live_server, **PHONE), new_page(live_server)
    steps.sign_in(admin, EDITOR)
    make_a_category(admin)
    open_the_event(admin)

    admin.get_by_role("button", name="Feature it").click()
    expect(admin.get_by_text("It is featured on the first page.")).to_be_visible()
    visitor.goto("/")
    featured = visitor.get_by_role("region", name="Featured")
    expect(featured.get_by_role("link", name=TITLE)).to_have_count(1)
    admin.get_by_role("button", name="Stop featuring it").click()
    expect(admin.get_by_text("It is no longer featured.")).to_be_visible()

    admin.get_by_role("button", name="Hide it").click()
    expect(admin.get_by_text("No list and no search shows it.")).to_be_visible()
    visitor.goto("/events/?q=shadow+puppets")
    expect(visitor.get_by_role("link", name=TITLE)).to_have_count(0)
    visitor.goto(path)
    expect(visitor.get_by_label("Quantity: Standard", exact=True)).to_be_visible()
    admin.get_by_role("button", name="Show it in lists").click()

    admin.get_by_role("button", name="Take it down").click()
    expect(admin.get_by_text("Say why. The organizer reads it.").first).to_be_visible()
    admin.get_by_label("Why", exact=True).fill(REASON)
    admin.get_by_role("button", name="Take it down").click()
    expect(admin.get_by_text("Taken down. Its organizer is told by mail.")).to_be_visible()
    answer = visitor.goto(path)
    assert answer is not None and answer.status == 404
    the_organizer_reads_why(new_page(live_server))

    admin.get_by_role("button", name="Show it again").click()
    expect(admin.get_by_text("It is shown and sold again.")).to_be_visible()
    visitor.goto("/events/?q=shadow+puppets")
    expect(visitor.get_by_role("link", name=TITLE)).to_have_count(1)


def make_a_category(admin: Page) -> None:
    admin.goto("/admin/categories/")
    admin.get_by_role("link", name="New category").click()
    admin.get_by_label("Name", exact=True).fill("Puppetry")
    admin.get_by_role("button", name="Save").click()
    expect(admin.get_by_text("Puppetry can be chosen now.")).to_be_visible()


def open_the_event(admin: Page) -> None:
    admin.get_by_role("navigation", name="Events").get_by_role("link", name="Events", exact=True).click()
    admin.get_by_label("Find an event").fill("puppets keta")
    admin.get_by_role("button", name="Find", exact=True).click()
    admin.get_by_role("link", name=TITLE).click()
    expect(admin.get_by_role("heading", name=TITLE, level=1)).to_be_visible()


def the_organizer_reads_why(organizer: Page) -> None:
    """In a mail and on the desk, where the new category can be chosen meanwhile."""
    steps.sign_in(organizer, ORGANIZER)
    steps.open_mail(organizer, ORGANIZER, f"We took down {TITLE}")
    organizer.get_by_text("The mail as plain text").click()
    expect(organizer.get_by_text(REASON)).to_be_visible()
    steps.mailed_link(organizer, "/organizer/events/").click()
    expect(organizer.get_by_text(REASON)).to_be_visible()
    organizer.goto("/organizer/events/new/")
    organizer.get_by_label("Category").select_option("Puppetry")


@dataclass(frozen=True, slots=True)
class Trouble:
    """An order whose payment nobody tells us of, and one whose mail was given up."""

    reference: str
    unpaid: str
    unmailed: str


@pytest.fixture
def trouble(backstage: Backstage) -> Trouble:
    with backstage():
        event = factories.make_simple_event(title="A Night of Small Faults")
        unpaid = order_to_pay(event)
        payment = start(unpaid)
        hear_of_it(payment.reference)
        unmailed = factories.make_order(event, status=OrderStatus.CONFIRMED, buyer_email=FORGOTTEN)
        issue_tickets(unmailed, clock.now())
        give_up_the_mail_of(unmailed)
        return Trouble(payment.reference, unpaid.number, unmailed.number)


def order_to_pay(event: Event) -> Order:
    return place_order(
        actor=ANONYMOUS,
        event=event,
        lines=[WantedLine(event.ticket_types[0].offers[0].uuid, 1)],
        channel=SalesChannel.WEB,
        buyer=Buyer("Afi Gbedemah", WAITING),
        now=clock.now(),
    )


def hear_of_it(reference: str) -> None:
    """The only webhook about the payment comes, and is handled, before the payer has paid."""
    now = clock.now()
    with transaction() as session:
        event = ProviderEvent(
            provider="sandbox",
            event_key=uuid4().hex,
            kind="charge.success",
            topic=NoticeTopic.CHARGE,
            payment_reference=reference,
            body="{}",
            received_at=now,
            handled_at=now,
        )
        session.add(event)


def give_up_the_mail_of(order: Order) -> None:
    now = clock.now()
    with transaction() as session:
        job = OutboxJob(
            name="mail_order_confirmed",
            payload={"order_id": order.id},
            created_at=now,
            run_at=now,
            attempts=13,
            failed_at=now,
            error="MailRefused: 451 try again later",
        )
        session.add(job)


def test_what_went_wrong_is_found_tried_again_and_nobody_comes_in_who_should_not(
    live_server: EasyTicketServer, new_page: Callable[..., Page], trouble: Trouble, backstage: Backstage
) -> None:
    with backstage():
        factories.make_staff(email=SUPPORT, first_name="Esinam", last_name="Kuma")
        factories.make_user(email=STRANGER, first_name="Kojo", last_name="Besia")
    admin = new_page(live_server)
    steps.sign_in(admin, SUPPORT)
    find_the_unpaid_order(admin, trouble)
    with backstage(), transaction():
        get_charge(trouble.reference).state = "succeeded"
    have_a_payment_asked_about_again(admin, trouble)
    have_a_mail_tried_again(admin)
    admin.get_by_role("link", name="Health").click()
    for part in ("Worker", "Jobs", "Webhooks", "Disk", "Database"):
        expect(admin.get_by_role("heading", name=part, level=2)).to_be_visible()

    guest = new_page(live_server)
    steps.sign_in(guest, STRANGER)
    close_and_open_the_account(admin, guest)
    read_what_was_done(admin)


def find_the_unpaid_order(admin: Page, trouble: Trouble) -> None:
    """By its buyer's address."""
    admin.goto("/admin/orders/")
    look_for(admin, "Find an order", WAITING)
    expect(order_in_the_list(admin, trouble)).to_contain_text("Being paid")


def order_in_the_list(admin: Page, trouble: Trouble) -> Locator:
    return admin.get_by_role("main").get_by_role("listitem").filter(has_text=trouble.unpaid)


def have_a_payment_asked_about_again(admin: Page, trouble: Trouble) -> None:
    """The order is paid once the provider was asked."""
    admin.goto("/admin/webhooks/")
    look_for(admin, "Find webhooks by the reference of a payment", trouble.reference)
    admin.get_by_role("button", name="Handle charge.success again").click()
    expect(admin.get_by_text("The provider is asked again about what it is about.")).to_be_visible()
    steps.open_mail(admin, WAITING, "Your tickets for A Night of Small Faults")
    admin.goto(f"/admin/orders/?q={WAITING}")
    expect(order_in_the_list(admin, trouble)).to_contain_text("Paid")
    admin.get_by_role("link", name=trouble.unpaid).click()
    expect(admin.get_by_role("heading", name=trouble.unpaid)).to_be_visible()


def have_a_mail_tried_again(admin: Page) -> None:
    """The audit says it is stuck; afterwards the mail has come."""
    admin.goto("/admin/")
    admin.get_by_role("button", name="Look again now").click()
    expect(admin.get_by_text(re.compile("^The audit found "))).to_be_visible()
    admin.get_by_role("link", name="Jobs given up").click()
    job = admin.get_by_role("main").get_by_role("listitem").filter(has_text="451 try again later")
    job.get_by_role("button", name="Try it again").click()
    expect(admin.get_by_text("It is run again now.")).to_be_visible()
    expect(job).to_have_count(0)
    steps.open_mail(admin, FORGOTTEN, "Your tickets for A Night of Small Faults")
    admin.goto("/admin/jobs/")


def close_and_open_the_account(admin: Page, guest: Page) -> None:
    admin.get_by_role("link", name="People").click()
    look_for(admin, "Find an account", STRANGER)
    admin.get_by_role("link", name="Kojo Besia").click()
    admin.get_by_role("button", name="Close the account").click()
    expect(admin.get_by_text("Nobody can sign in to it, and everybody is signed out.").first).to_be_visible()
    guest.goto("/profile/")
    expect(guest.get_by_role("heading", name="Sign in")).to_be_visible()
    admin.get_by_role("button", name="Open the account").click()
    expect(admin.get_by_text("Open. Its owner can sign in again.")).to_be_visible()
    steps.sign_in(guest, STRANGER)


def read_what_was_done(admin: Page) -> None:
    admin.goto("/admin/changes/?q=esinam")
    for sentence in (
        "Changed the account of Kojo Besia",
        "Had the job mail_order_confirmed tried again",
        "Worked off the webhook sandbox charge.success",
    ):
        expect(admin.get_by_role("main")).to_contain_text(sentence)


def look_for(admin: Page, label: str, words: str) -> None:
    admin.get_by_label(label).fill(words)
    admin.get_by_role("button", name="Find", exact=True).click()
