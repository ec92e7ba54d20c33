"""A ticket that is sent on has one holder and one code at any time, and both sides know."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import Conflict, Forbidden, Invalid, NotFound
from easyticket.db import db, transaction
from easyticket.models import (
    Change,
    ChangeAction,
    Event,
    EventStatus,
    OrderStatus,
    RetiredCode,
    Scan,
    ScanOutcome,
    Ticket,
    TicketStatus,
    TicketTransfer,
    User,
)
from easyticket.queries.ticket_transfers import get_transfer_by_secret
from easyticket.queries.tickets import TicketFilters, get_ticket, list_tickets, was_sent_on
from easyticket.queue import JobName
from easyticket.rules.permissions import ANONYMOUS, Actor
from easyticket.services.accounts import register_account, verify_email
from easyticket.services.cancellation import unwind_event
from easyticket.services.event_steps import cancel_event
from easyticket.services.gate import admit_ticket, verify_ticket
from easyticket.services.orders import join_guest_orders, secret_of
from easyticket.services.sold_orders import Person, change_attendee
from easyticket.services.ticket_transfers import secret_of_transfer, send_ticket_on
from easyticket.services.tickets import cancel_tickets, issue_tickets, qr_content
from tests import factories
from tests.factories import PASSWORD, actor_of
from tests.mailed import queued, verification_token
from tests.services.test_gate import running_event, scan

pytestmark = pytest.mark.usefixtures("db_session")

NOW = clock.now()


def bought(user: User | None = None, event: Event | None = None, quantity: int = 1) -> list[Ticket]:
    """Return the tickets of a paid order, of an account or of a guest."""
    event = event or running_event()
    offer = event.ticket_types[0].offers[0]
    order = factories.make_order(event, [(offer, quantity)], user=user, status=OrderStatus.CONFIRMED)
    return issue_tickets(order, NOW)


def buyer_of(ticket: Ticket) -> Actor:
    return ANONYMOUS.with_order_secret(secret_of(ticket.order))


def send(ticket: Ticket, **fields: Any) -> TicketTransfer:
    values = {
        "actor": buyer_of(ticket),
        "to_name": "Efua Sarpong",
        "to_email": "efua@example.org",
        "now": NOW,
    }
    return send_ticket_on(ticket=ticket, **{**values, **fields})


def own(user: User, now: datetime = NOW) -> list[Ticket]:
    return list(list_tickets(actor_of(user), TicketFilters(), now=now).items)


def test_the_new_code_admits_and_the_old_ones_are_said_to_be_replaced() -> None:
    [ticket] = bought()
    old_code, old_qr = ticket.code, qr_content(ticket)
    transfer = send(ticket)
    assert old_code != ticket.code and old_qr != qr_content(ticket)
    for code in (old_code, old_code[-10:], old_qr):
        result = scan(ticket.event, code)
        assert (result.outcome, result.message) == (
            ScanOutcome.REPLACED,
            "This ticket has a new code, so this one lets nobody in.",
        )
        assert not result.is_admitted
    assert db.session.scalars(sa.select(Scan.ticket_id).distinct()).all() == [ticket.id]
    assert scan(ticket.event, qr_content(ticket)).is_admitted
    assert (ticket.attendee_name, ticket.attendee_email) == ("Efua Sarpong", "efua@example.org")
    assert (transfer.from_name, transfer.from_email) == ("Kofi Mensah", "guest@example.org")


def test_a_scanner_without_the_event_hears_the_same_of_an_old_code() -> None:
    [ticket] = bought()
    old = qr_content(ticket)
    send(ticket)
    organizer = actor_of(ticket.event.organizer)
    answer = verify_ticket(actor=organizer, code=old, gate="API", scan_key=uuid4(), now=NOW)
    assert answer.outcome is ScanOutcome.REPLACED
    with pytest.raises(Forbidden):
        stranger = actor_of(factories.make_organizer())
        verify_ticket(actor=stranger, code=old, gate="API", scan_key=uuid4(), now=NOW)


def test_an_old_code_says_nothing_at_a_strangers_gate_and_names_the_other_event_at_an_own_one() -> None:
    [ticket] = bought()
    old = qr_content(ticket)
    send(ticket)
    assert scan(running_event(), old).outcome is ScanOutcome.UNKNOWN
    another = running_event(organizer=ticket.event.organizer)
    assert scan(another, old).outcome is ScanOutcome.WRONG_EVENT


def test_who_had_it_can_neither_show_nor_send_it_and_who_has_it_can() -> None:
    sender, receiver = factories.make_user(), factories.make_user(email="efua@example.org")
    [ticket] = bought(sender)
    code = ticket.code
    transfer = send(ticket, actor=actor_of(sender))
    assert (own(sender), own(receiver)) == ([], [ticket])
    with pytest.raises(NotFound):
        get_ticket(actor_of(sender), ticket.code)
    with pytest.raises(NotFound):
        get_ticket(buyer_of(ticket), ticket.code)
    assert get_ticket(actor_of(receiver), ticket.code) == ticket
    assert was_sent_on(ticket.order, code)
    with pytest.raises(Forbidden):
        send(ticket, actor=actor_of(sender), to_email="kojo@example.org")
    with_link = ANONYMOUS.with_ticket_secret(secret_of_transfer(transfer))
    send(ticket, actor=with_link, to_email="kojo@example.org", to_name="Kojo")
    with pytest.raises(Forbidden):
        send(ticket, actor=with_link, to_email="yaw@example.org")
    assert own(receiver) == []
    assert get_transfer_by_secret(secret_of_transfer(transfer)) is transfer
    assert [each.to_name for each in ticket.transfers] == ["Efua Sarpong", "Kojo"]


def test_a_link_that_was_never_given_finds_nothing() -> None:
    for secret in ("0" * 32, "", "x" * 32, "0" * 31):
        with pytest.raises(NotFound):
            get_transfer_by_secret(secret)


def test_an_address_without_an_account_gets_it_into_the_account_that_proves_the_address() -> None:
    [ticket] = bought()
    send(ticket, to_email="Efua@Example.org")
    assert ticket.owner_id is None
    user = register_account(email="efua@example.org", username="efua_s", password=PASSWORD, now=NOW)
    assert own(user) == []
    verify_email(token=verification_token(user), actor=actor_of(user), now=NOW)
    db.session.refresh(ticket)
    assert (ticket.owner_id, own(user)) == (user.id, [ticket])


def test_an_address_that_an_organizer_wrote_on_it_since_gets_nothing() -> None:
    [ticket] = bought()
    send(ticket, to_email="efua@example.org")
    person = Person("Efua Sarpong", "late@example.org")
    change_attendee(actor=actor_of(ticket.event.organizer), ticket=ticket, person=person, now=NOW)
    late, efua = (
        register_account(email=f"{name}@example.org", username=f"{name}_s", password=PASSWORD, now=NOW)
        for name in ("late", "efua")
    )
    for user in (late, efua):
        verify_email(token=verification_token(user), actor=actor_of(user), now=NOW)
    assert (own(late), own(efua)) == ([], [ticket])


def test_the_buyer_who_makes_an_account_later_does_not_get_it_back() -> None:
    [sent, kept] = bought(quantity=2)
    send(sent)
    buyer = factories.make_user(email="guest@example.org")
    with transaction():
        join_guest_orders(buyer)
    for ticket in (sent, kept):
        db.session.refresh(ticket)
    assert (sent.owner_id, kept.owner_id) == (None, buyer.id)


def test_a_ticket_that_is_used_over_or_ended_stays_where_it_is() -> None:
    event = running_event()
    [used, ended, disputed, unpaid, late] = [bought(event=event)[0] for _ in range(5)]
    assert scan(event, used.code).is_admitted
    cancel_tickets([ended], NOW, restock=False)
    with transaction():
        disputed.disputed_at = NOW
        unpaid.order.status = OrderStatus.CANCELLED
    for ticket, words in (
        (used, "has let somebody in already"),
        (ended, "was cancelled"),
        (disputed, "A bank is looking into"),
        (unpaid, "is not paid"),
    ):
        with pytest.raises(Conflict, match=words):
            send(ticket)
    with pytest.raises(Conflict, match="The event is over"):
        send(late, now=event.end_at)
    with transaction():
        event.status = EventStatus.CANCELLED
    with pytest.raises(Conflict, match="The event was cancelled"):
        send(late)
    assert db.session.scalar(sa.select(sa.func.count(RetiredCode.id))) == 0


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"to_name": "  "}, "to_name"),
        ({"to_name": "x" * 256}, "to_name"),
        ({"to_email": "nobody"}, "to_email"),
        ({"to_email": "Guest@example.org"}, "to_email"),
    ],
)
def test_it_goes_to_somebody_else_with_a_name_and_an_address(fields: dict[str, str], wrong: str) -> None:
    [ticket] = bought()
    with pytest.raises(Invalid) as refusal:
        send(ticket, **fields)
    assert list(refusal.value.fields) == [wrong]


def test_strangers_send_nobodys_tickets() -> None:
    [ticket] = bought(factories.make_user())
    for actor in (ANONYMOUS, actor_of(factories.make_user()), actor_of(ticket.event.organizer)):
        with pytest.raises(Forbidden):
            send(ticket, actor=actor)
    with pytest.raises(Forbidden):
        send(ticket, actor=actor_of(factories.make_staff()))


def test_both_sides_get_a_mail_and_the_log_says_who_had_it() -> None:
    user = factories.make_user()
    [ticket] = bought(user)
    transfer = send(ticket, actor=actor_of(user))
    for name in (JobName.MAIL_TICKET_RECEIVED, JobName.MAIL_TICKET_SENT_ON):
        assert [job.payload for job in queued(name)] == [{"transfer_id": transfer.id}]
    change = db.session.scalars(sa.select(Change)).one()
    assert (change.action, change.actor_id, change.ticket_id) == (
        ChangeAction.TICKET_SENT_ON.value,
        user.id,
        ticket.id,
    )
    assert change.before == {"attendee_name": user.display_name, "attendee_email": user.email}
    assert change.after == {"attendee_name": "Efua Sarpong", "attendee_email": "efua@example.org"}


def test_its_holder_is_told_when_it_ends() -> None:
    [sent, kept] = bought(quantity=2)
    send(sent)
    cancel_tickets([sent, kept], NOW, restock=False)
    assert [job.payload for job in queued(JobName.MAIL_TICKET_ENDED)] == [{"ticket_id": sent.id}]


def test_its_holder_is_told_once_when_the_event_is_cancelled() -> None:
    ended, kept, sent = bought(event=running_event(price_minor=0), quantity=3)
    for ticket in (ended, sent):
        send(ticket)
    cancel_tickets([ended], NOW, restock=False)
    event = sent.event
    cancel_event(actor=actor_of(event.organizer), event=event, now=NOW + timedelta(minutes=1))
    unwind_event(event.id)
    told = [job.payload["ticket_id"] for job in queued(JobName.MAIL_TICKET_ENDED)]
    assert (told, kept.status) == ([ended.id, sent.id], TicketStatus.CANCELLED)


def test_a_sold_out_event_is_no_obstacle() -> None:
    event = factories.make_simple_event(quantity=1, start_at=NOW + timedelta(days=1))
    [ticket] = bought(event=event)
    send(ticket)
    assert admit_ticket(
        actor=actor_of(event.organizer),
        event=event,
        code=ticket.code,
        gate="North",
        scan_key=uuid4(),
        now=event.start_at,
    ).is_admitted
