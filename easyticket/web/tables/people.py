"""The columns of the list of accounts."""

from __future__ import annotations

from collections.abc import Sequence

from easyticket.core.money import Money
from easyticket.documents.tables import Columns
from easyticket.models import User
from easyticket.queries.people import ListedPerson

# Moments are in UTC: people are of no one place.
PERSON_COLUMNS: Columns[ListedPerson] = (
    ("Name", lambda listed: listed.user.display_name),
    ("E-mail", lambda listed: listed.user.email),
    ("Kind", lambda listed: _kind_of(listed.user)),
    ("Joined", lambda listed: listed.user.created_at),
    ("Address proved", lambda listed: listed.user.email_verified_at),
    ("Orders paid", lambda listed: listed.counts.orders),
    ("Events", lambda listed: listed.counts.events),
    ("Events on now", lambda listed: listed.counts.events_on),
    ("Has here", lambda listed: _monies(listed.shares)),
    ("Owes", lambda listed: _monies(listed.debts)),
)


def _kind_of(user: User) -> str:
    if user.is_staff:
        return "Administrator"
    return "Organizer" if user.is_organizer else "Buyer"


def _monies(amounts: Sequence[Money]) -> str:
    """Return amounts of several currencies in one cell."""
    return ", ".join(f"{amount.as_text()} {amount.currency}" for amount in amounts)
