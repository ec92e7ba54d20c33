"""The ticket chooser of an event's page: rows under headings, or a grid of days and tiers, with prices and words written out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from easyticket.core.money import Money, currency_digits, smallest_step
from easyticket.models import Event, FeeBearer, OfferKind, TicketType
from easyticket.queries.offers import OfferOnSale, OfferState, fee_basis_points_of
from easyticket.rules.sales import is_sale_over, why_event_not_on_sale
from easyticket.rules.wording import day_text, moment_text, money_text

# Below this the number left is told: it helps to decide, and above it nobody asks.
FEW = 10
QUANTITY = "quantity-"


@dataclass(frozen=True, slots=True)
class QuantityInput:
    """A number field. `unit_minor` is the price before fees: the fee is counted once on the whole order."""

    name: str
    value: str
    max: int
    smallest: int
    unit_minor: int


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to buy; `off` are the words that stand instead of a number field."""

    name: str
    label: str
    price: str
    notes: tuple[str, ...]
    limits: str
    left: str
    off: str
    input: QuantityInput | None


@dataclass(frozen=True, slots=True)
class GridDay:
    """A day of a grid with one row for each tier, None where the tier is not sold on it."""

    name: str
    date: str
    cells: tuple[Row | None, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A ticket type, or all simple ones together: rows to choose from, or a grid when `tiers` names its columns."""

    title: str
    text: str
    benefits: tuple[str, ...]
    limits: str
    rows: tuple[Row, ...] = ()
    tiers: tuple[str, ...] = ()
    days: tuple[GridDay, ...] = ()


@dataclass(frozen=True, slots=True)
class Closed:
    """Why there is nothing to choose; `may_change` where looking again in a few minutes makes sense."""

    title: str
    text: str
    may_change: bool = False


@dataclass(frozen=True, slots=True)
class Chooser:
    """What stands in the ticket panel: groups to choose from, or why not (`closed`)."""

    groups: tuple[Group, ...]
    closed: Closed | None
    has_grid: bool
    from_price: str
    zero: str
    fee_basis_points: int
    fee_step: int


def chooser_of(
    event: Event,
    offers: Sequence[OfferOnSale],
    now: datetime,
    *,
    quantities: Mapping[str, object] | None = None,
) -> Chooser:
    """Return the chooser of an event; `quantities` is what was typed before, by the offer's UUID."""
    can_buy = why_event_not_on_sale(event, now) is None
    typed = {str(key): str(value) for key, value in (quantities or {}).items()}
    groups = tuple(
        _group(event, list(told), typed, can_buy=can_buy) for _, told in groupby(offers, key=_group_key)
    )
    on_sale = [told for told in offers if told.is_on_sale]
    is_over = is_sale_over(event, now)
    return Chooser(
        groups=() if is_over else groups,
        closed=None if can_buy and on_sale else _why_closed(event, offers, now),
        has_grid=any(group.tiers for group in groups),
        from_price=_from_price(event, on_sale),
        zero=zero_text(event.currency),
        fee_basis_points=fee_basis_points_of(event) if event.fee_bearer is FeeBearer.BUYER else 0,
        fee_step=smallest_step(event.currency),
    )


def wait_text(seconds: int) -> str:
    """Return when to look again, in whole minutes; nobody waits at a page for hours."""
    minutes = max(math.ceil(seconds / 60), 1)
    return f"look again in {minutes} min" if minutes <= 120 else "look again later"


def _group_key(told: OfferOnSale) -> int:
    """Simple types stand in one list; every other type has a heading of its own."""
    return 0 if told.offer.kind is OfferKind.SIMPLE else told.offer.ticket_type_id


def _group(event: Event, offers: Sequence[OfferOnSale], typed: Mapping[str, str], *, can_buy: bool) -> Group:
    kind, ticket_type = offers[0].offer.kind, offers[0].offer.ticket_type
    is_alone = kind is OfferKind.SIMPLE or len(offers) == 1
    rows = [_row(event, told, typed, is_alone=is_alone, can_buy=can_buy) for told in offers]
    if kind is OfferKind.SIMPLE:
        return Group(title="", text="", benefits=(), limits="", rows=tuple(rows))
    tiers, days = _grid(offers, rows) if kind is OfferKind.DAY_TIER else ((), ())
    return Group(
        title=ticket_type.name,
        text=ticket_type.description,
        benefits=_lines(ticket_type.benefits),
        limits=_limits(ticket_type, is_mixed=len(offers) > 1) if can_buy else "",
        rows=() if tiers else tuple(rows),
        tiers=tiers,
        days=days,
    )


def _row(event: Event, told: OfferOnSale, typed: Mapping[str, str], *, is_alone: bool, can_buy: bool) -> Row:
    offer, can_buy = told.offer, can_buy and told.is_on_sale
    return Row(
        name=_name(told),
        label=offer.full_name,
        price=money_text(Money(told.price_with_fee_minor, event.currency)),
        notes=tuple(_notes(event, told)),
        limits=_limits(offer.ticket_type, is_mixed=False)
        if can_buy and offer.kind is OfferKind.SIMPLE
        else "",
        left=f"{told.left} left" if can_buy and told.left is not None and told.left <= FEW else "",
        off=_off(event, told),
        input=_input(told, typed, is_alone=is_alone) if can_buy else None,
    )


def _input(told: OfferOnSale, typed: Mapping[str, str], *, is_alone: bool) -> QuantityInput:
    uuid = str(told.offer.uuid)
    return QuantityInput(
        name=f"{QUANTITY}{uuid}",
        value=typed.get(uuid, "0"),
        max=told.maximum,
        smallest=told.minimum if is_alone else 1,
        unit_minor=told.offer.price_minor,
    )


def _name(told: OfferOnSale) -> str:
    offer = told.offer
    return {
        OfferKind.SIMPLE: offer.ticket_type.name,
        OfferKind.TIER: offer.tier_name,
        OfferKind.DAY_PASS: offer.day_name,
        OfferKind.DAY_TIER: offer.tier_name,
    }[offer.kind]


def _notes(event: Event, told: OfferOnSale) -> list[str]:
    offer = told.offer
    notes = []
    if offer.kind is OfferKind.SIMPLE:
        notes += [offer.ticket_type.description, *_lines(offer.ticket_type.benefits)]
    if offer.kind is OfferKind.DAY_PASS:
        notes.append(
            "Valid on every day" if offer.is_all_days else day_text(offer.day_on) if offer.day_on else ""
        )
    ends_at = told.sales_end_at
    # That a day's ticket is sold until its day is over goes without saying.
    has_window = offer.sales_end_at or offer.ticket_type.sales_end_at
    if told.is_on_sale and has_window and ends_at is not None and ends_at < event.end_at:
        notes.append(f"On sale until {moment_text(ends_at, event.time_zone)}")
    return [note for note in notes if note]


def _off(event: Event, told: OfferOnSale) -> str:
    if told.state is OfferState.NOT_YET and told.sales_start_at is not None:
        return f"On sale from {moment_text(told.sales_start_at, event.time_zone)}"
    if told.state is OfferState.ALL_HELD:
        return f"All held, {wait_text(told.look_again_seconds or 0)}"
    return {OfferState.SOLD_OUT: "Sold out", OfferState.CLOSED: "Sale ended"}.get(told.state, "")


def _grid(offers: Sequence[OfferOnSale], rows: Sequence[Row]) -> tuple[tuple[str, ...], tuple[GridDay, ...]]:
    """Arrange the cells: tiers by number across, days by number down."""
    numbered = {
        (told.offer.day_number, told.offer.tier_number): row for told, row in zip(offers, rows, strict=True)
    }
    tiers = {told.offer.tier_number or 0: told.offer.tier_name for told in offers}
    days = {told.offer.day_number or 0: told.offer for told in offers}
    return tuple(name for _, name in sorted(tiers.items())), tuple(
        GridDay(
            name=day.day_name,
            date=day_text(day.day_on) if day.day_on else "",
            cells=tuple(numbered.get((number, tier)) for tier in sorted(tiers)),
        )
        for number, day in sorted(days.items(), key=lambda pair: pair[0])
    )


def _limits(ticket_type: TicketType, *, is_mixed: bool) -> str:
    least, most = ticket_type.min_purchase, ticket_type.max_purchase
    together = " of these together" if is_mixed else ""
    if least == most:
        return f"Sold as {least}{together} in one order" if least > 1 else f"One{together} in one order"
    return (
        f"{least} to {most}{together} in one order" if least > 1 else f"Up to {most}{together} in one order"
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip(" -*•\t") for line in text.splitlines() if line.strip(" -*•\t"))


def _why_closed(event: Event, offers: Sequence[OfferOnSale], now: datetime) -> Closed:
    if is_sale_over(event, now):
        return Closed("No tickets are sold any more", "Have a look at what else is on.")
    if not offers:
        return Closed("No tickets yet", "The organizer has not put any on sale. Come back later.")
    by_state: dict[OfferState, list[OfferOnSale]] = {}
    for told in offers:
        by_state.setdefault(told.state, []).append(told)
    if OfferState.ON_SALE in by_state:
        return Closed("What buyers will see", "Tickets can be chosen once the event is published.")
    if held := by_state.get(OfferState.ALL_HELD):
        wait = wait_text(min(told.look_again_seconds or 0 for told in held))
        text = f"Others are buying the last tickets. Some may come back: {wait}."
        return Closed("All held at the moment", text, may_change=True)
    if later := by_state.get(OfferState.NOT_YET):
        first = min(told.sales_start_at or now for told in later)
        return Closed("Not on sale yet", f"The sale begins on {moment_text(first, event.time_zone)}.")
    if OfferState.SOLD_OUT in by_state:
        return Closed("Sold out", "Every ticket is paid for.")
    return Closed("The sale has ended", "Tickets are no longer sold here.")


def _from_price(event: Event, on_sale: Sequence[OfferOnSale]) -> str:
    prices = {told.price_with_fee_minor for told in on_sale}
    if not prices:
        return ""
    lowest = money_text(Money(min(prices), event.currency))
    return f"From {lowest}" if len(prices) > 1 and min(prices) else lowest


def zero_text(currency: str) -> str:
    """Return how nothing is written as an amount, which shows a script how the currency is written."""
    return money_text(Money(10 ** currency_digits(currency), currency)).replace("1", "0")
