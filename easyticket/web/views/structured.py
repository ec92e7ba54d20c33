"""An event as data for search engines: schema.org's Event with its Offers, as a plain dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from easyticket.core.money import Money
from easyticket.links import public_url
from easyticket.models import Event, EventStatus
from easyticket.queries.offers import OfferOnSale, OfferState
from easyticket.web.views.events import shared_picture_url, summary_of

_AVAILABILITY = {
    OfferState.ON_SALE: "InStock",
    OfferState.ALL_HELD: "LimitedAvailability",
    OfferState.SOLD_OUT: "SoldOut",
    OfferState.NOT_YET: "PreOrder",
}


def event_data(event: Event, offers: Sequence[OfferOnSale]) -> dict[str, Any]:
    """Return the event as JSON-LD; prices are with all fees, moments have the event's own offset."""
    is_cancelled = event.status is EventStatus.CANCELLED
    data = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": event.title,
        "description": summary_of(event),
        "url": public_url("events.page", slug=event.slug),
        "image": [shared_picture_url(event)],
        "startDate": _moment(event.start_at, event),
        "endDate": _moment(event.end_at, event),
        "eventStatus": f"https://schema.org/Event{'Cancelled' if is_cancelled else 'Scheduled'}",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": _place(event),
        "organizer": {"@type": "Organization", "name": event.organizer.display_name},
        "offers": [_offer(event, told) for told in offers if told.state in _AVAILABILITY],
    }
    if event.age_restriction:
        data["typicalAgeRange"] = f"{event.age_restriction}-"
    return data


def _moment(moment: datetime, event: Event) -> str:
    return moment.astimezone(ZoneInfo(event.time_zone)).isoformat(timespec="seconds")


def _place(event: Event) -> dict[str, Any]:
    address = {
        "streetAddress": event.venue_address,
        "postalCode": event.venue_postal_code,
        "addressLocality": event.venue_city,
        "addressRegion": event.venue_state,
        "addressCountry": event.venue_country,
    }
    known = {name: text for name, text in address.items() if text}
    return {"@type": "Place", "name": event.venue_name, "address": {"@type": "PostalAddress", **known}}


def _offer(event: Event, told: OfferOnSale) -> dict[str, Any]:
    offer = {
        "@type": "Offer",
        "name": told.offer.full_name,
        "price": Money(told.price_with_fee_minor, event.currency).as_text(),
        "priceCurrency": event.currency,
        "availability": f"https://schema.org/{_AVAILABILITY[told.state]}",
        "url": public_url("events.page", slug=event.slug),
    }
    if told.sales_start_at is not None:
        offer["validFrom"] = _moment(told.sales_start_at, event)
    return offer
