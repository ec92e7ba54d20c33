"""What is looked at before an event is shown to everybody, beside the event itself."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from easyticket.db import db
from easyticket.models import Event, EventTrial, ProfileStatus
from easyticket.queries.payment_profiles import get_account_currency, list_profiles_of


def find_trial(event: Event) -> EventTrial | None:
    """Return the last rehearsal of an event."""
    found = sa.select(EventTrial).where(EventTrial.event_id == event.id).order_by(EventTrial.id.desc())
    return db.session.scalars(found.limit(1)).first()


def list_account_states(event: Event) -> Sequence[ProfileStatus]:
    """Return how far the accounts are to which the event's organizer can be paid what it earns."""
    return [
        profile.status
        for profile in list_profiles_of(event.organizer_id)
        if get_account_currency(profile) == event.currency
    ]
