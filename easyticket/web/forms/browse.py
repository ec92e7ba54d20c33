"""What a visitor typed into the search and its filters. A value that makes no sense is told in words and left out, never lost."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from easyticket.core.money import Money, MoneyError
from easyticket.queries.categories import CategoryCount
from easyticket.queries.event_filters import EventFilters, EventOrder, PriceRange, When
from easyticket.rules.schedule import Period, Span, span_of, span_of_days
from easyticket.web.forms.searches import Typed, read_days, read_typed

FIELDS = ("q", "city", "category", "date", "from", "to", "min", "max", "free", "when", "sort")
_LONGEST = {"q": 200}
# The currency with the most digits: what it takes, every currency takes or rounds.
_FINEST = "KWD"

Choice = TypeVar("Choice", bound=enum.StrEnum)


@dataclass(slots=True)
class BrowseForm(Typed):
    """The search as it was typed (`typed`, by field), as filters, and what was wrong with it (`problems`)."""

    typed: dict[str, str]
    problems: list[str] = field(default_factory=list)
    filters: EventFilters = field(default_factory=EventFilters)
    order: EventOrder = EventOrder.SOONEST
    page: int = 1


def read_browse(
    arguments: Mapping[str, str], categories: Sequence[CategoryCount], *, zone: str, now: datetime
) -> BrowseForm:
    """Return the search that the arguments of an address describe; days are those of `zone`."""
    form = BrowseForm(read_typed(arguments, FIELDS, _LONGEST))
    form.filters = EventFilters(
        query=form.typed["q"],
        city=form.typed["city"],
        category_id=_category_id(form, categories),
        span=_span(form, zone, now),
        when=_choice(form, "when", When, When.CURRENT, "Events that are not over are shown."),
        price=_price(form),
        sells_free=_is_ticked(form),
    )
    form.order = _choice(form, "sort", EventOrder, EventOrder.SOONEST, "The soonest come first.")
    form.page = _page(form, arguments.get("page", "").strip())
    return form


def _category_id(form: BrowseForm, categories: Sequence[CategoryCount]) -> int | None:
    slug = form.typed["category"]
    found = next((row.category.id for row in categories if row.category.slug == slug), None)
    if slug and found is None:
        form.problems.append(f"There is no category “{slug}”. Events of all categories are shown.")
    return found


def _choice(form: BrowseForm, name: str, choices: type[Choice], otherwise: Choice, instead: str) -> Choice:
    text = form.typed[name]
    if text and text not in list(choices):
        form.problems.append(f"“{text}” is no choice here. {instead}")
    return choices(text) if text in list(choices) else otherwise


def _is_ticked(form: BrowseForm) -> bool:
    text = form.typed["free"]
    if text not in ("", "0", "1"):
        form.problems.append(f"“{text}” is no choice here. Free and paid events are shown.")
    return text == "1"


def _span(form: BrowseForm, zone: str, now: datetime) -> Span:
    """Return the span asked for: typed days win over a named period."""
    first, last = read_days(form.typed, form.problems)
    if first or last:
        return span_of_days(first, last, zone)
    text = form.typed["date"]
    if text and text not in list(Period):
        form.problems.append(f"“{text}” is no span of days. Events of all days are shown.")
    return span_of(Period(text), zone, now) if text in list(Period) else Span()


def _price(form: BrowseForm) -> PriceRange:
    low, high = _amount(form, "min"), _amount(form, "max")
    if low is not None and high is not None and low > high:
        form.problems.append("The highest price is below the lowest, so the two were swapped.")
        low, high = high, low
    return PriceRange(low, high)


def _amount(form: BrowseForm, name: str) -> Decimal | None:
    text = form.typed[name]
    if not text:
        return None
    try:
        return Money.parse(text.replace(",", "."), _FINEST).decimal
    except MoneyError:
        form.problems.append(f"“{text}” is no price. Write a number, for example 50 or 12.50.")
        return None


def _page(form: BrowseForm, text: str) -> int:
    if text and not (text.isascii() and text.isdigit() and 0 < len(text) < 7 and int(text) > 0):
        form.problems.append(f"There is no page “{text[:20]}”. This is the first one.")
        return 1
    return int(text or 1)
