"""The columns of the list of events by their fee."""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

from easyticket.documents.tables import Columns
from easyticket.models import Event, FeeBearer
from easyticket.queries.offers import fee_basis_points_of

# In a number of one per cent.
_BASIS_POINTS = Decimal(100)

FEE_COLUMNS: Columns[Event] = (
    ("Event", lambda event: event.title),
    ("Begins", lambda event: event.start_at.astimezone(ZoneInfo(event.time_zone))),
    ("Time zone", lambda event: event.time_zone),
    ("Organizer", lambda event: event.organizer.display_name),
    ("E-mail", lambda event: event.organizer.email),
    ("Fee in percent", lambda event: fee_basis_points_of(event) / _BASIS_POINTS),
    ("Agreed on for this event", lambda event: "" if event.fee_basis_points is None else "Yes"),
    ("Paid by", lambda event: "Buyers" if event.fee_bearer is FeeBearer.BUYER else "The organizer"),
)
