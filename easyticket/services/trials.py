"""Rehearsals of an event: each kind of ticket is bought, printed, mailed and scanned for real, and taken back."""

from __future__ import annotations

import logging
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from easyticket.core.errors import AppError, Conflict, NotFound
from easyticket.db import db, transactional
from easyticket.documents.ticket_paper import TicketPaper
from easyticket.documents.ticket_pdf import render_tickets_pdf
from easyticket.emails.message import Attachment
from easyticket.emails.trials import event_tried
from easyticket.models import Event, EventStatus, EventTrial, Offer
from easyticket.queries.users import get_own_user
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.services.delivery import deliver_at_once
from easyticket.services.orders import Buyer
from easyticket.services.trial_sales import TrialSale, rehearse_sale

log = logging.getLogger(__name__)

# So many tickets are drawn for the mail, which takes a moment each.
MOST_DRAWN = 10
# What stands on them instead of what a ticket has: nobody takes one for a ticket.
_MARK = "TRIAL, NOT A TICKET"


@dataclass(frozen=True, slots=True)
class _Step:
    """One thing that was tried, and how it went in a sentence."""

    name: str
    is_good: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class TrialProgress:
    """How far a rehearsal is: so many kinds of ticket of all were tried. Once all were, they are drawn and mailed."""

    tried: int
    total: int


Rehearsal = Generator[TrialProgress, None, EventTrial]


def rehearse_event(*, actor: Actor, event: Event, now: datetime) -> EventTrial:
    """Try everything a buyer meets and return how it went; the test mail goes to the actor.

    It takes a second or two: tickets are drawn and a mail is handed over while it is waited for. Nothing stays but the
    result, which replaces the event's last one.

    :raises Conflict: the event is cancelled or over, so there is nothing to try.
    """
    steps = rehearse_step_by_step(actor=actor, event=event, now=now)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            trial: EventTrial = end.value
            return trial


def rehearse_step_by_step(*, actor: Actor, event: Event, now: datetime) -> Rehearsal:
    """Return the same as a generator, which tells how far it is after each kind of ticket; what it returns is the trial.

    :raises Conflict: as `rehearse_event`, before the first step.
    """
    require(actor, Permission.PUBLISH_EVENT, event)
    if event.status is EventStatus.CANCELLED or event.end_at <= now:
        raise Conflict("This event is over or cancelled, so there is nothing to try.")
    event_id, me = event.id, get_own_user(actor)
    return _rehearse(actor, event_id, Buyer(name=me.display_name, email=me.email), now)


def _rehearse(actor: Actor, event_id: int, buyer: Buyer, now: datetime) -> Rehearsal:
    offers, sales = _offers_of(event_id), list[TrialSale]()
    for offer in offers:
        yield TrialProgress(len(sales), len(offers))
        sales.append(rehearse_sale(actor=actor, offer=offer, buyer=buyer, now=now))
    yield TrialProgress(len(sales), len(offers))
    papers = [_marked(sale.paper) for sale in sales if sale.paper is not None]
    steps = [_Step(sale.name, sale.is_good, sale.sentence) for sale in sales]
    if not papers and all(sale.is_good for sale in sales):
        steps.append(_Step("Tickets", False, "Nothing is on sale, so nobody can buy a ticket."))
    steps += _delivered(event_id, papers, buyer.email)
    return _keep_trial(event_id, actor, steps, now)


def _offers_of(event_id: int) -> Sequence[Offer]:
    return db.session.scalars(sa.select(Offer).where(Offer.event_id == event_id).order_by(Offer.id)).all()


def _marked(paper: TicketPaper) -> TicketPaper:
    return replace(paper, attendee=_MARK, order_number="Trial", ticket_name=f"{paper.ticket_name} ({_MARK})")


def _delivered(event_id: int, papers: Sequence[TicketPaper], to: str) -> list[_Step]:
    """Draw the tickets and mail them; without a ticket there is nothing to send."""
    if not papers:
        return []
    event = db.session.get_one(Event, event_id)
    codes = [(paper.ticket_name, paper.code) for paper in papers]
    db.session.rollback()  # drawing and mailing take a while, and nothing stays open meanwhile
    drawn, pdf = _drawn(papers[:MOST_DRAWN])
    try:
        deliver_at_once(event_tried(event, codes=codes, to=to, attachments=pdf))
    except AppError:
        log.exception("the test mail of a rehearsal was not taken")
        sentence = "The mail server did not take the test mail. Tickets wait until it answers again."
        return [drawn, _Step("Test mail", False, sentence)]
    return [drawn, _Step("Test mail", True, f"Handed over for {to}. See whether it arrived.")]


def _drawn(papers: Sequence[TicketPaper]) -> tuple[_Step, list[Attachment]]:
    try:
        content = render_tickets_pdf(papers)
    except AppError as refusal:
        return _Step("Tickets as PDF", False, refusal.message), []
    pages = "One page" if len(papers) == 1 else f"{len(papers)} pages"
    step = _Step("Tickets as PDF", True, f"{pages} drawn, each with its QR code.")
    return step, [Attachment("trial-tickets.pdf", "application/pdf", content)]


@transactional
def _keep_trial(event_id: int, actor: Actor, steps: Sequence[_Step], now: datetime) -> EventTrial:
    if db.session.get(Event, event_id, with_for_update={"read": True, "key_share": True}) is None:
        raise NotFound("The event was deleted meanwhile.")
    db.session.execute(sa.delete(EventTrial).where(EventTrial.event_id == event_id))
    trial = EventTrial(
        event_id=event_id,
        tried_at=now,
        tried_by_id=actor.user_id,
        is_good=all(step.is_good for step in steps),
        steps=[{"name": step.name, "is_good": step.is_good, "sentence": step.sentence} for step in steps],
    )
    db.session.add(trial)
    db.session.flush()
    return trial
