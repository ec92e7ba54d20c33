"""What somebody looks for in the log: who or what, which kind, on which days. What makes no sense is left out and said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from easyticket.queries.changes import ChangeFilters
from easyticket.rules.change_wording import kind_choices
from easyticket.rules.schedule import span_of_days
from easyticket.web.forms.searches import Typed, read_days, read_page, read_typed

_FIELDS = ("q", "kind", "from", "to")


@dataclass(slots=True)
class ChangesForm(Typed):
    """The search as it was typed (`typed`, by field), as filters, and what was wrong with it (`problems`)."""

    typed: dict[str, str]
    problems: list[str] = field(default_factory=list)
    filters: ChangeFilters = field(default_factory=ChangeFilters)
    page: int = 1


def read_changes_form(arguments: Mapping[str, str], *, zone: str) -> ChangesForm:
    """Return the search that the arguments of an address describe; days are those of `zone`."""
    form = ChangesForm(read_typed(arguments, _FIELDS))
    first, last = read_days(form.typed, form.problems)
    kind = form.typed["kind"] if form.typed["kind"] in dict(kind_choices()) else ""
    form.filters = ChangeFilters(query=form.typed["q"], kind=kind, span=span_of_days(first, last, zone))
    form.page = read_page(arguments.get("page", ""))
    return form
