"""At the gate: a ticket is let in once, whoever looks at it, and a stranger's code not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from easyticket.core import clock
from easyticket.models import Event, SalesChannel, Ticket
from easyticket.rules.permissions import ANONYMOUS
from easyticket.services.orders import Buyer, WantedLine, place_order, secret_of
from easyticket.services.payments import start_payment
from easyticket.services.tickets import qr_content
from tests import factories
from tests.fixtures.browser import PHONE
from tests.journeys import steps
from tests.journeys.camera import film_of
from tests.journeys.conftest import Backstage
from tests.servers.browser import find_chromium
from tests.servers.easyticket import EasyTicketServer


@dataclass(frozen=True, slots=True)
class Door:
    """An event that begins in an hour, who works at its door, and what its only guest holds."""

    title: str
    organizer: str
    code: str
    qr: str


@pytest.fixture
def door(backstage: Backstage, request: pytest.FixtureRequest) -> Door:
    with backstage():
        organizer = factories.make_organizer()
        event = factories.make_simple_event(
            title=f"Doors: {request.node.name}",
            organizer=organizer,
            price_minor=0,
            start_at=clock.now() + timedelta(hours=1),
        )
        ticket = take_a_free_ticket(event)
        return Door(event.title, organizer.email, ticket.code, qr_content(ticket))


def take_a_free_ticket(event: Event) -> Ticket:
    now = clock.now()
    order = place_order(
        actor=ANONYMOUS,
        event=event,
        lines=[WantedLine(event.ticket_types[0].offers[0].uuid, 1)],
        channel=SalesChannel.WEB,
        buyer=Buyer("Esi Bartels-Kodwo", "esi@example.org"),
        now=now,
    )
    start_payment(actor=ANONYMOUS.with_order_secret(secret_of(order)), order=order, return_url="", now=now)
    (ticket,) = order.tickets
    return ticket


def test_a_ticket_is_admitted_once_and_the_second_time_it_says_when_and_where(
    live_server: EasyTicketServer, new_page: Callable[..., Page], door: Door
) -> None:
    north, south = new_page(live_server, **PHONE), new_page(live_server, **PHONE)
    for phone, gate in ((north, "North door"), (south, "South door")):
        steps.sign_in(phone, door.organizer)
        steps.open_gate(phone, door.title, gate)
        expect(phone.get_by_text("0 of 1 inside")).to_be_visible()

    with steps.answer(north, "ADMIT"):
        steps.type_code(north, door.code)
    expect(north.get_by_text("1 of 1 inside")).to_be_visible()

    with steps.answer(south, "ALREADY IN"):
        steps.type_code(south, door.code.lower())
    expect(south.get_by_text(re.compile(r"^Let in at \d\d:\d\d, North door, by "))).to_be_visible()
    expect(south.locator("#answer").get_by_text("Esi Bartels-Kodwo")).to_be_visible()

    with steps.answer(south, "STOP"):
        steps.type_code(south, "TKT-20260101-0123456789")
    expect(south.get_by_text("1 of 1 inside")).to_be_visible()


@pytest.fixture
def browser_with_camera(playwright: Playwright, door: Door, tmp_path: Path) -> Iterator[Browser]:
    """Chromium whose camera sees the QR code of the ticket."""
    film = film_of(door.qr, tmp_path / "ticket.mjpeg")
    running = playwright.chromium.launch(
        executable_path=find_chromium(),
        args=[
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        ],
    )
    yield running
    running.close()


def test_the_camera_reads_the_ticket(
    live_server: EasyTicketServer, browser_with_camera: Browser, new_page: Callable[..., Page], door: Door
) -> None:
    phone = new_page(live_server, browser=browser_with_camera, **PHONE)
    steps.sign_in(phone, door.organizer)
    # The camera is allowed here, and where it is the gate opens with it.
    with steps.answer(phone, "ADMIT"):
        steps.open_gate(phone, door.title, "Main door")
    expect(phone.get_by_text("1 of 1 inside")).to_be_visible()
