"""The gate's script in the hands of a steward: a bad code or a lost connection never costs anybody their place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, Route, expect

from easyticket.core import clock
from easyticket.db import db
from easyticket.models import Admission, Ticket
from easyticket.services.tickets import issue_tickets
from tests import factories
from tests.journeys import steps
from tests.journeys.conftest import Backstage
from tests.servers.easyticket import EasyTicketServer


@pytest.fixture
def codes(backstage: Backstage, request: pytest.FixtureRequest, page: Page) -> list[str]:
    """The codes of three tickets of an event whose gate stands open on `page`."""
    with backstage():
        organizer = factories.make_organizer()
        title = f"Script: {request.node.name}"
        event = factories.make_simple_event(
            title=title, organizer=organizer, start_at=clock.now() + timedelta(hours=1)
        )
        order = factories.sell_places(event.ticket_types[0].offers[0], 3)
        found = [ticket.code for ticket in issue_tickets(order, clock.now())]
        email = organizer.email
    steps.sign_in(page, email)
    steps.open_gate(page, title, "Main door")
    return found


def admissions_of(code: str) -> int:
    return (
        db.session.scalar(
            sa.select(sa.func.count(Admission.id))
            .join(Ticket, Ticket.id == Admission.ticket_id)
            .where(Ticket.code == code)
        )
        or 0
    )


def test_admit_goes_by_itself_and_everything_else_waits_to_be_seen(page: Page, codes: list[str]) -> None:
    with steps.answer(page, "ADMIT"):
        steps.type_code(page, codes[0])
    expect(page.get_by_text("Ready", exact=True)).to_be_visible()
    steps.type_code(page, codes[0])
    expect(page.get_by_text("ALREADY IN", exact=True)).to_be_visible()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Ready", exact=True)).to_be_visible()


def test_a_bad_code_does_not_block_the_next_one(page: Page, codes: list[str]) -> None:
    steps.type_code(page, "nonsense")
    expect(page.get_by_text("STOP", exact=True)).to_be_visible()
    with steps.answer(page, "ADMIT"):
        steps.type_code(page, codes[0])


def test_a_scanner_that_types_needs_no_focus(page: Page, codes: list[str]) -> None:
    page.get_by_role("button", name="Sound on").click()
    with steps.answer(page, "ADMIT"):
        page.keyboard.type(codes[0])
        page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sound off")).to_be_visible()


def test_an_answer_that_was_lost_on_the_way_is_asked_for_again_with_the_same_key(
    page: Page, codes: list[str], backstage: Backstage
) -> None:
    lost: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().text())
        route.abort()

    page.route("**/scan/", lose_the_first_answer)
    with steps.answer(page, "ADMIT"):
        steps.type_code(page, codes[0])
        expect(page.get_by_text("NOT CHECKED")).to_be_visible()
        expect(page.get_by_text("No connection", exact=True)).to_be_visible()
    expect(page.get_by_text("Online", exact=True)).to_be_visible()
    assert "ADMIT" in lost[0]
    with backstage():
        assert admissions_of(codes[0]) == 1


def test_a_code_left_behind_without_an_answer_is_still_admitted_when_it_comes_again(
    page: Page, codes: list[str]
) -> None:
    page.route("**/scan/", lambda route: (route.fetch(), route.abort())[-1])
    steps.type_code(page, codes[0])
    expect(page.get_by_text("NOT CHECKED")).to_be_visible()
    page.get_by_role("button", name="Leave it").click()
    page.unroute_all(behavior="wait")
    with steps.answer(page, "ADMIT"):
        steps.type_code(page, codes[1])
    with steps.answer(page, "ADMIT"):
        steps.type_code(page, codes[0])


def test_somebody_signed_out_elsewhere_is_told_so(page: Page, codes: list[str]) -> None:
    page.context.clear_cookies(name="session")
    steps.type_code(page, codes[0])
    expect(page.get_by_text("SIGNED OUT")).to_be_visible()
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.usefixtures("codes")
def test_axe_finds_nothing_at_the_gate(
    page: Page, assert_accessible: Callable[[Page], None], live_server: EasyTicketServer
) -> None:
    assert_accessible(page)
    for path in ("/gate/", "/organizer/", "/organizer/events/new/"):
        page.goto(live_server.url + path)
        assert_accessible(page)
