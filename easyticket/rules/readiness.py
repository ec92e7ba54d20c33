"""What an event lacks before it is shown to everybody: what it needs, and what would be better. Each is a fact in words."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from easyticket.models import Event, EventTrial, Offer, ProfileStatus
from easyticket.rules.sales import NotOnSale, why_offer_not_on_sale
from easyticket.rules.schedule import Phase, phase_of
from easyticket.rules.wording import moment_text, period_text, place_text

# A description that says what to expect has at least a sentence or two.
_SHORT = 80


class FactState(enum.StrEnum):
    """Whether something is as it should be, could be better, or keeps the event from being published or sold."""

    NEEDED = "needed"
    ADVICE = "advice"
    GOOD = "good"


class Topic(enum.StrEnum):
    """What a fact is about, and so where it is mended."""

    ADDRESS = "address"
    DATES = "dates"
    PLACE = "place"
    DESCRIPTION = "description"
    PICTURE = "picture"
    CATEGORY = "category"
    TICKETS = "tickets"
    CAPACITY = "capacity"
    REFUNDS = "refunds"
    PAYMENTS = "payments"
    ACCOUNT = "account"
    TRIAL = "trial"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was looked at: how it is, in a few words and in a sentence."""

    topic: Topic
    state: FactState
    title: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What there is around an event: whether its organizer may publish, where they are paid, and who collects its currency."""

    may_go_live: bool
    accounts: Sequence[ProfileStatus]
    is_collected: bool
    trial: EventTrial | None


def facts_of(event: Event, around: Surroundings, now: datetime) -> list[Fact]:
    """Return the facts, what is needed first."""
    facts = [
        _address(around),
        _dates(event, now),
        _place(event),
        _tickets(event, now),
        *_money(event, around),
        _capacity(event),
        _refunds(event),
        _description(event),
        _picture(event),
        _category(event),
        _trial(event, around.trial),
    ]
    return sorted(facts, key=lambda fact: list(FactState).index(fact.state))


def is_trial_of_today(event: Event, trial: EventTrial) -> bool:
    """Tell whether nothing about the event and what it sells was changed since it was tried."""
    changed = [event.updated_at]
    changed += [ticket_type.updated_at for ticket_type in event.ticket_types]
    changed += [offer.updated_at for offer in _offers_of(event)]
    return max(changed) <= trial.tried_at


def _address(around: Surroundings) -> Fact:
    if around.may_go_live:
        return Fact(Topic.ADDRESS, FactState.GOOD, "Your address is verified", "You can publish events.")
    todo = "Open the mail we sent you and press the button behind its link."
    return Fact(Topic.ADDRESS, FactState.NEEDED, "Your address is not verified", todo)


def _dates(event: Event, now: datetime) -> Fact:
    when, phase = period_text(event), phase_of(event, now)
    if phase is Phase.PAST:
        return Fact(Topic.DATES, FactState.NEEDED, "The event is over", f"It was {when}. Change its dates.")
    if phase is Phase.ONGOING:
        return Fact(Topic.DATES, FactState.ADVICE, "It has begun already", f"It is {when}.")
    return Fact(Topic.DATES, FactState.GOOD, "When", f"{when}.")


def _place(event: Event) -> Fact:
    if event.venue_address or event.online_link:
        return Fact(Topic.PLACE, FactState.GOOD, "Where", f"{place_text(event)}.")
    todo = f"It says {place_text(event)}. Add the street, so that people find it."
    return Fact(Topic.PLACE, FactState.ADVICE, "No street address", todo)


def _description(event: Event) -> Fact:
    length = len(event.description.strip())
    if length >= _SHORT:
        return Fact(Topic.DESCRIPTION, FactState.GOOD, "Description", "It says what to expect.")
    title = "The description is short" if length else "No description"
    return Fact(
        Topic.DESCRIPTION, FactState.ADVICE, title, "Say what people get, who is there and until when."
    )


def _picture(event: Event) -> Fact:
    if event.banner_image:
        return Fact(Topic.PICTURE, FactState.GOOD, "Picture", "It has a picture of its own.")
    todo = "Without one it shows a woven pattern. A photo of yours is what people know again."
    return Fact(Topic.PICTURE, FactState.ADVICE, "No picture", todo)


def _category(event: Event) -> Fact:
    if event.category is not None:
        return Fact(Topic.CATEGORY, FactState.GOOD, "Category", f"It is listed under {event.category.name}.")
    todo = "People who look through a category will not see it."
    return Fact(Topic.CATEGORY, FactState.ADVICE, "No category", todo)


def _tickets(event: Event, now: datetime) -> Fact:
    offers = _offers_of(event)
    reasons = [why_offer_not_on_sale(offer, now) for offer in offers]
    open_now, later = reasons.count(None), reasons.count(NotOnSale.NOT_YET)
    if not offers:
        title, sentence = "No tickets", "Nobody can buy one until there is a ticket type."
    elif not open_now + later:
        title, sentence = "Nothing is on sale", "All tickets are hidden, or their sale is over."
    else:
        return Fact(Topic.TICKETS, FactState.GOOD, "Tickets", _on_sale_text(open_now, later, len(offers)))
    return Fact(Topic.TICKETS, FactState.ADVICE, title, sentence)


def _on_sale_text(open_now: int, later: int, count: int) -> str:
    parts = [f"{open_now} of {count} kinds are on sale"]
    if count == 1:
        parts = ["One kind is on sale"] if open_now else ["One kind"]
    if later:
        parts.append(f"{later} from later on")
    return f"{', '.join(parts)}."


def _money(event: Event, around: Surroundings) -> list[Fact]:
    """Return what matters only where something costs something."""
    if not any(offer.price_minor for offer in _offers_of(event)):
        return []
    return [_payments(event, around), _account(around)]


def _payments(event: Event, around: Surroundings) -> Fact:
    if around.is_collected:
        return Fact(Topic.PAYMENTS, FactState.GOOD, "Payments", f"Buyers can pay in {event.currency}.")
    todo = "Ask the people who run the site, or sell in another currency."
    return Fact(Topic.PAYMENTS, FactState.NEEDED, f"Nobody can pay in {event.currency} here", todo)


def _account(around: Surroundings) -> Fact:
    """`accounts` are those that money in the event's currency can go to."""
    if ProfileStatus.VERIFIED in around.accounts:
        return Fact(Topic.ACCOUNT, FactState.GOOD, "Payout account", "What you earn can be paid out.")
    if ProfileStatus.PENDING in around.accounts:
        wait = "You can sell meanwhile. Money is paid out once it is verified."
        return Fact(Topic.ACCOUNT, FactState.ADVICE, "Your payout account is being verified", wait)
    todo = "You can sell without one. Money is paid out once you have added one and it is verified."
    return Fact(Topic.ACCOUNT, FactState.ADVICE, "No payout account", todo)


def _capacity(event: Event) -> Fact:
    tickets = sum(ticket_type.total_quantity for ticket_type in event.ticket_types if ticket_type.is_active)
    room = event.total_capacity
    if room is None:
        return Fact(
            Topic.CAPACITY, FactState.GOOD, "Places", f"{tickets:,} tickets, no limit for all together."
        )
    if room < tickets:
        note = f"The tickets add up to {tickets:,}, and sale ends at {room:,} for all together."
        return Fact(Topic.CAPACITY, FactState.ADVICE, "More tickets than places", note)
    return Fact(Topic.CAPACITY, FactState.GOOD, "Places", f"{tickets:,} tickets for {room:,} places.")


def _refunds(event: Event) -> Fact:
    days = event.buyer_refund_days
    if days is None:
        sentence = "Buyers cannot give tickets back themselves."
    elif days == 0:
        sentence = "Buyers can give tickets back until the event begins."
    else:
        sentence = (
            f"Buyers can give tickets back until {days} {'day' if days == 1 else 'days'} before it begins."
        )
    return Fact(Topic.REFUNDS, FactState.GOOD, "Refunds", sentence)


def _trial(event: Event, trial: EventTrial | None) -> Fact:
    if trial is None:
        return Fact(
            Topic.TRIAL, FactState.ADVICE, "Not tried yet", "Buy, print, mail and scan a ticket below."
        )
    when = moment_text(trial.tried_at, event.time_zone)
    if not trial.is_good:
        return Fact(Topic.TRIAL, FactState.ADVICE, "Something went wrong in the trial", f"Tried on {when}.")
    if not is_trial_of_today(event, trial):
        title = "Changed since it was tried"
        return Fact(Topic.TRIAL, FactState.ADVICE, title, f"It went well on {when}. Try it once more.")
    return Fact(Topic.TRIAL, FactState.GOOD, "Tried", f"Everything went well on {when}.")


def _offers_of(event: Event) -> list[Offer]:
    return [offer for ticket_type in event.ticket_types for offer in ticket_type.offers]
