"""What goes while somebody uses it, in several processes: a deleted account sells and buys nothing, and nothing deleted or
withdrawn is held. And nobody holds everything by ordering often at one instant."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from easyticket.core import clock
from easyticket.core.errors import Conflict, Invalid
from easyticket.db import db
from easyticket.models import Event, EventStatus, Order, Quota, SalesChannel, User
from easyticket.rules.account_deletion import CONFIRMATION
from easyticket.rules.permissions import ANONYMOUS, SYSTEM
from easyticket.services.account_deletion import delete_account
from easyticket.services.baskets import WantedLine
from easyticket.services.event_forms import FormPictures, update_event_by_form
from easyticket.services.event_steps import delete_event
from easyticket.services.events import EventDraft, create_event
from easyticket.services.orders import place_order
from easyticket.services.ticket_types import TicketTypeDraft, delete_ticket_type
from tests import factories
from tests.concurrency.crowd import crowd

GONE = {
    "There is no such event.",
    "Ticket type not found",
    "Cannot create order for unpublished event",
}


def end_or_use(step: tuple[str, int, int]) -> tuple[int, str, str]:
    """Delete an account, have it sell, or have it buy (what, account, event bought of); tell what came of it."""
    what, user_id, event_id = step
    user = db.session.get_one(User, user_id)
    try:
        {"delete": _delete_account, "sell": _sell, "buy": _buy}[what](user, event_id)
    except Exception as refusal:  # named for the test, which says what was expected
        return user_id, what, type(refusal).__name__
    return user_id, what, "done"


def _delete_account(user: User, _event_id: int) -> None:
    delete_account(
        actor=factories.actor_of(user),
        password=factories.PASSWORD,
        confirmation=CONFIRMATION,
        now=clock.now(),
    )


def _sell(user: User, _event_id: int) -> None:
    start_at = clock.now() + timedelta(days=1)
    draft = EventDraft(
        title="Last minute",
        venue_name="Hall",
        venue_city="Accra",
        start_at=start_at,
        end_at=start_at + timedelta(hours=1),
    )
    types = [TicketTypeDraft(name="Standard", total_quantity=10, price_minor=100)]
    create_event(
        actor=factories.actor_of(user), draft=draft, ticket_types=types, publish=True, now=clock.now()
    )


def _buy(user: User, event_id: int) -> None:
    event = db.session.get_one(Event, event_id)
    wanted = [WantedLine(event.ticket_types[0].offers[0].uuid, 1)]
    place_order(
        actor=factories.actor_of(user), event=event, lines=wanted, channel=SalesChannel.WEB, now=clock.now()
    )


def test_an_account_that_is_deleted_at_this_instant_sells_and_buys_nothing(committing_app: Flask) -> None:
    url = committing_app.config["SETTINGS"].database_url
    with committing_app.app_context():
        event_id = factories.make_simple_event().id
        users = [factories.make_organizer().id for _ in range(12)]
    steps = [(what, user_id, event_id) for user_id in users for what in ("sell", "delete", "buy")]
    outcomes: dict[int, dict[str, str]] = defaultdict(dict)
    for user_id, what, outcome in crowd(end_or_use, steps, database_url=url):
        outcomes[user_id][what] = outcome
    for outcome in outcomes.values():
        assert outcome in (
            {"delete": "done", "sell": "AccountClosed", "buy": "AccountClosed"},
            {"delete": "Conflict", "sell": "done", "buy": "done"},
        )
    with committing_app.app_context():
        gone = sa.select(User.id).where(User.deleted_at.is_not(None))
        for rows, owner in ((Event, Event.organizer_id), (Order, Order.user_id)):
            assert db.session.scalar(sa.select(sa.func.count()).select_from(rows).where(owner.in_(gone))) == 0


def take_or_buy(step: tuple[str, int, UUID]) -> tuple[int, str, str]:
    """Order a ticket (by its event and offer), or delete what is sold or withdraw it; tell what came of it."""
    what, event_id, offer_uuid = step
    event = db.session.get(Event, event_id)
    if event is None:
        return event_id, what, "There is no such event."
    now = clock.now()
    try:
        if what == "delete":
            delete_event(actor=SYSTEM, event=event, now=now)
        elif what == "withdraw":
            pictures = FormPictures()
            update_event_by_form(
                actor=SYSTEM, event=event, changes={"is_published": False}, pictures=pictures, now=now
            )
        elif what == "delete type":
            delete_ticket_type(actor=SYSTEM, ticket_type=event.ticket_types[0], now=now)
        else:
            wanted = [WantedLine(offer_uuid, 1)]
            place_order(actor=ANONYMOUS, event=event, lines=wanted, channel=SalesChannel.WEB, now=now)
    except Invalid as refusal:
        return event_id, what, refusal.message
    return event_id, what, "done"


def test_what_is_deleted_or_withdrawn_while_it_is_bought_is_bought_or_refused_in_words(
    committing_app: Flask,
) -> None:
    url = committing_app.config["SETTINGS"].database_url
    steps, changes = [], {}
    with committing_app.app_context():
        for change in ("delete", "withdraw", "delete type") * 5:
            event = factories.make_simple_event()
            factories.make_ticket_type(event, name="Other")
            offer_uuid = event.ticket_types[0].offers[0].uuid
            changes[event.id] = change
            steps += [(what, event.id, offer_uuid) for what in ("buy", change, "buy")]
    outcomes: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for answer in crowd(take_or_buy, steps, database_url=url):
        assert len(answer) == 3, answer
        outcomes[answer[0]].append((answer[1], answer[2]))
    with committing_app.app_context():
        for event_id, change in changes.items():
            said = [outcome for what, outcome in outcomes[event_id] if what == "buy"]
            orders = db.session.scalars(sa.select(Order).where(Order.event_id == event_id)).all()
            assert len(orders) == said.count("done")
            if (change, "done") in outcomes[event_id]:
                assert set(said) <= GONE
            else:
                assert "done" in said
            held = sa.select(Quota.held).where(Quota.event_id == event_id)
            assert set(db.session.scalars(held)) <= {0, len(orders)}
            event_now = db.session.get(Event, event_id)
            assert not orders or (event_now is not None and event_now.status is EventStatus.PUBLISHED)


def order_again(step: tuple[int, int]) -> str:
    """Order one ticket for an account (account, event); tell what came of it."""
    user_id, event_id = step
    try:
        _buy(db.session.get_one(User, user_id), event_id)
    except Conflict as refusal:
        return refusal.code
    return "held"


def test_an_account_that_orders_at_one_instant_holds_five_orders_of_an_event(committing_app: Flask) -> None:
    url = committing_app.config["SETTINGS"].database_url
    with committing_app.app_context():
        event_id, user_id = factories.make_simple_event().id, factories.make_user().id
    answers = Counter(crowd(order_again, [(user_id, event_id)] * 16, database_url=url))
    assert answers == {"held": 5, "too_many_open_orders": 11}
    with committing_app.app_context():
        assert {(quota.held, quota.sold) for quota in db.session.scalars(sa.select(Quota))} == {(5, 0)}
