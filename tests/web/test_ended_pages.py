"""What pages say and offer once something is over or not one's own: a cancelled event's desk, one that was taken down, and the
forms of somebody in whose place an administrator acts."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from easyticket.core import clock
from easyticket.models import EventStatus
from easyticket.services.orders import secret_of
from tests import factories
from tests.services.test_ticket_transfers import bought
from tests.web.test_organizer_pages import sign_in, words

pytestmark = pytest.mark.usefixtures("db_session")


def test_the_desk_of_a_cancelled_event_calls_nothing_left_and_leads_to_no_refusal(
    client: FlaskClient,
) -> None:
    event = factories.make_simple_event(status=EventStatus.CANCELLED, cancelled_at=clock.now())
    sign_in(client, event.organizer)
    desk = f"/organizer/events/{event.slug}/"
    page = client.get(desk)
    assert "Nothing is sold any more, and nobody is let in." in words(page)
    assert " left" not in words(page) and "Copy it for another date" in words(page)
    for path in (f"{desk}edit/", f"{desk}door/", f"{desk}ticket-types/", f"/gate/{event.slug}/"):
        assert f'href="{path}"' not in page.text
    for path in ("orders/", "attendees/", "history/"):
        assert f'href="{desk}{path}"' in page.text
    assert "100 left" not in words(client.get("/organizer/events/"))
    assert f"{desk}door/" not in client.get(f"{desk}attendees/").text


def test_an_event_that_was_taken_down_is_not_offered_to_be_featured(client: FlaskClient) -> None:
    event = factories.make_simple_event(taken_down_at=clock.now(), takedown_reason="Not theirs to sell.")
    sign_in(client, factories.make_staff())
    page = words(client.get(f"/admin/events/{event.slug}/"))
    assert "Show it again" in page and "Feature it" not in page


def test_forms_for_the_owner_alone_are_refused_before_they_are_filled_in(client: FlaskClient) -> None:
    owner = factories.make_organizer()
    [ticket] = bought(owner)
    sending = f"/orders/{secret_of(ticket.order)}/{ticket.code}/send/"
    sign_in(client, factories.make_staff())
    begun = client.post(f"/admin/people/{owner.uuid}/act/")
    assert begun.headers["Location"] == "/organizer/"
    money = "/organizer/money/"
    for path in (
        *("/profile/password/", "/profile/address/", "/profile/delete/", f"{money}receipts/"),
        *(f"{money}accounts/new/bank/", f"{money}payouts/new/GHS/", sending),
    ):
        answer = client.get(path)
        assert answer.status_code == 403, path
        assert "Only the owner of the account can do this. You act in their place." in words(answer)
        assert "ask its owner to add you" not in answer.text
    client.post("/admin/acting/stop/")
    changes = words(client.get("/admin/changes/"))
    assert "Began to act in the place of" in changes and "Stopped acting in the place of" in changes
    assert "Acting was" not in changes


def test_whoever_acts_for_a_buyer_lands_at_their_tickets(client: FlaskClient) -> None:
    buyer = factories.make_user()
    sign_in(client, factories.make_staff())
    assert client.post(f"/admin/people/{buyer.uuid}/act/").headers["Location"] == "/orders/"
