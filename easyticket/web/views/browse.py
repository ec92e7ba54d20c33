"""The home page and the list of events as they are shown: what can be chosen, what is chosen, and links between pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import url_for

from easyticket.links import public_url
from easyticket.models import Category
from easyticket.queries.categories import CategoryCount
from easyticket.queries.event_cards import EventCard
from easyticket.queries.event_filters import EventOrder, When
from easyticket.queries.events import CityCount
from easyticket.queries.home import Home
from easyticket.queries.pages import Page
from easyticket.rules.schedule import Period, day_in
from easyticket.web.forms.browse import BrowseForm
from easyticket.web.views.events import CardView, card_views

_PERIODS = {
    Period.TODAY: "Today",
    Period.WEEKEND: "This weekend",
    Period.WEEK: "This week",
    Period.MONTH: "This month",
}
_ORDERS = {
    EventOrder.SOONEST: "Soonest first",
    EventOrder.NEWEST: "Newest first",
    EventOrder.PRICE: "Lowest price first",
    EventOrder.POPULAR: "Most popular first",
}
_WHENS = {When.CURRENT: "Still to come", When.PAST: "Past events"}

Options = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ActiveFilter:
    """Something the list is narrowed to, with the address of the list without it."""

    text: str
    without_url: str


@dataclass(frozen=True, slots=True)
class BrowseView:
    """A page of the list of events with its filters."""

    heading: str
    typed: dict[str, str]
    problems: list[str]
    count_text: str
    cards: list[CardView]
    page: int
    pages: int
    arguments: dict[str, str]
    active: list[ActiveFilter]
    hint: str
    cities: Options
    categories: Options
    periods: Options
    orders: Options
    whens: Options
    canonical_url: str
    own_url: str
    is_indexed: bool
    has_more_filters: bool

    def url_of_page(self, number: int) -> str:
        """Return the address of another page of the same list."""
        return _address(self.arguments, page=str(number) if number > 1 else "")


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A link into the list, with how many events it leads to."""

    text: str
    url: str
    count: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """Some events under a heading, and the address of the list they are taken from."""

    title: str
    cards: list[CardView]
    more_url: str


@dataclass(frozen=True, slots=True)
class HomeView:
    """The home page."""

    cities: list[Shortcut]
    categories: list[Shortcut]
    shelves: list[Shelf]
    canonical_url: str


def home_view(home: Home, *, zone: str, now: datetime) -> HomeView:
    """Return the home page; shelves without events are left out."""
    today = day_in(zone, now)
    week = {"from": today.isoformat(), "to": (today + timedelta(days=6)).isoformat()}
    shelves = [
        _shelf("Featured", home.featured, {}, now),
        _shelf("The next seven days", home.soon, week, now),
        *(_shelf(f"In {city.name}", cards, {"city": city.name}, now) for city, cards in home.by_city),
    ]
    return HomeView(
        cities=[Shortcut(city.name, _address({"city": city.name}), city.count) for city in home.cities],
        categories=[
            Shortcut(row.category.name, _address({"category": row.category.slug}), row.current)
            for row in home.categories
            if row.current
        ],
        shelves=[shelf for shelf in shelves if shelf.cards],
        canonical_url=public_url("events.home"),
    )


def browse_view(
    form: BrowseForm,
    found: Page[EventCard],
    *,
    cities: Sequence[CityCount],
    categories: Sequence[CategoryCount],
    now: datetime,
) -> BrowseView:
    """Return a page of the list with its filters."""
    arguments = form.arguments
    page = {"page": str(found.page)} if found.page > 1 else {}
    return BrowseView(
        heading=_heading(form, categories),
        typed=form.typed,
        problems=form.problems,
        count_text=_count_text(found),
        cards=card_views(found.items, now),
        page=found.page,
        pages=found.pages,
        arguments=arguments,
        active=_active(form, categories),
        hint=_hint(form, found),
        cities=[("", "All cities"), *_city_options(form, cities)],
        categories=[("", "All categories"), *((row.category.slug, row.category.name) for row in categories)],
        periods=[("", "Any day"), *((period.value, text) for period, text in _PERIODS.items())],
        orders=[
            ("" if order is EventOrder.SOONEST else order.value, text) for order, text in _ORDERS.items()
        ],
        whens=[("" if when is When.CURRENT else when.value, text) for when, text in _WHENS.items()],
        canonical_url=public_url("events.browse", **arguments, **page),
        own_url=_address(arguments, **page),
        # A search of one visitor is no page for everybody; a city or a category is.
        is_indexed=set(arguments) <= {"city", "category"} and not form.problems,
        has_more_filters=bool(set(arguments) & {"from", "to", "min", "max", "when"}),
    )


def _address(arguments: dict[str, str], **more: str) -> str:
    # `from` is no name of Python's, so arguments go in as one dictionary.
    values: dict[str, Any] = {name: text for name, text in (arguments | more).items() if text}
    return url_for("events.browse", **values)


def _shelf(title: str, cards: Sequence[EventCard], arguments: dict[str, str], now: datetime) -> Shelf:
    return Shelf(title, card_views(cards, now), _address(arguments))


def _city_options(form: BrowseForm, cities: Sequence[CityCount]) -> Options:
    options = [(city.name, f"{city.name} ({city.count})") for city in cities]
    typed = form.typed["city"]
    # A city without events stays chosen, so that nobody wonders why the list is empty.
    return options if not typed or typed in dict(options) else [*options, (typed, typed)]


def _category_of(form: BrowseForm, categories: Sequence[CategoryCount]) -> Category | None:
    return next((row.category for row in categories if row.category.id == form.filters.category_id), None)


def _heading(form: BrowseForm, categories: Sequence[CategoryCount]) -> str:
    category = _category_of(form, categories)
    what = category.name if category else "Events"
    if form.filters.when is When.PAST:
        what = f"Past events: {category.name}" if category else "Past events"
    return f"{what} in {form.typed['city']}" if form.typed["city"] else what


def _count_text(found: Page[EventCard]) -> str:
    if not found.count:
        return "No events found"
    total = "1 event" if found.count == 1 else f"{found.count} events"
    return total if found.pages == 1 else f"{total}, {found.first_number} to {found.last_number} shown"


def _active(form: BrowseForm, categories: Sequence[CategoryCount]) -> list[ActiveFilter]:
    """Return what narrows the list, one entry for each field that has an effect."""
    typed, category = form.typed, _category_of(form, categories)
    days = [f"from {typed['from']}" if typed["from"] else "", f"until {typed['to']}" if typed["to"] else ""]
    texts = {
        ("q",): f"“{typed['q']}”" if typed["q"] else "",
        ("city",): typed["city"],
        ("category",): category.name if category else "",
        ("date",): _PERIODS[Period(typed["date"])] if typed["date"] in list(Period) and not any(days) else "",
        ("from", "to"): " ".join(filter(None, days)).capitalize(),
        ("min",): f"At least {typed['min']}" if form.filters.price.low is not None else "",
        ("max",): f"At most {typed['max']}" if form.filters.price.high is not None else "",
        ("free",): "Free" if form.filters.sells_free else "",
        ("when",): _WHENS[When.PAST] if form.filters.when is When.PAST else "",
    }
    return [
        ActiveFilter(
            text, _address({name: value for name, value in form.arguments.items() if name not in fields})
        )
        for fields, text in texts.items()
        if text
    ]


def _hint(form: BrowseForm, found: Page[EventCard]) -> str:
    """Return a word of warning where prices of different currencies stand beside each other."""
    by_price = (
        form.order is EventOrder.PRICE
        or form.filters.price.low is not None
        or form.filters.price.high is not None
    )
    currencies = sorted({card.event.currency for card in found.items})
    if not by_price or len(currencies) < 2:
        return ""
    return f"Prices here are in {' and '.join(currencies)}, compared number by number. Choose a city to compare like with like."
