"""One database with an account of every kind, an event in every state and an order in every state, made once and read by
many: what tests of all pages for all roles walk through. Nothing in it is changed by who reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from easyticket.core import clock
from easyticket.db import Base, db, transaction
from easyticket.integrations.providers import DisputeState, NoticeTopic, RefundOutcome, RefundSnapshot
from easyticket.models import (
    Dispute,
    Event,
    EventStatus,
    Order,
    OrderStatus,
    OutboxJob,
    PaymentState,
    ProfileStatus,
    ProviderEvent,
    User,
)
from easyticket.rules.permissions import ANONYMOUS, SYSTEM, Actor
from easyticket.services.baskets import WantedLine
from easyticket.services.cancellation import unwind_event
from easyticket.services.check_ins import check_in_by_hand
from easyticket.services.door_sales import DoorSale, sell_at_door
from easyticket.services.event_fees import set_event_fee
from easyticket.services.event_standing import take_down_event
from easyticket.services.event_steps import cancel_event
from easyticket.services.orders import secret_of
from easyticket.services.provider_events import record_provider_event
from easyticket.services.refund_sending import apply_refund_snapshot
from easyticket.services.refunds import request_refund
from easyticket.services.ticket_transfers import secret_of_transfer, send_ticket_on
from easyticket.services.tickets import issue_tickets
from tests import factories
from tests.queries.test_balances import make_past_event, make_sale
from tests.services.test_receipts import make_paid_order, pay
from tests.services.test_withdrawals import ask, make_profile


@dataclass(frozen=True, slots=True)
class Thing:
    """Something an address can be about: what it is called in a failure, its row, and the parts of addresses it has."""

    name: str
    model: type[Base]
    id: int
    parts: Mapping[str, str]

    def row(self) -> Any:
        """Return its row as it is now."""
        return db.session.get_one(self.model, self.id)


@dataclass(frozen=True, slots=True)
class Role:
    """Somebody who looks at pages: the address of the account signed in to, that of the account an administrator acts for,
    and the pages known from mails. What has a piece of `passes_by` in its address is not looked at: it is like the rest."""

    name: str
    actor: Actor
    email: str = ""
    acts_for: str = ""
    links: Sequence[str] = ()
    passes_by: Sequence[str] = ()


@dataclass(slots=True)
class EveryState:
    """The things by their kind, and the roles."""

    things: dict[str, list[Thing]] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)

    def pieces_but(self, *names: str) -> list[str]:
        """Return the slugs and numbers of all events and orders but those with these names."""
        keys = {"event": "slug", "order": "number"}
        return [
            f"/{thing.parts[key]}/"
            for kind, key in keys.items()
            for thing in self.things[kind]
            if thing.name.removesuffix(f" {kind}") not in names
        ]

    def add(self, kind: str, name: str, row: Any, **parts: Any) -> None:
        """Remember a row as something of a kind."""
        texts = {key: str(value) for key, value in parts.items()}
        self.things.setdefault(kind, []).append(Thing(f"{name} {kind}", type(row), row.id, texts))


def make_every_state() -> EveryState:
    """Fill the database, in an open application context."""
    made, now = EveryState(), clock.now()
    organizer = factories.make_organizer(first_name="Esi")
    buyer = factories.make_user(first_name="Yaw")
    orders = {**_sold(_coming(made, organizer), buyer, now), **_begun(made, organizer, buyer, now)}
    _ended(made, organizer, buyer, orders, now)
    _not_out(made, organizer, now)
    _money(made, organizer, now)
    for name, order in orders.items():
        _add_order(made, name, order)
    _machinery(made, orders["paid"], now)
    _people(made, organizer, buyer, orders["paid"])
    return made


def _add_event(made: EveryState, name: str, event: Event) -> Event:
    made.add("event", name, event, slug=event.slug)
    for ticket_type in event.ticket_types:
        uuid = ticket_type.uuid
        made.add("ticket type", f"{name} event's", ticket_type, slug=event.slug, ticket_type_uuid=uuid)
    return event


def _add_order(made: EveryState, name: str, order: Order) -> None:
    slug, number, secret = order.event.slug, order.number, secret_of(order)
    made.add("order", name, order, slug=slug, number=number, secret=secret)
    for ticket in order.tickets:
        parts = {"slug": slug, "number": number, "code": ticket.code, "secret": secret}
        made.add("ticket", f"{name} order's", ticket, **parts)
    for refund in order.refunds:
        made.add("refund", name, refund, number=number, uuid=refund.uuid)


def _coming(made: EveryState, organizer: User) -> Event:
    event = factories.make_simple_event(title="Coming", organizer=organizer, buyer_refund_days=3)
    return _add_event(made, "coming", event)


def _paid(event: Event, user: User | None, quantity: int = 1) -> Order:
    """A paid order with its payment and its tickets."""
    order = make_paid_order(event, quantity, user=user)
    issue_tickets(order, clock.now())
    return order


def _sold(event: Event, buyer: User, now: datetime) -> dict[str, Order]:
    """Orders of an event to come, one in each state."""
    sent = _paid(event, buyer)
    holding = ANONYMOUS.with_order_secret(secret_of(sent))
    send_ticket_on(
        actor=holding, ticket=sent.tickets[0], to_name="Efua Sarpong", to_email="efua@example.org", now=now
    )
    return {
        "paid": _paid(event, buyer, 2),
        "guest's": _paid(event, None),
        "sent on": sent,
        "refunded": _refunded(_paid(event, buyer), RefundOutcome.SUCCEEDED, now),
        "badly refunded": _refunded(_paid(event, buyer), RefundOutcome.FAILED, now),
        "disputed": _disputed(_paid(event, buyer), now),
        "unpaid": factories.make_order(event, user=buyer),
        "expired": factories.make_order(event, user=buyer, status=OrderStatus.FAILED, failed_at=now),
        "odd": _quarantined(factories.make_order(event, user=buyer, status=OrderStatus.PROCESSING)),
    }


def _refunded(order: Order, outcome: RefundOutcome, now: datetime) -> Order:
    refund = request_refund(actor=SYSTEM, order=order, source="organizer", now=now)
    apply_refund_snapshot(refund.id, RefundSnapshot(provider_ref=f"re_{refund.id}", outcome=outcome), now)
    return order


def _disputed(order: Order, now: datetime) -> Order:
    with transaction() as session:
        dispute = Dispute(
            order_id=order.id,
            payment_id=order.payments[0].id,
            provider_ref="dp_1",
            state=DisputeState.OPEN,
            amount_minor=order.total_minor,
            currency=order.currency,
            due_at=now + timedelta(days=7),
        )
        session.add(dispute)
        for ticket in order.tickets:
            ticket.disputed_at = now
    return order


def _quarantined(order: Order) -> Order:
    pay(order, PaymentState.QUARANTINED)
    return order


def _begun(made: EveryState, organizer: User, buyer: User, now: datetime) -> dict[str, Order]:
    """An event that runs, with somebody inside and a sale at the door."""
    begun = now - timedelta(hours=1)
    event = factories.make_simple_event(
        title="Running", organizer=organizer, start_at=begun, end_at=begun + timedelta(hours=5)
    )
    _add_event(made, "running", event)
    half_in, actor = _paid(event, buyer, 2), factories.actor_of(organizer)
    check_in_by_hand(actor=actor, ticket=half_in.tickets[0], scan_key=uuid4(), now=now)
    sale = DoorSale(lines=[WantedLine(event.ticket_types[0].offers[0].uuid, 1)], is_cash=True)
    return {
        "half in": half_in,
        "door": sell_at_door(actor=actor, event=event, sale=sale, token=uuid4().hex, now=now),
    }


def _ended(made: EveryState, organizer: User, buyer: User, orders: dict[str, Order], now: datetime) -> None:
    """Events that sell no more: over, called off, taken down."""
    over = make_past_event(organizer, title="Over")
    cancelled = factories.make_simple_event(title="Called off", organizer=organizer)
    down = factories.make_simple_event(title="Taken down", organizer=organizer)
    orders |= {
        "past": _paid(over, buyer),
        "called off": _paid(cancelled, buyer),
        "taken down": _paid(down, buyer),
    }
    for _ in range(3):
        make_sale(over)
    cancel_event(actor=factories.actor_of(organizer), event=cancelled, now=now)
    unwind_event(cancelled.id)
    take_down_event(actor=SYSTEM, event=down, reason="A picture that is somebody else's.", now=now)
    for name, event in (("past", over), ("cancelled", cancelled), ("taken down", down)):
        _add_event(made, name, event)


def _not_out(made: EveryState, organizer: User, now: datetime) -> None:
    """Events nobody has a ticket of: drafts, and one whose only order came to nothing."""
    hidden: dict[str, Any] = {"organizer": organizer, "status": EventStatus.DRAFT, "published_at": None}
    draft = factories.make_simple_event(title="Draft", **hidden)
    tried = factories.make_simple_event(title="Tried", organizer=organizer)
    factories.make_order(tried, status=OrderStatus.FAILED, failed_at=now)
    factories.make_ticket_type(draft, name="Balcony")
    set_event_fee(actor=SYSTEM, event=tried, basis_points=300, now=now)
    _add_event(made, "draft", draft)
    _add_event(made, "bare draft", factories.make_event(title="Bare", **hidden))
    _add_event(made, "once tried", tried)


def _money(made: EveryState, organizer: User, now: datetime) -> None:
    accounts = {
        "verified": make_profile(organizer),
        "second": make_profile(organizer, is_default=False),
        "refused": make_profile(organizer, is_default=False, status=ProfileStatus.FAILED),
    }
    for name, profile in accounts.items():
        made.add("account", name, profile, uuid=profile.uuid)
    payout = ask(organizer, "50")
    made.add("payout", "waiting", payout, uuid=payout.uuid, reference=payout.reference)


def _machinery(made: EveryState, order: Order, now: datetime) -> None:
    """What waits for administrators."""
    with transaction() as session:
        job = OutboxJob(name="mail_order_confirmed", payload={"order_id": 7}, created_at=now, run_at=now)
        job.attempts, job.failed_at, job.error = 13, now, "MailRefused: 550 no such mailbox"
        session.add(job)
    record_provider_event(
        provider="stripe",
        event_key=uuid4().hex,
        kind="charge.succeeded",
        topic=NoticeTopic.CHARGE,
        reference=order.payments[0].reference,
        body="{}",
        now=now,
    )
    category = factories.make_category("Music")
    webhook = db.session.query(ProviderEvent).one()
    odd = next(each for each in made.things["order"] if each.name.startswith("odd")).row()
    made.add("job", "given up", job, uuid=job.uuid)
    made.add("webhook", "stripe's", webhook, number=webhook.id)
    made.add("category", "music", category, slug=category.slug)
    made.add("payment", "odd", odd.payments[0], uuid=odd.payments[0].uuid)


def _people(made: EveryState, organizer: User, buyer: User, paid: Order) -> None:
    staff, colleague = factories.make_staff(first_name="Kojo"), factories.make_staff()
    rival, newcomer = factories.make_organizer(), factories.make_organizer(is_verified=False)
    closed = factories.make_user(is_active=False)
    _add_event(made, "rival's", factories.make_simple_event(title="Rival", organizer=rival))
    own = factories.make_simple_event(
        title="First", organizer=newcomer, status=EventStatus.DRAFT, published_at=None
    )
    _add_event(made, "newcomer's", own)
    checked = make_profile(rival, status=ProfileStatus.PENDING, verification_started_at=clock.now())
    made.add("account to check", "rival's", checked, uuid=checked.uuid)
    people = {"organizer": organizer, "buyer": buyer, "newcomer": newcomer, "closed": closed}
    for name, user in {**people, "administrator": staff, "colleague": colleague}.items():
        made.add("person", name, user, uuid=user.uuid)
    guest = next(each for each in made.things["order"] if each.name.startswith("guest")).row()
    sent = next(each for each in made.things["ticket"] if each.name.startswith("sent on")).row()
    secret = secret_of_transfer(sent.transfers[-1])
    made.add("sent ticket", "the", sent, secret=secret)
    acting = replace(factories.actor_of(organizer), staff_id=staff.id)
    signed_in = {"buyer": buyer, "organizer": organizer, "another organizer": rival, "administrator": staff}
    for name, user in {**signed_in, "organizer who is not verified": newcomer}.items():
        made.roles[name] = Role(name, factories.actor_of(user), user.email)
    # The desk is the organizer's in every state; others have the same pages of a few.
    seen_by_staff = made.pieces_but(
        "coming", "taken down", "bare draft", "paid", "badly refunded", "disputed"
    )
    seen_for_others = made.pieces_but("coming", "draft", "paid")
    for role in (
        Role("stranger", ANONYMOUS),
        Role("holder of a link", ANONYMOUS, links=(f"/orders/{secret_of(guest)}/", f"/tickets/{secret}/")),
        replace(made.roles["administrator"], passes_by=seen_by_staff),
        Role(
            "administrator for the organizer",
            acting,
            staff.email,
            acts_for=str(organizer.uuid),
            passes_by=seen_for_others,
        ),
    ):
        made.roles[role.name] = role
