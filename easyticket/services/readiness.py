"""Looking an event over before it is shown to everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from easyticket.core.errors import Unavailable
from easyticket.models import Event, EventTrial
from easyticket.queries.readiness import find_trial, list_account_states
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.publishing import may_go_live
from easyticket.rules.readiness import Fact, Surroundings, facts_of
from easyticket.services.providers import provider_for


@dataclass(frozen=True, slots=True)
class Readiness:
    """What was found, what is needed first; and the last rehearsal."""

    facts: Sequence[Fact]
    trial: EventTrial | None


def check_readiness(*, actor: Actor, event: Event, now: datetime) -> Readiness:
    """Return what an event has and lacks. `event` comes with organizer, category, ticket types and offers.

    :raises Forbidden: it is somebody else's.
    """
    require(actor, Permission.PUBLISH_EVENT, event)
    trial = find_trial(event)
    around = Surroundings(
        may_go_live=may_go_live(actor, event.organizer),
        accounts=list_account_states(event),
        is_collected=_is_collected(event.currency),
        trial=trial,
    )
    return Readiness(facts_of(event, around, now), trial)


def _is_collected(currency: str) -> bool:
    try:
        provider_for(currency)
    except Unavailable:
        return False
    return True
