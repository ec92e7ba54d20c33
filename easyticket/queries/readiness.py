"""What is looked at before an event is shown to everybody, beside the event itself."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from easyticket.db import db
from easyticket.models import Event, EventTrial, PaymentProfile, ProfileStatus


def find_trial(event: Event) -> EventTrial | None:
    """Return the last rehearsal of an event."""
    found = sa.select(EventTrial).where(EventTrial.event_id == event.id).order_by(EventTrial.id.desc())
    return db.session.scalars(found.limit(1)).first()


def list_account_states(event: Event) -> Sequence[ProfileStatus]:
    """Return how far the accounts are to which the event's organizer can be paid."""
    return db.session.scalars(
        sa.select(PaymentProfile.status).where(
            PaymentProfile.user_id == event.organizer_id, PaymentProfile.deleted_at.is_(None)
        )
    ).all()
