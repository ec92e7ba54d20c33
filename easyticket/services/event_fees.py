"""The platform's fee of one event, where administrators agreed on another than the site's."""

from __future__ import annotations

import logging
from datetime import datetime

from easyticket.core.errors import invalid_field
from easyticket.db import transactional
from easyticket.models import ChangeAction, Event
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services.change_log import record_update, values_of
from easyticket.services.offers import lock_event

log = logging.getLogger(__name__)

# Half of the price, as the setting FEE_BASIS_POINTS.
MOST_BASIS_POINTS = 5_000


@transactional
def set_event_fee(*, actor: Actor, event: Event, basis_points: int | None, now: datetime) -> Event:
    """Take another fee (hundredths of a percent) for an event's orders from now on, or the site's again (None).

    Orders that are made keep the fee they were made at.

    :raises Invalid: below nothing or above half (field `basis_points`).
    """
    require(actor, Permission.SET_EVENT_FEE, event)
    if basis_points is not None and not 0 <= basis_points <= MOST_BASIS_POINTS:
        raise invalid_field("basis_points", "The fee is from 0 to 50 percent.")
    lock_event(event)
    log.info("fee of event %s: %s, was %s", event.id, basis_points, event.fee_basis_points)
    before = values_of(event, ("fee_basis_points",))
    event.fee_basis_points = basis_points
    record_update(actor, ChangeAction.EVENT_FEE_SET, event, before, before, event=event, now=now)
    return event
