"""Lists of sold orders, written out: what is asked for, what it brought together, and a row for each order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from easyticket.core.money import Money
from easyticket.models import Event, Order
from easyticket.queries.pages import Page
from easyticket.queries.sold_orders import SoldSum
from easyticket.rules.door_sales import is_door_sale
from easyticket.rules.wording import moment_text, sum_text
from easyticket.web.forms.sold_orders import SoldOrdersSearch
from easyticket.web.views.order_parts import Pill, amount_text
from easyticket.web.views.sold_orders import order_pill

STATES = (
    ("", "Any state"),
    ("paid", "Paid"),
    ("partly_refunded", "Partly refunded"),
    ("refunded", "Refunded"),
    ("disputed", "Disputed"),
    ("not_paid_yet", "Not paid yet"),
    ("never_paid", "Never paid"),
    ("cancelled", "Cancelled"),
)
CHANNELS = (("", "Sold anywhere"), ("web", "On the web"), ("app", "In an app"), ("door", "At the door"))
ORDERS = (
    ("", "Newest first"),
    ("oldest", "Oldest first"),
    ("largest", "Largest first"),
    ("buyer", "By buyer"),
)


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order. `event` is empty in the list of one event."""

    number: str
    url: str
    placed: str
    event: str
    buyer: str
    email: str
    tickets: str
    total: str
    note: str
    pill: Pill


@dataclass(frozen=True, slots=True)
class Figure:
    """One number over the list."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """The page of a list. `slug` is empty where it is of all events; `figures` has a row for each currency."""

    title: str
    slug: str
    typed: Mapping[str, str]
    narrows: bool
    found: str
    figures: Sequence[Sequence[Figure]]
    rows: Sequence[OrderRow]
    page: Page[Order]
    ticket_types: Sequence[tuple[str, str]]
    zone: str
    arguments: Mapping[str, str]

    @property
    def list_url(self) -> str:
        """The address of the list without a search."""
        return _list_url(self.slug)

    def url_of_page(self, number: int) -> str:
        """Return the address of a page of the same search."""
        place = {"page": str(number)} if number > 1 else {}
        return _list_url(self.slug, **{**self.arguments, **place})


def orders_page(
    event: Event | None,
    search: SoldOrdersSearch,
    page: Page[Order],
    sums: Sequence[SoldSum],
    zone: str,
    now: datetime,
) -> OrdersPage:
    """Return the page of the orders of one event, or of all of an organizer's."""
    return OrdersPage(
        title=event.title if event else "All events",
        slug=event.slug if event else "",
        typed=search.typed,
        narrows=search.narrows,
        found=_found_text(page, search),
        figures=[_figures(each) for each in sums],
        rows=[_row(order, event, now) for order in page.items],
        page=page,
        ticket_types=_ticket_types(event),
        zone=zone,
        arguments=search.arguments,
    )


def _list_url(slug: str, **arguments: Any) -> str:
    if slug:
        return url_for("organizer.orders", slug=slug, **arguments)
    return url_for("organizer.all_orders", **arguments)


def _row(order: Order, event: Event | None, now: datetime) -> OrderRow:
    count = order.quantity
    note = ", ".join(dict.fromkeys(line.full_name for line in order.lines))
    return OrderRow(
        number=order.number,
        url=url_for("organizer.order", number=order.number),
        placed=moment_text(order.created_at, order.event.time_zone),
        event="" if event else order.event.title,
        buyer=order.buyer_name or order.buyer_email or "Nobody named",
        email=order.buyer_email if order.buyer_name else "",
        tickets="1 ticket" if count == 1 else f"{count} tickets",
        total=amount_text(order, order.cash_minor or order.total_minor),
        note=f"{note} · At the door" if is_door_sale(order) else note,
        pill=order_pill(order, now),
    )


def _figures(sums: SoldSum) -> list[Figure]:
    def text(minor: int) -> str:
        return sum_text(Money(minor, sums.currency))

    figures = [
        Figure("Sold orders", f"{sums.orders:,}"),
        Figure("Tickets in them", f"{sums.tickets:,}"),
        Figure("Paid with all fees", text(sums.paid_minor)),
    ]
    if sums.refunded_minor:
        figures.append(Figure("Returned of it", text(sums.refunded_minor)))
    if sums.cash_minor:
        figures.append(Figure("Cash at the door", text(sums.cash_minor)))
    return figures


def _found_text(page: Page[Order], search: SoldOrdersSearch) -> str:
    orders = "1 order" if page.count == 1 else f"{page.count:,} orders"
    return f"{orders} found" if search.narrows else orders


def _ticket_types(event: Event | None) -> list[tuple[str, str]]:
    if event is None or len(event.ticket_types) < 2:
        return []
    return [("", "All tickets"), *((str(each.uuid), each.name) for each in event.ticket_types)]
