"""An order whose mail went to somebody else: what that mail holds ends, and the right buyer has everything anew."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from easyticket.core.errors import Conflict, NotFound
from easyticket.db import db, transaction
from easyticket.jobs.entry import drain_outbox
from easyticket.models import Change, Order, ScanOutcome, TicketStatus
from easyticket.queries.orders import get_order_by_secret
from easyticket.queries.tickets import TicketFilters, list_tickets
from easyticket.services import orders
from easyticket.services.orders import secret_of
from easyticket.services.sold_orders import Person, change_buyer
from easyticket.services.tickets import qr_content
from tests import factories
from tests.factories import actor_of
from tests.services.test_delivery import text_of
from tests.services.test_gate import scan
from tests.services.test_ticket_transfers import NOW, bought, send
from tests.web.test_organizer_pages import sign_in, words

pytestmark = pytest.mark.usefixtures("db_session")

KOFI = Person("Kofi Mensah", "kofi@example.org")


def take_back(order: Order, person: Person = KOFI) -> None:
    organizer = actor_of(order.event.organizer)
    change_buyer(actor=organizer, order=order, person=person, ends_old_access=True, now=NOW)
    db.session.expire_all()


def test_the_old_link_opens_nothing_and_the_old_codes_are_replaced() -> None:
    unused, used, sent, ended = bought(quantity=4)
    order = unused.order
    scan(order.event, used.code)
    transfer = send(sent)
    with transaction():
        ended.status = TicketStatus.CANCELLED
    before = {ticket.id: ticket.code for ticket in (used, sent, ended)}
    old_secret, old_code, old_qr = secret_of(order), unused.code, qr_content(unused)

    take_back(order)

    with pytest.raises(NotFound):
        get_order_by_secret(old_secret)
    assert get_order_by_secret(secret_of(order)) is order
    for code in (old_code, old_qr):
        assert scan(order.event, code).outcome is ScanOutcome.REPLACED
    assert scan(order.event, qr_content(unused)).is_admitted
    assert {ticket.id: ticket.code for ticket in (used, sent, ended)} == before
    assert sent.attendee_email == transfer.to_email
    assert (order.buyer_email, unused.attendee_email) == ("kofi@example.org", "kofi@example.org")


def test_it_is_written_down_and_mailed_at_once_to_the_right_address(
    mailbox: Callable[[], list[EmailMessage]],
) -> None:
    [ticket] = bought()
    order_id, old_secret = ticket.order_id, secret_of(ticket.order)
    take_back(ticket.order)
    drain_outbox()
    [mail] = mailbox()
    order = db.session.get_one(Order, order_id)
    assert mail["To"] == "kofi@example.org"
    text = text_of(mail)
    assert secret_of(order) in text and order.tickets[0].code in text and old_secret not in text
    written = db.session.scalars(sa.select(Change).order_by(Change.id)).all()
    assert [change.action for change in written] == [
        "order_changed",
        "order_access_ended",
        "order_mail_sent_again",
    ]
    assert written[1].after == {"new_codes": 1}


def test_an_account_at_the_wrong_address_loses_the_order_to_the_account_at_the_right_one() -> None:
    stranger, kofi = factories.make_user(), factories.make_user(email="kofi@example.org")
    kept, sent = bought(stranger, quantity=2)
    send(sent, actor=actor_of(stranger))
    take_back(kept.order)

    def held_by(user: int) -> list[int]:
        found = list_tickets(actor_of(db.session.get_one(type(kofi), user)), TicketFilters(), now=NOW)
        return [ticket.id for ticket in found.items]

    assert (held_by(stranger.id), held_by(kofi.id)) == ([], [kept.id])
    assert (kept.order.user, sent.owner) == (kofi, None)


def test_the_account_of_a_buyer_who_uses_another_address_stays_the_buyers() -> None:
    buyer = factories.make_user()
    [ticket] = bought(buyer)
    with transaction():
        ticket.order.buyer_email = "wrong@example.org"
    take_back(ticket.order)
    assert (ticket.order.user, ticket.owner) == (buyer, buyer)


def test_it_can_be_done_again_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    [ticket] = bought()
    secrets = [secret_of(ticket.order)]
    for _ in range(3):
        take_back(ticket.order)
        secrets.append(secret_of(ticket.order))
    assert len({*secrets, ticket.code}) == 5
    monkeypatch.setattr(orders, "_MOST_GENERATIONS", 4)
    with pytest.raises(Conflict, match="too often"):
        take_back(ticket.order)


def test_the_desk_offers_it_where_the_buyer_is_corrected(client: FlaskClient) -> None:
    [ticket] = bought()
    order, old = ticket.order, secret_of(ticket.order)
    sign_in(client, order.event.organizer)
    address = f"/organizer/orders/{order.number}/buyer/"
    assert "The mail sent before went to somebody else" in words(client.get(address))
    form = {"name": KOFI.name, "email": KOFI.email, "ends_old": "y"}
    page = words(client.post(address, data=form, follow_redirects=True))
    assert "The tickets are on their way to kofi@example.org." in page
    assert "Ended the link and the codes that somebody else was mailed" in page
    assert client.get(f"/orders/{old}/").status_code == 404
    db.session.expire_all()
    assert client.get(f"/orders/{secret_of(order)}/").status_code == 200


def test_who_knows_the_payment_alone_is_told_no_new_code(client: FlaskClient) -> None:
    [ticket] = bought()
    order, address = ticket.order, f"/api/v1/payments/verify/{ticket.order.purchase_code}/"
    assert [each["ticket_id"] for each in client.get(address).get_json()["tickets"]] == [ticket.code]
    take_back(order)
    told = client.get(address)
    assert told.get_json()["tickets"] == []
    assert order.tickets[0].code not in told.text and "kofi" not in told.text.lower()
