"""What somebody looks for in the log: who or what, which kind, on which days. What makes no sense is left out and said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from easyticket.queries.changes import ChangeFilters
from easyticket.rules.change_wording import kind_choices
from easyticket.rules.fields import FIRST_YEAR, LAST_YEAR
from easyticket.rules.schedule import span_of_days

_FIELDS = ("q", "kind", "from", "to")
_MOST_PAGES = 1_000_000


@dataclass(slots=True)
class ChangesForm:
    """The search as it was typed (`typed`, by field), as filters, and what was wrong with it (`problems`)."""

    typed: dict[str, str]
    problems: list[str] = field(default_factory=list)
    filters: ChangeFilters = field(default_factory=ChangeFilters)
    page: int = 1

    @property
    def arguments(self) -> dict[str, str]:
        """What of it belongs into an address: the fields that say something."""
        return {name: text for name, text in self.typed.items() if text}


def read_changes_form(arguments: Mapping[str, str], *, zone: str) -> ChangesForm:
    """Return the search that the arguments of an address describe; days are those of `zone`."""
    form = ChangesForm({name: arguments.get(name, "").strip()[:100] for name in _FIELDS})
    first, last = _day(form, "from"), _day(form, "to")
    if first and last and first > last:
        form.problems.append("The last day is before the first, so the two were swapped.")
        first, last = last, first
    kind = form.typed["kind"] if form.typed["kind"] in dict(kind_choices()) else ""
    form.filters = ChangeFilters(query=form.typed["q"], kind=kind, span=span_of_days(first, last, zone))
    number = arguments.get("page", "1")
    is_number = number.isascii() and number.isdigit() and len(number) < len(str(_MOST_PAGES))
    form.page = int(number) if is_number else 1
    return form


def _day(form: ChangesForm, name: str) -> date | None:
    text = form.typed[name]
    if not text:
        return None
    try:
        day_on = date.fromisoformat(text)
    except ValueError:
        day_on = None
    if day_on is None or not FIRST_YEAR <= day_on.year <= LAST_YEAR:
        form.problems.append(f"“{text}” is no day. Write it as year-month-day, for example 2026-12-24.")
        return None
    return day_on
