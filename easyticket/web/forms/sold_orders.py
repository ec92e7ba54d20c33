"""What an organizer asks the list of orders for, and what they type to correct a buyer or an attendee."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from wtforms import BooleanField, EmailField, StringField
from wtforms.validators import InputRequired, Length

from easyticket.queries.sold_orders import SoldOrderFilters, SoldOrdering, SoldState, SoldThrough
from easyticket.rules.schedule import span_of_days
from easyticket.services.sold_orders import Person
from easyticket.web.forms.fields import Form, text_of
from easyticket.web.forms.searches import Typed, read_days, read_typed

FIELDS = ("q", "state", "through", "ticket", "from", "to", "sort")

Choice = TypeVar("Choice", bound=enum.StrEnum)


@dataclass(frozen=True, slots=True)
class SoldOrdersSearch(Typed):
    """The search as it was typed (by field), as filters, and what comes first. What makes no sense asks for nothing."""

    typed: Mapping[str, str]
    filters: SoldOrderFilters
    ordering: SoldOrdering

    @property
    def asks_for_text_only(self) -> bool:
        """True where only something was typed: who types the number of one order wants to see that order."""
        return bool(self.typed["q"]) and list(self.arguments) == ["q"]


def read_sold_orders_search(arguments: Mapping[str, str], zone: str) -> SoldOrdersSearch:
    """Return the search that the arguments of an address describe; days are those of `zone`."""
    typed = read_typed(arguments, FIELDS)
    first, last = read_days(typed, [])
    filters = SoldOrderFilters(
        query=typed["q"],
        state=_choice(typed["state"], SoldState),
        through=_choice(typed["through"], SoldThrough),
        ticket_type=_uuid(typed["ticket"]),
        placed=span_of_days(first, last, zone),
    )
    return SoldOrdersSearch(typed, filters, _choice(typed["sort"], SoldOrdering) or SoldOrdering.NEWEST)


class PersonForm(Form):
    """A name and an address, as they ought to be."""

    name = StringField("Name", [InputRequired("Enter a name."), Length(max=255)])
    email = EmailField("E-mail", [Length(max=254)])

    def person(self) -> Person:
        """Return what was typed."""
        return Person(text_of(self.name), text_of(self.email))


class BuyerForm(PersonForm):
    """The buyer of an order; `send` mails the tickets there, and `ends_old` ends what somebody else was mailed."""

    email = EmailField("E-mail", [InputRequired("Enter an e-mail address."), Length(max=254)])
    send = BooleanField("Mail the tickets there now", default=True)
    ends_old = BooleanField("The mail sent before went to somebody else")


def _choice(text: str, choices: type[Choice]) -> Choice | None:
    return choices(text) if text in list(choices) else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
