"""Sending a ticket on through the pages: who asks, what each side sees afterwards, and what the mails say."""

from __future__ import annotations

from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from easyticket.db import db
from easyticket.models import Ticket, TicketTransfer
from easyticket.services.orders import secret_of as link_secret
from easyticket.services.ticket_transfers import secret_of_transfer
from tests import factories
from tests.services.test_gate import running_event
from tests.services.test_ticket_transfers import bought
from tests.web.buying import sign_in, text_of

pytestmark = pytest.mark.usefixtures("db_session")

EFUA = {"to_name": "Efua Sarpong", "to_email": "efua@example.org"}


def path_of(ticket: Ticket) -> str:
    return f"/orders/{link_secret(ticket.order)}/{ticket.code}/"


def sent_path() -> str:
    db.session.expire_all()
    transfer = db.session.scalars(sa.select(TicketTransfer).order_by(TicketTransfer.id.desc())).first()
    assert transfer is not None
    return f"/tickets/{secret_of_transfer(transfer)}/"


def test_the_buyer_sends_it_and_then_sees_to_whom_and_no_code(client: FlaskClient) -> None:
    [ticket] = bought()
    path, order_path = path_of(ticket), f"/orders/{link_secret(ticket.order)}/"
    assert f"{path}send/" in client.get(path).text
    assert "You cannot take it back" in text_of(client.get(f"{path}send/"))
    page = client.post(f"{path}send/", data=EFUA, follow_redirects=True)
    assert "The ticket is on its way to Efua Sarpong at efua@example.org." in text_of(page)
    assert "You sent it to Efua Sarpong (efua@example.org) on " in text_of(page)
    new = db.session.get_one(Ticket, ticket.id, populate_existing=True).code
    assert new not in page.text
    gone = client.get(path)
    assert gone.status_code == 404 and new not in gone.text
    assert "This ticket is not yours any more" in text_of(gone)
    assert "You sent it to Efua Sarpong (efua@example.org) on " in text_of(gone)
    assert client.get(f"{order_path}{new}/").status_code == 404
    for part in ("qr.svg", "ticket.pdf", "send/"):
        answer = client.get(path + part)
        assert answer.status_code == 404 and "sent on to somebody else" in text_of(answer)
        assert client.get(f"{order_path}{new}/{part}").status_code == 404
    assert client.get(f"{order_path}tickets.pdf").status_code == 404


def test_whoever_got_it_shows_it_by_its_own_link_and_sends_it_further(client: FlaskClient) -> None:
    [ticket] = bought()
    secret = link_secret(ticket.order)
    client.post(f"{path_of(ticket)}send/", data=EFUA)
    path = sent_path()
    page = client.get(path)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "Efua Sarpong" in text_of(page) and secret not in page.text
    assert ticket.code[-5:] in text_of(page)
    assert client.get(f"{path}qr.svg").mimetype == "image/svg+xml"
    assert client.get(f"{path}calendar.ics").mimetype == "text/calendar"
    further = {"to_name": "Kojo", "to_email": "kojo@example.org"}
    after = text_of(client.post(f"{path}send/", data=further, follow_redirects=True))
    assert "This ticket is not yours any more" in after
    assert "You sent it to Kojo (kojo@example.org) on " in after
    for part in ("qr.svg", "ticket.pdf", "calendar.ics", "send/"):
        assert client.get(path + part).status_code == 404
    assert "Kojo" in text_of(client.get(sent_path()))
    # What comes after is no business of who bought it.
    assert "Kojo" not in text_of(client.get(f"/orders/{secret}/"))


def test_an_account_finds_what_it_was_sent_among_its_tickets(client: FlaskClient) -> None:
    [ticket] = bought()
    receiver = factories.make_user(email="efua@example.org")
    client.post(f"{path_of(ticket)}send/", data=EFUA)
    sign_in(client, receiver)
    assert f'href="{sent_path()}"' in client.get("/orders/").text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({**EFUA, "to_name": ""}, "Enter the name"),
        ({**EFUA, "to_email": ""}, "Enter the address"),
        ({**EFUA, "to_email": "efua"}, "Enter a valid email address."),
        ({**EFUA, "to_email": "guest@example.org"}, "The ticket is at this address already."),
        ({**EFUA, "to_email": "efua@gmial.com"}, "Did you mean efua@gmail.com?"),
    ],
)
def test_what_is_wrong_or_looks_wrong_is_said_at_its_field(
    client: FlaskClient, data: dict[str, str], words: str
) -> None:
    [ticket] = bought()
    answer = client.post(f"{path_of(ticket)}send/", data=data)
    assert answer.status_code == 400 and words in text_of(answer)
    assert db.session.scalar(sa.select(sa.func.count(TicketTransfer.id))) == 0


def test_an_unusual_address_is_taken_the_second_time(client: FlaskClient) -> None:
    [ticket] = bought()
    unusual = {**EFUA, "to_email": "efua@gmial.com", "seen_email": "efua@gmial.com"}
    assert client.post(f"{path_of(ticket)}send/", data=unusual).status_code == 303


def test_a_used_ticket_says_why_it_stays(client: FlaskClient) -> None:
    event = running_event()
    [ticket] = bought(event=event)
    path = path_of(ticket)
    sign_in(client, event.organizer)
    client.post(
        f"/gate/{event.slug}/scan/", data={"code": ticket.code, "scan_key": str(uuid4()), "gate": "N"}
    )
    assert "send/" not in client.get(path).text
    assert "has let somebody in already" in text_of(client.get(f"{path}send/"))
    answer = client.post(f"{path}send/", data=EFUA)
    assert answer.status_code == 400


def test_the_gate_says_of_an_old_code_that_there_is_a_new_one(client: FlaskClient) -> None:
    event = running_event()
    [ticket] = bought(event=event)
    old = ticket.code
    client.post(f"{path_of(ticket)}send/", data=EFUA)
    sign_in(client, event.organizer)
    scan = {"code": old, "scan_key": str(uuid4()), "gate": "North"}
    text = text_of(client.post(f"/gate/{event.slug}/scan/", data=scan))
    assert "STOP This ticket was sent on to somebody else on " in text
    assert db.session.get_one(Ticket, ticket.id, populate_existing=True).code not in text


def test_what_was_sent_on_cannot_be_given_back_by_its_buyer(client: FlaskClient) -> None:
    event = factories.make_simple_event(buyer_refund_days=0)
    sent, _kept = bought(event=event, quantity=2)
    path = f"/orders/{link_secret(sent.order)}/refund/"
    client.post(f"{path_of(sent)}send/", data=EFUA)
    assert sent.code not in client.get(path).text
