"""Events as their pages show them: every text written out, nothing left to compute in a template."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_timezone_name
from flask import url_for
from markupsafe import Markup

from easyticket.integrations.storage import URL_PREFIX
from easyticket.links import public_url
from easyticket.models import Event, EventStatus
from easyticket.queries.event_cards import Availability, EventCard
from easyticket.rules.permissions import Actor, Permission, may
from easyticket.rules.refunds import policy_text
from easyticket.rules.schedule import Phase, day_in, days_of, phase_of
from easyticket.rules.wording import (
    LOCALE,
    clock_text,
    days_text,
    hours_text,
    map_url,
    moment_text,
    money_text,
    place_text,
    zone_text,
)
from easyticket.web.views.markdown import plain_text, render_markdown

COVER_SIZE = (960, 640)


@dataclass(frozen=True, slots=True)
class Flag:
    """A short word on a picture; `tone` is good, warn, stop, quiet or nothing."""

    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class CardView:
    """An event in a list."""

    url: str
    title: str
    cover_url: str
    cover_alt: str
    when: str
    place: str
    price: str
    flag: Flag | None


@dataclass(frozen=True, slots=True)
class Banner:
    """What a visitor has to know before anything else on the page."""

    tone: str
    title: str
    text: str
    link_url: str = ""
    link_text: str = ""


@dataclass(frozen=True, slots=True)
class EventView:
    """An event's page without its tickets."""

    slug: str
    title: str
    cover_url: str
    banners: tuple[Banner, ...]
    category: str
    category_url: str
    days: str
    hours: str
    venue: str
    address: str
    map_url: str
    organizer: str
    age: str
    lead: str
    description: Markup
    refund_promise: str
    refund_policy: Markup
    terms: Markup
    picture_urls: tuple[str, ...]
    summary: str
    url: str
    calendar_url: str
    shared_picture_url: str
    share_url: str
    is_indexed: bool


def cover_url_of(event: Event, *, wide: bool = False) -> str:
    """Return the address of the event's picture, or of the cover drawn for it; `wide` prefers the banner."""
    names = (
        (event.banner_image, event.thumbnail_image) if wide else (event.thumbnail_image, event.banner_image)
    )
    picture = next(filter(None, names), "")
    return f"{URL_PREFIX}{picture}" if picture else url_for("events.cover", seed=event.id)


def card_view(card: EventCard, now: datetime) -> CardView:
    """Return an event as a card in a list."""
    event = card.event
    return CardView(
        url=url_for("events.page", slug=event.slug),
        title=event.title,
        cover_url=cover_url_of(event),
        cover_alt="",
        when=_short_when(event, now),
        place=", ".join(filter(None, (event.venue_name, event.venue_city))),
        price=_card_price(card, now),
        flag=_flag(card, now),
    )


def card_views(cards: Iterable[EventCard], now: datetime) -> list[CardView]:
    """Return events as cards in a list."""
    return [card_view(card, now) for card in cards]


def event_view(event: Event, actor: Actor, now: datetime) -> EventView:
    """Return what an event's page says about the event itself."""
    return EventView(
        slug=event.slug,
        title=event.title,
        cover_url=cover_url_of(event, wide=True),
        banners=tuple(_banners(event, actor, now)),
        category=event.category.name if event.category else "",
        category_url=url_for("events.browse", category=event.category.slug) if event.category else "",
        days=days_text(event),
        hours=_hours(event),
        venue=event.venue_name,
        address=_address(event),
        map_url=map_url(event),
        organizer=event.organizer.display_name,
        age=f"For people of {event.age_restriction} and over" if event.age_restriction else "",
        lead=event.short_description,
        description=render_markdown(event.description),
        refund_promise=policy_text(event, now),
        refund_policy=render_markdown(event.refund_policy),
        terms=render_markdown(event.terms_and_conditions),
        picture_urls=tuple(f"{URL_PREFIX}{image.path}" for image in event.images),
        summary=summary_of(event),
        url=public_url("events.page", slug=event.slug),
        calendar_url=url_for("events.calendar", slug=event.slug),
        shared_picture_url=shared_picture_url(event),
        share_url=f"https://wa.me/?{urlencode({'text': f'{event.title}: ' + public_url('events.page', slug=event.slug)})}",
        is_indexed=event.status is not EventStatus.DRAFT and not event.hidden_at,
    )


def summary_of(event: Event) -> str:
    """Return one or two sentences for search engines and messengers."""
    return (
        plain_text(event.short_description or event.description, 160)
        or f"{days_text(event)}, {place_text(event)}"
    )


def shared_picture_url(event: Event) -> str:
    """Return the absolute address of the picture messengers show with a link: they take no SVG."""
    picture = event.banner_image or event.thumbnail_image
    if picture:
        return public_url("events.picture", name=picture)
    return public_url("events.shared_cover", seed=event.id)


def _short_day(day_on: date, now: datetime) -> str:
    return str(format_date(day_on, "EEE d MMM" if day_on.year == now.year else "EEE d MMM y", locale=LOCALE))


def _short_when(event: Event, now: datetime) -> str:
    zone, days = event.time_zone, days_of(event)
    if phase_of(event, now) is Phase.ONGOING:
        if day_in(zone, now) >= days[-1]:
            return f"Until {clock_text(event.end_at, zone)} {zone_text(event.end_at, zone)}"
        return f"Until {_short_day(days[-1], now)}"
    if len(days) > 1:
        return f"{_short_day(days[0], now)} to {_short_day(days[-1], now)}"
    return f"{_short_day(days[0], now)}, {clock_text(event.start_at, zone)} {zone_text(event.start_at, zone)}"


def _hours(event: Event) -> str:
    """Return the hours with the zone in short and in full: readers elsewhere know neither WAT nor EST."""
    zone, local = event.time_zone, event.start_at.astimezone(ZoneInfo(event.time_zone))
    if len(days_of(event)) == 1:
        hours = hours_text(event)
    else:
        first, last = clock_text(event.start_at, zone), clock_text(event.end_at, zone)
        hours = f"From {first} on the first day to {last} {zone_text(event.end_at, zone)} on the last"
    return f"{hours} ({get_timezone_name(local, width='long', locale=LOCALE)})"


def _address(event: Event) -> str:
    city = " ".join(filter(None, (event.venue_postal_code, event.venue_city)))
    parts = (event.venue_address, city, event.venue_state, event.venue_country)
    return ", ".join(" ".join(part.split()) for part in parts if part.strip())


def _card_price(card: EventCard, now: datetime) -> str:
    if phase_of(card.event, now) is Phase.PAST:
        return "This event is over"
    if card.availability is Availability.CLOSED:
        return "Sale ended"
    if card.lowest is None or card.highest is None:
        return "Free" if card.event.is_free else "No tickets yet"
    price = money_text(card.lowest)
    return price if card.lowest == card.highest else f"From {price}" if card.lowest else "Free or paid"


def _flag(card: EventCard, now: datetime) -> Flag | None:
    if phase_of(card.event, now) is Phase.PAST:
        return None
    if card.availability is Availability.SOLD_OUT:
        return Flag("Sold out", "stop")
    if card.availability is Availability.ALL_HELD:
        return Flag("All held", "warn")
    return Flag("On now", "good") if phase_of(card.event, now) is Phase.ONGOING else None


def _banners(event: Event, actor: Actor, now: datetime) -> Iterable[Banner]:
    zone = event.time_zone
    if event.status is EventStatus.DRAFT:
        yield Banner(
            "warn",
            "This is a draft",
            "Only you and the people who run this site can see it. Nobody can buy tickets until it is published.",
            *_desk_link(event, actor),
        )
    if event.taken_down_at is not None:
        yield Banner(
            "stop",
            "We took this event down",
            "Only its organizer and the people who run this site can see it, and nothing is sold. "
            f"The reason: {event.takedown_reason}",
            *_desk_link(event, actor),
        )
    if event.hidden_at is not None and may(actor, Permission.EDIT_EVENT, event):
        yield Banner(
            "warn",
            "Left out of lists and searches",
            "Whoever has the address of this page sees it and can buy tickets.",
        )
    if event.status is EventStatus.CANCELLED:
        reason = f" The organizer says: {event.cancellation_reason}" if event.cancellation_reason else ""
        yield Banner(
            "stop",
            "This event was cancelled",
            f"Tickets are no longer valid. Whoever paid gets the money back and is told by mail.{reason}",
        )
    elif phase_of(event, now) is Phase.PAST:
        yield Banner("", "This event is over", f"It ended on {moment_text(event.end_at, zone)}.")
    elif phase_of(event, now) is Phase.ONGOING:
        yield Banner("good", "On now", f"It ends on {moment_text(event.end_at, zone)}.")


def _desk_link(event: Event, actor: Actor) -> tuple[str, str]:
    if not may(actor, Permission.EDIT_EVENT, event):
        return "", ""
    return url_for("organizer.event", slug=event.slug), "Open it in your desk"
