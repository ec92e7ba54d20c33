"""The page that looks an event over before it is published, written out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from easyticket.models import Event, EventStatus, EventTrial
from easyticket.rules.readiness import Fact, FactState, Topic
from easyticket.rules.wording import moment_text
from easyticket.services.readiness import Readiness
from easyticket.services.trials import TrialProgress

# Where each thing is mended: what the link says, the endpoint, and whether that is a page of this event.
_MENDED_AT = {
    Topic.ADDRESS: ("Your profile", "account.profile", False),
    Topic.DATES: ("Change the dates", "organizer.edit_event", True),
    Topic.PLACE: ("Change the place", "organizer.edit_event", True),
    Topic.DESCRIPTION: ("Write more", "organizer.edit_event", True),
    Topic.PICTURE: ("Add a picture", "organizer.edit_event", True),
    Topic.CATEGORY: ("Choose a category", "organizer.edit_event", True),
    Topic.TICKETS: ("See the tickets", "organizer.event", True),
    Topic.CAPACITY: ("Change the places", "organizer.edit_event", True),
    Topic.REFUNDS: ("Change it", "organizer.edit_event", True),
    Topic.PAYMENTS: ("Change the currency", "organizer.edit_event", True),
    Topic.ACCOUNT: ("Your accounts", "organizer.money", False),
}
_TONES = {
    FactState.NEEDED: ("stop", "Needed"),
    FactState.ADVICE: ("warn", "Advice"),
    FactState.GOOD: ("good", "Good"),
}


@dataclass(frozen=True, slots=True)
class FactRow:
    """One thing that was looked at; `link` is empty where nothing has to be done about it."""

    title: str
    sentence: str
    tone: str
    word: str
    link: str
    url: str


@dataclass(frozen=True, slots=True)
class TrialStep:
    """One thing that was tried."""

    name: str
    sentence: str
    tone: str
    word: str


@dataclass(frozen=True, slots=True)
class TrialView:
    """The last rehearsal: when, how it went, and its steps, those that failed first."""

    when: str
    sentence: str
    tone: str
    steps: Sequence[TrialStep]


@dataclass(frozen=True, slots=True)
class CheckPage:
    """The whole page: what to do something about (`open_rows`) and what is as it should be (`good_rows`).

    `may_publish` is for drafts that need nothing more, `add_url` for events without any ticket. `why_not_tried` is empty where
    a rehearsal can be had; `untried` is whose payments the rehearsal leaves out, if anybody's.
    """

    title: str
    slug: str
    heading: str
    sentence: str
    open_rows: Sequence[FactRow]
    good_rows: Sequence[FactRow]
    good_text: str
    trial: TrialView | None
    may_publish: bool
    add_url: str
    why_not_tried: str
    untried: str


def check_page(event: Event, found: Readiness, *, is_over: bool) -> CheckPage:
    """Return the page of one event."""
    has_tickets, is_ended = _has_tickets(event), is_over or event.status is EventStatus.CANCELLED
    # Without a ticket there is nothing to try, and so no advice about it.
    facts = [fact for fact in found.facts if has_tickets or fact.topic is not Topic.TRIAL]
    needed = sum(fact.state is FactState.NEEDED for fact in facts)
    is_draft, add_url = event.status is EventStatus.DRAFT, ""
    if not has_tickets and not is_ended:
        add_url = url_for("organizer.new_ticket_type", slug=event.slug)
    return CheckPage(
        title=event.title,
        slug=event.slug,
        heading="Check before you publish" if is_draft else "How it stands",
        sentence=_sentence(facts, needed, is_draft=is_draft, has_tickets=has_tickets),
        open_rows=[_row(fact, event) for fact in facts if fact.state is not FactState.GOOD],
        good_rows=[_row(fact, event) for fact in facts if fact.state is FactState.GOOD],
        good_text=_good_text(sum(fact.state is FactState.GOOD for fact in facts)),
        trial=_trial_view(found.trial, event.time_zone) if found.trial else None,
        may_publish=is_draft and not needed and has_tickets,
        add_url=add_url,
        why_not_tried=_why_not_tried(has_tickets=has_tickets, is_ended=is_ended),
        untried=found.untried.capitalize(),
    )


def trial_progress_text(step: TrialProgress) -> str:
    """Return how far a rehearsal is, for example "3 of 40 kinds of ticket tried"."""
    if step.tried == step.total:
        return "All kinds of ticket tried. Drawing and mailing them."
    kinds = "kind" if step.total == 1 else "kinds"
    return f"{step.tried:,} of {step.total:,} {kinds} of ticket tried"


def _sentence(facts: Sequence[Fact], needed: int, *, is_draft: bool, has_tickets: bool) -> str:
    advice = [fact for fact in facts if fact.state is FactState.ADVICE]
    if not has_tickets and not needed:
        # Said by itself, and so not counted among the rest.
        advice = [fact for fact in advice if fact.topic is not Topic.TICKETS]
    better = len(advice)
    more = f"{_things(better).lower()} could be better" if better else ""
    if needed:
        verb = "is" if needed == 1 else "are"
        return f"{_things(needed)} {verb} needed first{f'; {more}' if more else ''}."
    state = "It can be published" if is_draft else "Everything it needs is there"
    state = state if has_tickets else "Nobody can buy a ticket yet"
    return f"{state}{f'; {more}' if more else ''}."


def _good_text(number: int) -> str:
    return (
        f"{_things(number)} {'is' if number == 1 else 'are'} as {'it' if number == 1 else 'they'} should be"
    )


def _has_tickets(event: Event) -> bool:
    return any(ticket_type.offers for ticket_type in event.ticket_types)


def _why_not_tried(*, has_tickets: bool, is_ended: bool) -> str:
    if is_ended:
        return "It is over or cancelled, so there is nothing to try."
    return "" if has_tickets else "There is no ticket to try yet. Add one first."


def _things(number: int) -> str:
    return "One thing" if number == 1 else f"{number} things"


def _row(fact: Fact, event: Event) -> FactRow:
    tone, word = _TONES[fact.state]
    link, endpoint, is_of_event = _MENDED_AT.get(fact.topic, ("", "", False))
    if fact.state is FactState.GOOD or not endpoint:
        return FactRow(fact.title, fact.sentence, tone, word, "", "")
    url = url_for(endpoint, slug=event.slug) if is_of_event else url_for(endpoint)
    return FactRow(fact.title, fact.sentence, tone, word, link, url)


def _trial_view(trial: EventTrial, zone: str) -> TrialView:
    failed = sum(not step["is_good"] for step in trial.steps)
    return TrialView(
        when=moment_text(trial.tried_at, zone),
        sentence=f"{_things(failed)} went wrong" if failed else "Everything went well",
        tone="stop" if failed else "good",
        steps=[
            TrialStep(
                name=step["name"],
                sentence=step["sentence"],
                tone="good" if step["is_good"] else "stop",
                word="Good" if step["is_good"] else "Went wrong",
            )
            for step in sorted(trial.steps, key=lambda step: bool(step["is_good"]))
        ],
    )
