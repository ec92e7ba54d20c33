"""What an organizer has to see to, looked up: the facts of their open events and of their account, and money that did not
go where it should. The statements are the same for one event and for hundreds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, defer, joinedload

from easyticket.core.money import Money
from easyticket.db import db
from easyticket.models import Dispute, Event, EventStatus, Order, Refund, RefundState, Scan, TicketType, User
from easyticket.models.payment import UNDECIDED_DISPUTES
from easyticket.queries.balances import Balance, get_least_payout
from easyticket.queries.desk_scope import DeskScope
from easyticket.queries.payment_profiles import get_site_currency, list_payment_profiles
from easyticket.queries.receipts import find_seller
from easyticket.queries.refunds import left_minor
from easyticket.queries.ticket_stock import TypeStock, load_stocks
from easyticket.rules.desk_tasks import AccountFacts, EventFacts, Task, TaskKind, TypeFacts
from easyticket.rules.permissions import Actor
from easyticket.rules.refunds import is_replaced
from easyticket.rules.sales import sales_end, sales_start

# An organizer with more events ahead than this hears of the others as they come nearer, and is told so.
MOST_EVENTS = 500
_MOST_ORDERS = 50
_LONG_TEXTS = (Event.description, Event.search_text, Event.terms_and_conditions, Event.refund_policy)


def list_open_events(scope: DeskScope, now: datetime) -> Sequence[Event]:
    """Return the events that are not over and not cancelled with all they sell, the soonest first, in one statement; a
    single one whatever it is. One more than `MOST_EVENTS` are asked for, which tells that there are more."""
    if scope.event is not None:
        return [scope.event]
    query = (
        sa.select(Event)
        .where(scope.is_in_it, Event.end_at > now, Event.status != EventStatus.CANCELLED)
        .options(joinedload(Event.ticket_types).joinedload(TicketType.offers), *map(defer, _LONG_TEXTS))
        .order_by(Event.start_at, Event.id)
        .limit(MOST_EVENTS + 1)
    )
    return db.session.scalars(query).unique().all()


def load_event_facts(events: Sequence[Event], now: datetime) -> list[EventFacts]:
    """Return how these events sell, in two statements; what they sell is loaded."""
    types = [each for event in events for each in event.ticket_types]
    stocks: dict[int, list[TypeStock]] = {}
    for stock in load_stocks(types, now):
        stocks.setdefault(stock.ticket_type.event_id, []).append(stock)
    scanned = _find_scanned([event.id for event in events])
    return [
        EventFacts(
            event=event,
            types=[_type_facts(stock) for stock in stocks.get(event.id, ()) if _is_offered(stock)],
            sold=sum(stock.sold for stock in stocks.get(event.id, ())),
            has_been_scanned=event.id in scanned,
        )
        for event in events
    ]


def load_account_facts(actor: Actor, user: User, balances: Sequence[Balance], *, sells: bool) -> AccountFacts:
    """Return what tells whether the actor's account needs them, in two statements; `sells`: something costs money."""
    seller = find_seller(actor)
    return AccountFacts(
        is_verified=user.is_email_verified,
        profiles=list_payment_profiles(actor),
        is_paid_automatically=seller is not None and seller.is_paid_automatically,
        payable=[
            Money(balance.payable_minor, balance.currency)
            for balance in balances
            if balance.payable_minor >= get_least_payout(balance.currency).minor
        ],
        has_money=sells or any(balance.earnings_minor > 0 for balance in balances),
        site_currency=get_site_currency(),
    )


def list_money_tasks(scope: DeskScope) -> list[Task]:
    """Return the refunds that did not go back and the disputes that wait for an answer, of the newest fifty of each."""
    return [*_list_failed_refunds(scope), *_list_disputes(scope)]


def _list_failed_refunds(scope: DeskScope) -> list[Task]:
    query = (
        sa.select(Refund)
        .join(Refund.order)
        .join(Order.event)
        # Where nothing is left to return it went back otherwise, which is most of them.
        .where(scope.is_in_it, Refund.state == RefundState.FAILED, left_minor() > 0)
        .options(
            contains_eager(Refund.order).contains_eager(Order.event),
            contains_eager(Refund.order).selectinload(Order.refunds).selectinload(Refund.tickets),
            contains_eager(Refund.order).selectinload(Order.disputes),
            joinedload(Refund.payment),
        )
        .order_by(Refund.id.desc())
        .limit(_MOST_ORDERS)
    )
    return [
        Task(
            TaskKind.REFUND_FAILED,
            refund.order.event,
            order_number=refund.order.number,
            amount=Money(refund.amount_minor, refund.currency),
            due_at=refund.failed_at,
        )
        for refund in db.session.scalars(query)
        if not is_replaced(refund)
    ]


def _list_disputes(scope: DeskScope) -> list[Task]:
    query = (
        sa.select(Dispute)
        .join(Dispute.order)
        .join(Order.event)
        .where(scope.is_in_it, Dispute.state.in_(UNDECIDED_DISPUTES))
        .options(contains_eager(Dispute.order).contains_eager(Order.event))
        .order_by(Dispute.id.desc())
        .limit(_MOST_ORDERS)
    )
    return [
        Task(
            TaskKind.DISPUTE,
            dispute.order.event,
            order_number=dispute.order.number,
            amount=Money(dispute.amount_minor, dispute.currency),
            due_at=dispute.due_at,
        )
        for dispute in db.session.scalars(query)
    ]


def _find_scanned(event_ids: Collection[int]) -> set[int]:
    was_scanned = sa.exists().where(Scan.event_id == Event.id)
    return set(db.session.scalars(sa.select(Event.id).where(Event.id.in_(event_ids), was_scanned)))


def _is_offered(stock: TypeStock) -> bool:
    return stock.ticket_type.is_active and any(each.offer.is_active for each in stock.offers)


def _type_facts(stock: TypeStock) -> TypeFacts:
    offers = [each.offer for each in stock.offers if each.offer.is_active]
    starts, ends = [sales_start(offer) for offer in offers], [sales_end(offer) for offer in offers]
    return TypeFacts(
        ticket_type=stock.ticket_type,
        sold=stock.sold,
        held=stock.held,
        is_on_sale=stock.is_on_sale,
        is_sold_out=stock.is_sold_out,
        # One offer without a beginning or an end of its own, and there is none.
        starts_at=None if None in starts else min(each for each in starts if each),
        ends_at=None if None in ends else max(each for each in ends if each),
    )
