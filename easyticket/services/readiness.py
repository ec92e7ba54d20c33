"""Looking an event over before it is shown to everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from easyticket.core.errors import Unavailable
from easyticket.integrations.providers import PaymentProvider
from easyticket.integrations.sandbox import SandboxProvider
from easyticket.models import Event, EventTrial
from easyticket.queries.readiness import find_trial, list_account_states
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.publishing import may_go_live
from easyticket.rules.readiness import Fact, Surroundings, Topic, facts_of
from easyticket.services.providers import provider_for


@dataclass(frozen=True, slots=True)
class Readiness:
    """What was found, what is needed first; and the last rehearsal. `untried` is the provider whose real payments a rehearsal
    leaves out, empty where tickets cost nothing or money is played everywhere."""

    facts: Sequence[Fact]
    trial: EventTrial | None
    untried: str


def check_readiness(*, actor: Actor, event: Event, now: datetime) -> Readiness:
    """Return what an event has and lacks. `event` comes with organizer, category, ticket types and offers.

    :raises Forbidden: it is somebody else's.
    """
    require(actor, Permission.PUBLISH_EVENT, event)
    trial = find_trial(event)
    provider = _find_provider(event.currency)
    around = Surroundings(
        may_go_live=may_go_live(actor, event.organizer),
        accounts=list_account_states(event),
        is_collected=provider is not None,
        trial=trial,
    )
    facts = facts_of(event, around, now)
    return Readiness(facts, trial, _untried(facts, provider))


def _untried(facts: Sequence[Fact], provider: PaymentProvider | None) -> str:
    costs_money = any(fact.topic is Topic.PAYMENTS for fact in facts)
    is_real = provider is not None and provider.name != SandboxProvider.name
    return provider.name if provider is not None and costs_money and is_real else ""


def _find_provider(currency: str) -> PaymentProvider | None:
    try:
        return provider_for(currency)
    except Unavailable:
        return None
