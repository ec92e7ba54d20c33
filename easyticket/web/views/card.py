"""What the page for paying by card shows: the amount, to whom it goes, until when, and what its script needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import current_app, url_for

from easyticket.links import public_url
from easyticket.models import Payment
from easyticket.services.orders import secret_of
from easyticket.web.views.checkout import pay_text, step_labels
from easyticket.web.views.order_parts import HoldView, Summary, amount_text, hold_view, summary_of


@dataclass(frozen=True, slots=True)
class CardPage:
    """The payment page. `key` and `client_secret` are for Stripe's script; `return_url` is where the payer goes on."""

    event_title: str
    event_url: str
    amount: str
    paid_to: str
    pay_text: str
    key: str
    client_secret: str
    return_url: str
    is_test: bool
    last_problem: str
    hold: HoldView
    summary: Summary
    step_labels: list[str]
    step_links: dict[int, str]


def card_page(payment: Payment, now: datetime) -> CardPage:
    """Return what the payer of an open attempt sees at this moment."""
    order = payment.order
    event_url = url_for("events.page", slug=order.event.slug)
    return CardPage(
        event_title=order.event.title,
        event_url=event_url,
        amount=amount_text(order, payment.amount_minor),
        paid_to=_paid_to(payment),
        pay_text=pay_text(order),
        key=current_app.config["SETTINGS"].stripe_publishable_key,
        client_secret=payment.client_secret,
        return_url=payment.return_url,
        is_test=not payment.is_live,
        last_problem=payment.last_error,
        hold=hold_view(order, now),
        summary=summary_of(order),
        step_labels=step_labels(order),
        step_links={1: event_url} | _details_link(payment),
    )


def _paid_to(payment: Payment) -> str:
    order = payment.order
    tickets = f"{order.quantity}\N{NO-BREAK SPACE}{'ticket' if order.quantity == 1 else 'tickets'}"
    return f"to EasyTicket for {tickets}, sold by {order.event.organizer.display_name}."


def _details_link(payment: Payment) -> dict[int, str]:
    """Return the way back to the buyer's details, where the payer came from them and goes back to our own pages."""
    secret = secret_of(payment.order)
    is_from_pages = payment.return_url == public_url("checkout.returned", secret=secret)
    return {2: url_for("checkout.details", secret=secret)} if is_from_pages else {}
