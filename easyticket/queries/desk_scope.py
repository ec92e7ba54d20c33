"""What a first screen is about: all events of one organizer, or one event. Everything it counts is narrowed to that."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from flask import current_app

from easyticket.models import Event
from easyticket.queries.earnings import Condition
from easyticket.rules.permissions import Actor, Permission, require


@dataclass(frozen=True, slots=True)
class DeskScope:
    """All events of an organizer where `event` is None. Days are those of `zone`: the event's own, or the site's."""

    organizer_id: int
    zone: str
    event: Event | None = None

    @property
    def is_in_it(self) -> Condition:
        """The condition on events (or on what is joined with them)."""
        if self.event is not None:
            return Event.id == self.event.id
        return Event.organizer_id == self.organizer_id

    @property
    def event_ids(self) -> sa.Select[int]:
        """The ids of the events, for conditions on what is not joined with them."""
        return sa.select(Event.id).where(self.is_in_it)


def all_events_of(actor: Actor) -> DeskScope:
    """Return the scope of the actor's own events.

    :raises Forbidden: the actor is no organizer.
    """
    require(actor, Permission.SEE_MONEY)
    return DeskScope(actor.user_id or 0, current_app.config["SETTINGS"].default_time_zone)


def one_event(actor: Actor, event: Event) -> DeskScope:
    """Return the scope of one event.

    :raises Forbidden: it is somebody else's.
    """
    require(actor, Permission.SEE_SALES, event)
    return DeskScope(event.organizer_id, event.time_zone, event)
