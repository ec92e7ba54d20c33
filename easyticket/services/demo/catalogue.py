"""Makes the demo's categories and events: from plans to drafts, and from drafts to what is on sale."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from easyticket.core.money import Money
from easyticket.db import db, transactional
from easyticket.models import Category, Event, PricingType, PromoCode, PromoKind, QuotaKind, User
from easyticket.rules.permissions import SYSTEM
from easyticket.services import inventory
from easyticket.services.categories import create_category
from easyticket.services.demo.categories import CATEGORIES
from easyticket.services.demo.plans import EventPlan, OfferPlan, PromoPlan, TypePlan
from easyticket.services.events import EventDraft, create_event
from easyticket.services.offers import OfferDraft
from easyticket.services.ticket_types import TicketTypeDraft

# An event is published this long before today or before it begins, whichever was earlier.
ON_SALE_FOR = timedelta(days=38)
_SALES_OPEN = time(9)
# A line break within a paragraph; items of a list, rows of a table and headings keep theirs.
_WRAP = re.compile(r"(?<!\n)\n(?![\n|#-])")


def make_categories(now: datetime) -> None:
    """Make the categories that are not there yet; one that was renamed stays as it is."""
    known = set(db.session.scalars(sa.select(Category.slug)))
    for plan in CATEGORIES:
        if plan.slug not in known:
            create_category(
                actor=SYSTEM,
                name=plan.name,
                slug=plan.slug,
                description=plan.description,
                icon=plan.icon,
                now=now,
            )


def find_event(plan: EventPlan, organizer: User) -> Event | None:
    """Return the event that this plan has become."""
    return db.session.scalar(
        sa.select(Event).where(Event.organizer_id == organizer.id, Event.title == plan.title)
    )


@transactional
def make_event(plan: EventPlan, organizer: User, now: datetime) -> Event:
    """Make the event with everything it sells, as if it had been published some weeks ago."""
    published_at = on_sale_since(plan, now)
    event = create_event(
        actor=SYSTEM,
        draft=_draft(plan, organizer, now),
        ticket_types=[_type_draft(plan, type_plan, now) for type_plan in plan.types],
        publish=not plan.is_draft,
        allow_past=True,
        now=now if plan.is_draft else published_at,
    )
    if plan.promo is not None:
        _make_promo_code(plan.promo, event, published_at)
    return event


def on_sale_since(plan: EventPlan, now: datetime) -> datetime:
    """Return when the plan's event was published."""
    start_at, _ = plan.when.moments(_today(plan, now), plan.place.zone)
    return min(now, start_at) - ON_SALE_FOR


def _sales_window(
    plan: OfferPlan | TypePlan, event_plan: EventPlan, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """Return when the sale of an offer or a type begins (in the morning) and ends (at midnight), if it does so by itself."""
    zone = ZoneInfo(event_plan.place.zone)
    today = _today(event_plan, now)
    opens, closes = (
        None if days is None else datetime.combine(today + timedelta(days=days), hour, zone)
        for days, hour in ((plan.opens, _SALES_OPEN), (plan.closes, time.min))
    )
    return opens, closes


def _draft(plan: EventPlan, organizer: User, now: datetime) -> EventDraft:
    place = plan.place
    start_at, end_at = plan.when.moments(_today(plan, now), place.zone)
    return EventDraft(
        title=plan.title,
        short_description=plan.short,
        description=_unwrapped(plan.description),
        category_id=db.session.scalar(sa.select(Category.id).where(Category.slug == plan.category)),
        pricing_type=plan.pricing,
        venue_name=place.name,
        venue_address=place.address,
        venue_city=place.city,
        venue_state=place.state,
        venue_country=place.country,
        venue_postal_code=place.postal_code,
        venue_latitude=Decimal(place.latitude),
        venue_longitude=Decimal(place.longitude),
        time_zone=place.zone,
        start_at=start_at,
        end_at=end_at,
        currency=place.currency,
        is_free=all(type_plan.price == "0" and not type_plan.offers for type_plan in plan.types),
        total_capacity=plan.capacity,
        fee_bearer=plan.fee_bearer,
        terms_and_conditions=plan.terms,
        refund_policy=plan.refund_policy,
        age_restriction=plan.age,
        check_in_policy=plan.check_in,
        tags=plan.tags,
        is_featured=plan.is_featured,
        organizer_id=organizer.id,
    )


def _type_draft(plan: EventPlan, type_plan: TypePlan, now: datetime) -> TicketTypeDraft:
    opens, closes = _sales_window(type_plan, plan, now)
    currency = plan.place.currency
    is_simple = plan.pricing is PricingType.SIMPLE
    return TicketTypeDraft(
        name=type_plan.name,
        total_quantity=type_plan.quantity,
        price_minor=Money.parse(type_plan.price, currency).minor if is_simple else None,
        description=type_plan.description,
        benefits=type_plan.benefits,
        sales_start_at=opens,
        sales_end_at=closes,
        min_purchase=type_plan.least,
        max_purchase=type_plan.most,
        offers=[_offer_draft(offer, plan, now) for offer in type_plan.offers],
    )


def _offer_draft(plan: OfferPlan, event_plan: EventPlan, now: datetime) -> OfferDraft:
    tier_number, tier_name = plan.tier or (None, "")
    day_number, day_name = plan.day or (None, "")
    opens, closes = _sales_window(plan, event_plan, now)
    return OfferDraft(
        kind=plan.kind,
        price_minor=Money.parse(plan.price, event_plan.place.currency).minor,
        quantity=plan.quantity,
        tier_number=tier_number,
        tier_name=tier_name,
        day_number=day_number or None,
        day_name=day_name,
        is_all_days=day_number == 0,
        sales_start_at=opens,
        sales_end_at=closes,
    )


def _make_promo_code(plan: PromoPlan, event: Event, now: datetime) -> None:
    """Give an event a code. There is no page for this yet, so the row is written here with its counter."""
    promo = PromoCode(
        event_id=event.id,
        code=plan.code,
        code_key=plan.code.upper(),
        kind=PromoKind.PERCENT,
        value=plan.percent * 100,
        created_at=now,
    )
    db.session.add(promo)
    db.session.flush()
    inventory.open_quota(QuotaKind.PROMO, promo.id, event.id, plan.uses)


def _unwrapped(text: str) -> str:
    """Undo the line breaks that only fit the plan into its file: on the page a break is a break."""
    return _WRAP.sub(" ", text)


def _today(plan: EventPlan, now: datetime) -> date:
    return now.astimezone(ZoneInfo(plan.place.zone)).date()
