"""Decides who buys what, when, and how it ends: pure choices of a seeded dice, so that two loads of the demo are alike."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from easyticket.models import Event, Offer, SalesChannel
from easyticket.rules.permissions import ANONYMOUS, Actor
from easyticket.rules.sales import sales_end, sales_start
from easyticket.services.demo.plans import EventPlan, OfferPlan, TypePlan

_CHANNELS = (SalesChannel.WEB, SalesChannel.API, SalesChannel.API_V1)
_CHANNEL_WEIGHTS = (78, 12, 10)
# How many people come together, and how often.
_PARTIES = (1, 2, 3, 4, 5, 6, 8, 10)
_PARTY_WEIGHTS = (4, 20, 14, 26, 10, 12, 8, 6)


class Ending(enum.StrEnum):
    """How an order of the demo ends."""

    PAID = "paid"
    PAID_AT_SECOND_TRY = "paid_at_second_try"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    PARTLY_REFUNDED = "partly_refunded"
    HELD = "held"
    PAYING = "paying"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who buys; without an account the actor is nobody in particular."""

    name: str
    email: str
    actor: Actor = ANONYMOUS


@dataclass(frozen=True, slots=True)
class PlannedOrder:
    """One purchase: offers (by UUID) with quantities, when, by whom, and its ending."""

    lines: tuple[tuple[UUID, int], ...]
    at: datetime
    person: Person
    ending: Ending
    channel: SalesChannel = SalesChannel.WEB
    promo_code: str = ""


@dataclass(frozen=True, slots=True)
class _Ware:
    """An offer with how the plan sells it."""

    uuid: UUID
    type_plan: TypePlan
    name: str
    price_minor: int
    sold: int
    opens: datetime
    closes: datetime


def plan_orders(
    plan: EventPlan, event: Event, people: Sequence[Person], attendee: Person, now: datetime, dice: Random
) -> list[PlannedOrder]:
    """Return the event's orders in the order of their moments; those that only hold places come last."""
    wares = _wares(plan, event, now)
    orders = [
        *_troubled(plan, wares, people, dice),
        *_paid(plan, wares, people, dice),
        *_of_attendee(plan, wares, attendee, dice),
    ]
    return [*sorted(orders, key=lambda order: order.at), *_held(plan, wares, people, now, dice)]


def _wares(plan: EventPlan, event: Event, now: datetime) -> list[_Ware]:
    wares = []
    for type_plan, ticket_type in zip(plan.types, event.ticket_types, strict=True):
        offer_plans: Sequence[OfferPlan | TypePlan] = type_plan.offers or (type_plan,)
        for offer_plan, offer in zip(offer_plans, ticket_type.offers, strict=True):
            opens, closes = _window(event, offer, now)
            wares.append(
                _Ware(
                    offer.uuid, type_plan, offer.full_name, offer.price_minor, offer_plan.sold, opens, closes
                )
            )
    return wares


def _window(event: Event, offer: Offer, now: datetime) -> tuple[datetime, datetime]:
    """Return from when to when the demo sells an offer: never later than now, and a day's pass not after its day."""
    opens = max(filter(None, (event.published_at, sales_start(offer))), default=event.created_at)
    last = (
        event.end_at
        if offer.is_all_days or event.end_at - event.start_at > timedelta(days=4)
        else event.start_at
    )
    if offer.day_on is not None:
        zone = ZoneInfo(event.time_zone)
        last = datetime.combine(offer.day_on, event.start_at.astimezone(zone).time(), zone)
    closes = min(filter(None, (now - timedelta(minutes=10), last, sales_end(offer))))
    return opens + timedelta(hours=2), closes


def _paid(
    plan: EventPlan, wares: Sequence[_Ware], people: Sequence[Person], dice: Random
) -> Iterator[PlannedOrder]:
    for number, (ware, quantity) in enumerate(_portions(wares, dice)):
        promo = plan.promo if plan.promo is not None and number < plan.promo.used else None
        yield PlannedOrder(
            lines=((ware.uuid, quantity),),
            at=_moment(ware, dice),
            person=dice.choice(people),
            ending=Ending.PAID_AT_SECOND_TRY if ware.price_minor and dice.random() < 0.04 else Ending.PAID,
            channel=dice.choices(_CHANNELS, _CHANNEL_WEIGHTS)[0],
            promo_code=promo.code if promo else "",
        )


def _portions(wares: Sequence[_Ware], dice: Random) -> list[tuple[_Ware, int]]:
    """Split what is to be sold into purchases of one to ten."""
    portions = []
    for ware in wares:
        left = ware.sold
        while left:
            most = min(left, ware.type_plan.most)
            quantity = max(ware.type_plan.least, min(most, dice.choices(_PARTIES, _PARTY_WEIGHTS)[0]))
            portions.append((ware, quantity))
            left -= quantity
    dice.shuffle(portions)
    return portions


def _troubled(
    plan: EventPlan, wares: Sequence[_Ware], people: Sequence[Person], dice: Random
) -> Iterator[PlannedOrder]:
    on_sale = [ware for ware in wares if ware.opens < ware.closes]
    priced = [ware for ware in on_sale if ware.price_minor]
    troubles = plan.troubles
    wanted = (
        *[Ending.EXPIRED] * troubles.expired,
        *[Ending.CANCELLED] * troubles.cancelled,
        *[Ending.REFUNDED] * troubles.refunded,
        *[Ending.PARTLY_REFUNDED] * troubles.partly_refunded,
    )
    for ending in wanted:
        ware = dice.choice(priced if ending in (Ending.REFUNDED, Ending.PARTLY_REFUNDED) else on_sale)
        quantity = 2 if ending is Ending.PARTLY_REFUNDED else dice.choice((1, 2))
        yield PlannedOrder(
            lines=((ware.uuid, min(quantity, ware.type_plan.most)),),
            at=_moment(ware, dice, until=0.4),
            person=dice.choice(people),
            ending=ending,
        )


def _held(
    plan: EventPlan, wares: Sequence[_Ware], people: Sequence[Person], now: datetime, dice: Random
) -> Iterator[PlannedOrder]:
    left = plan.held
    while left:
        quantity = min(left, 2)
        left -= quantity
        yield PlannedOrder(
            lines=((wares[0].uuid, quantity),),
            at=now,
            person=dice.choice(people),
            ending=Ending.HELD if left else Ending.PAYING,
        )


def _of_attendee(
    plan: EventPlan, wares: Sequence[_Ware], attendee: Person, dice: Random
) -> Iterator[PlannedOrder]:
    by_name = {ware.name: ware for ware in wares}
    for name, quantity in plan.attendee:
        ware = by_name[name]
        yield PlannedOrder(((ware.uuid, quantity),), _moment(ware, dice), attendee, Ending.PAID)


def _moment(ware: _Ware, dice: Random, until: float = 1.0) -> datetime:
    """Return a moment within the ware's sale: more of them towards its end, and few in the small hours."""
    span = (ware.closes - ware.opens) * until
    moment = ware.opens + span * dice.triangular(0, 1, 0.95)
    waking = datetime.combine(moment.date(), time(dice.randint(7, 22), dice.randint(0, 59)), moment.tzinfo)
    return waking if moment.hour < 6 and ware.opens < waking < ware.opens + span else moment
