"""What somebody at the desk asks the list of attendees for, and the buttons of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from wtforms import HiddenField
from wtforms.validators import UUID as IsUuid
from wtforms.validators import InputRequired

from easyticket.models import Event
from easyticket.queries.attendees import AttendeeFilters
from easyticket.web.forms.fields import Form, text_of
from easyticket.web.forms.searches import Typed, read_day, read_typed

FIELDS = ("q", "in", "ticket", "day", "sort")
_IS_IN = {"yes": True, "no": False}
_ORDERINGS = ("attendee_name", "-check_in_time", "-purchase_date", "ticket_type")


@dataclass(frozen=True, slots=True)
class AttendeesSearch(Typed):
    """The search as it was typed (by field), as filters, and what comes first. What makes no sense asks for nothing."""

    typed: Mapping[str, str]
    filters: AttendeeFilters
    ordering: str


def read_attendees_search(arguments: Mapping[str, str], event: Event) -> AttendeesSearch:
    """Return the search that the arguments of an address describe."""
    typed = read_typed(arguments, FIELDS)
    offers = {str(offer.uuid): offer.id for kind in event.ticket_types for offer in kind.offers}
    filters = AttendeeFilters(
        is_checked_in=_IS_IN.get(typed["in"]),
        offer_id=offers.get(typed["ticket"]),
        query=typed["q"],
        day_on=read_day(typed["day"]),
    )
    sort = typed["sort"]
    return AttendeesSearch(typed, filters, sort if sort in _ORDERINGS else _ORDERINGS[0])


class ScanKeyForm(Form):
    """A button of one row. Its key is made with the page, so that a button pressed twice does its thing once."""

    scan_key = HiddenField(validators=[InputRequired(), IsUuid()])

    def key(self) -> UUID:
        """Return the key."""
        return UUID(text_of(self.scan_key))
