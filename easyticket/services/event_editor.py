"""Saving the forms of the desk: an event, and with it the end of what was kept of its form while somebody typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from easyticket.db import transactional
from easyticket.models import Event
from easyticket.rules.permissions import Actor
from easyticket.services.event_drafts import discard_event_draft
from easyticket.services.events import EventDraft, create_event, update_event
from easyticket.services.ticket_types import TicketTypeDraft


@transactional
def save_new_event(
    *,
    actor: Actor,
    draft: EventDraft,
    ticket_types: Sequence[TicketTypeDraft],
    publish: bool,
    now: datetime,
) -> Event:
    """Return a new event with its ticket types, and forget what was kept of the form of a new one.

    :raises Invalid, AccountClosed: as `create_event`.
    """
    event = create_event(actor=actor, draft=draft, ticket_types=ticket_types, publish=publish, now=now)
    discard_event_draft(actor=actor, event=None, now=now)
    return event


@transactional
def save_event(*, actor: Actor, event: Event, changes: Mapping[str, Any], now: datetime) -> Event:
    """Change fields of an event, and forget what was kept of its form.

    :raises Invalid: as `update_event`.
    """
    update_event(actor=actor, event=event, changes=changes, now=now)
    discard_event_draft(actor=actor, event=event, now=now)
    return event
