"""What people, providers and workers do at the same moment. Functions of a module, because another process has to find them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app

from easyticket.core import clock
from easyticket.core.errors import AppError
from easyticket.db import db
from easyticket.jobs import entry
from easyticket.models import Event, Order, OutboxJob
from easyticket.rules.permissions import SYSTEM
from easyticket.services.expiry import expire_orders
from easyticket.services.payments import settle_payment
from easyticket.services.reconciliation import reconcile_payments
from easyticket.services.refund_requests import RefundWish, make_refund
from easyticket.services.shortage import SoldOut
from tests.doubles.server import call_control
from tests.money.steps import begin, place
from tests.money.tills import Webhook


def act(what: tuple[str, Any]) -> str:
    """Do one of the things below, named first; tell what came of it."""
    name, argument = what
    db.session.rollback()
    return str(_ACTS[name](argument))


def _hand_over(webhook: Webhook) -> int:
    client = current_app.test_client()
    return client.post(webhook.path, data=webhook.body, headers=webhook.headers).status_code


def _look(path: str) -> int:
    """Open a page in a browser."""
    return current_app.test_client().get(path).status_code


def _work(_: None) -> int:
    """Run the jobs that are not mails, all of them, as one worker of several."""
    due = sa.select(OutboxJob.id).where(OutboxJob.done_at.is_(None), OutboxJob.name.not_like("mail_%"))
    for job_id in list(db.session.scalars(due)):
        entry.run_outbox_job(job_id)
    return 0


def _settle(reference: str) -> str:
    return settle_payment(reference).state.value


def _sweep(_: None) -> int:
    """Ask about attempts nobody has told of."""
    return reconcile_payments(clock.now() + timedelta(minutes=1))


def _expire(_: None) -> int:
    return expire_orders(clock.now())


def _start(order_id: int) -> str:
    """Send the payer to pay, as one of several tabs does."""
    return begin(db.session.get_one(Order, order_id))


def _pay(how: tuple[str, dict[str, Any]]) -> str:
    """Let a payer pay at the double, which is in another process."""
    url, named = how
    call_control(url, "pay", **named)
    return "paid"


def _hold(promo_code: str) -> str:
    """Hold one ticket of the only event there is, with a promo code."""
    try:
        return place(db.session.scalars(sa.select(Event)).one(), 1, promo_code=promo_code).number
    except (SoldOut, AppError) as refusal:
        return type(refusal).__name__


def _refund(asked: tuple[int, Any]) -> str:
    """Ask for an amount of an order, or for one ticket of it by its code."""
    order_id, what = asked
    order = db.session.get_one(Order, order_id)
    wish = RefundWish(codes=(what,)) if isinstance(what, str) else RefundWish(amount=what)
    try:
        return make_refund(actor=SYSTEM, order=order, wish=wish, now=clock.now()).state.value
    except AppError as refusal:
        return refusal.code


_ACTS: dict[str, Any] = {
    "hand over": _hand_over,
    "look": _look,
    "work": _work,
    "settle": _settle,
    "sweep": _sweep,
    "expire": _expire,
    "start": _start,
    "pay": _pay,
    "hold": _hold,
    "refund": _refund,
}
