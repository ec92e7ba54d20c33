"""One kind of ticket sold as to a buyer, and taken back: all of it is one transaction that is rolled back at its end.

No place, order number, posting, receipt, mail or job of it is ever seen by anybody. Nothing slow happens in it, because
buyers wait for the same counters.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import sqlalchemy as sa
from flask import current_app

from easyticket.core.errors import AppError
from easyticket.core.money import Money
from easyticket.db import db, is_in_transaction, transactional
from easyticket.documents.ticket_paper import TicketPaper, paper_of
from easyticket.integrations.providers import ChargeRequest
from easyticket.integrations.sandbox import SandboxProvider
from easyticket.models import (
    CheckInPolicy,
    Event,
    EventStatus,
    Offer,
    OfferQuota,
    Order,
    Quota,
    SalesChannel,
    ScanOutcome,
    Ticket,
)
from easyticket.rules.permissions import ANONYMOUS, Actor
from easyticket.rules.sales import NotOnSale, sales_start, why_offer_not_on_sale
from easyticket.rules.schedule import days_of
from easyticket.rules.wording import money_text
from easyticket.services import gate, inventory, sandbox
from easyticket.services.attempts import note_started, open_attempt
from easyticket.services.baskets import WantedLine
from easyticket.services.orders import Buyer, place_order
from easyticket.services.settlement import apply_snapshot
from easyticket.services.tickets import qr_content

_NOT_TRIED = {
    NotOnSale.INACTIVE: "Hidden, so nobody is offered it. It was not tried.",
    NotOnSale.CLOSED: "Its sale is over, so it was not tried.",
}


@dataclass(frozen=True, slots=True)
class TrialSale:
    """What came of one kind of ticket, in a sentence. `paper` is the ticket to print; None where none was sold."""

    name: str
    is_good: bool
    sentence: str
    paper: TicketPaper | None = None


class _TakenBack(Exception):
    """Ends the transaction of a rehearsal, so that nothing of it stays."""


def rehearse_sale(*, actor: Actor, offer: Offer, buyer: Buyer, now: datetime) -> TrialSale:
    """Buy an offer, pay it with play money, let its ticket in at the gate, and take everything back.

    It is bought when its sale is open and scanned when the event is on. How many are left does not matter.
    """
    if is_in_transaction():
        raise RuntimeError("a rehearsal is a transaction of its own")
    offer_id, name = offer.id, offer.full_name
    bought_at = max(now, sales_start(offer) or now)
    if reason := why_offer_not_on_sale(offer, bought_at):
        return TrialSale(name, True, _NOT_TRIED[reason])
    sales: list[TrialSale] = []

    @transactional
    def sell_and_take_back() -> None:
        sales[:] = [_sell(actor, db.session.get_one(Offer, offer_id), buyer, bought_at)]
        raise _TakenBack

    try:
        with suppress(_TakenBack):
            sell_and_take_back()
    except AppError as refusal:
        return TrialSale(name, False, refusal.message)
    return sales[0]


def _sell(actor: Actor, offer: Offer, buyer: Buyer, now: datetime) -> TrialSale:
    event = offer.ticket_type.event
    if event.status is EventStatus.DRAFT:
        event.status = EventStatus.PUBLISHED
        db.session.flush()
    _lift_limits(offer)
    order = place_order(
        actor=ANONYMOUS,
        event=event,
        lines=[WantedLine(offer.uuid, offer.ticket_type.min_purchase)],
        channel=SalesChannel.WEB,
        buyer=buyer,
        confirm_free=True,
        now=now,
    )
    if order.total_minor:
        _pay(order, now)
    ticket = order.tickets[0]
    paper = paper_of(ticket, qr_content(ticket))
    refusal = _why_gate_is_wrong(actor, event, ticket)
    return TrialSale(offer.full_name, not refusal, refusal or _success_text(order), paper)


def _lift_limits(offer: Offer) -> None:
    """Let the rehearsal buy what is sold out, too: it is not about how many there are."""
    named = sa.select(OfferQuota.quota_id).where(OfferQuota.offer_id == offer.id)
    for quota in db.session.scalars(sa.select(Quota).where(Quota.id.in_(named)).order_by(Quota.id)).all():
        inventory.resize_quota(quota.kind, quota.owner_id, None)


def _pay(order: Order, now: datetime) -> None:
    settings = current_app.config["SETTINGS"]
    provider = SandboxProvider(settings.secret_key, settings.public_url)
    payment_id = open_attempt(order.id, now, provider, settings.public_url, "card")
    if payment_id is None:
        return
    payment = next(each for each in order.payments if each.id == payment_id)
    request = ChargeRequest(
        reference=payment.reference,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        email=order.buyer_email,
        description=order.event.title,
        return_url=payment.return_url,
    )
    note_started(payment_id, provider.start(request))
    sandbox.approve(payment.reference)
    apply_snapshot(payment_id, provider.fetch(payment.reference, ""), now)


def _why_gate_is_wrong(actor: Actor, event: Event, ticket: Ticket) -> str:
    """Scan a ticket twice on the day it is for; return what the gate does wrong, nothing if it does what it should."""
    at, content = _moment_at_gate(event, ticket), qr_content(ticket)
    outcomes = [
        gate.admit_ticket(actor=actor, event=event, code=content, gate="", scan_key=uuid4(), now=at).outcome
        for _ in range(2)
    ]
    if outcomes[0] is not ScanOutcome.ADMITTED:
        return f"It was bought, but on its day the gate says: {gate.SENTENCES[outcomes[0]]}"
    is_many = event.check_in_policy is CheckInPolicy.MULTIPLE
    if outcomes[1] is not (ScanOutcome.ADMITTED if is_many else ScanOutcome.ALREADY_IN):
        return f"It was let in, but the second time the gate says: {gate.SENTENCES[outcomes[1]]}"
    return ""


def _moment_at_gate(event: Event, ticket: Ticket) -> datetime:
    """Return when its holder comes: at the hour the event begins, on the ticket's day, and not after the end."""
    day_on = ticket.day_on or days_of(event)[0]
    return min(event.start_at + (day_on - days_of(event)[0]), event.end_at)


def _success_text(order: Order) -> str:
    paid = money_text(Money(order.total_minor, order.currency))
    price = f"for {paid} with all fees" if order.total_minor else "for nothing"
    what = "Bought" if order.quantity == 1 else f"{order.quantity} bought"
    is_many = order.event.check_in_policy is CheckInPolicy.MULTIPLE
    again = "let in again when they come back" if is_many else "refused the second time"
    return f"{what} {price}, paid with play money, let in at the gate, and {again}."
