"""Tickets and orders of an account, and those of one order by its secret link: pages, PDF, QR and calendar files."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.core.errors import NotFound
from easyticket.documents.calendar import calendar_of
from easyticket.documents.qr import render_qr_svg
from easyticket.documents.ticket_paper import paper_of
from easyticket.documents.ticket_pdf import render_tickets_pdf
from easyticket.http.auth import by_order_secret, current_actor, signed_in
from easyticket.http.downloads import private_download
from easyticket.http.limits import limiter
from easyticket.links import public_host, public_url
from easyticket.models import Ticket, TicketStatus
from easyticket.queries.orders import (
    get_order_by_secret,
    list_bought_orders,
    list_open_orders,
)
from easyticket.queries.own_tickets import list_coming_tickets, list_past_tickets
from easyticket.queries.receipts import list_credit_notes
from easyticket.queries.tickets import find_ticket_sent_by_buyer, get_ticket_of_order
from easyticket.rules.online_links import online_link_of_order
from easyticket.rules.order_phase import OPEN_PHASES, OrderPhase, phase_of
from easyticket.rules.tickets import can_be_shown
from easyticket.services.checkout import resend_tickets
from easyticket.services.refund_requests import make_refund, turn_of_form
from easyticket.services.tickets import qr_content
from easyticket.web.forms.fields import text_of
from easyticket.web.forms.refunds import TicketsForm
from easyticket.web.forms.refusals import status_of
from easyticket.web.in_person import refuse_in_place_of_others
from easyticket.web.sending import send_or_ask
from easyticket.web.views.orders import order_card, order_page
from easyticket.web.views.refunds import refund_page
from easyticket.web.views.tickets import held_ticket_view, sent_by_buyer_view, ticket_view

blueprint = Blueprint("orders", __name__)
blueprint.before_request(refuse_in_place_of_others)

PER_PAGE = 20
_AT_CHECKOUT = OPEN_PHASES | {OrderPhase.FAILED, OrderPhase.CANCELLED}


def _order_key() -> str:
    return f"order:{(request.view_args or {}).get('secret', '')}"


@blueprint.get("/orders/", endpoint="list")
@signed_in
def list_own() -> ResponseReturnValue:
    """Show an account its tickets for what comes, with unpaid orders to go on with above them."""
    actor, now = current_actor(), clock.now()
    tickets = list_coming_tickets(actor, now, page=_wanted_page(), per_page=PER_PAGE)
    return render_template(
        "orders/list.html",
        open_orders=[order_card(order, now) for order in list_open_orders(actor, now)],
        tickets=tickets.map(lambda ticket: held_ticket_view(ticket, now)),
        page_url=lambda wanted: url_for("orders.list", page=wanted),
    )


@blueprint.get("/orders/past/")
@signed_in
def past() -> ResponseReturnValue:
    """Show an account its tickets of what is over, and cancelled ones."""
    now = clock.now()
    tickets = list_past_tickets(current_actor(), now, page=_wanted_page(), per_page=PER_PAGE)
    return render_template(
        "orders/past.html",
        tickets=tickets.map(lambda ticket: held_ticket_view(ticket, now)),
        page_url=lambda wanted: url_for("orders.past", page=wanted),
    )


@blueprint.get("/orders/bought/")
@signed_in
def bought() -> ResponseReturnValue:
    """Show an account what it paid for, with receipts."""
    now = clock.now()
    orders = list_bought_orders(current_actor(), page=_wanted_page(), per_page=PER_PAGE)
    return render_template(
        "orders/bought.html",
        orders=orders.map(lambda order: order_card(order, now)),
        page_url=lambda wanted: url_for("orders.bought", page=wanted),
    )


@blueprint.get("/orders/<secret>/")
@by_order_secret
def page(secret: str) -> ResponseReturnValue:
    """Show an order with its tickets; one that is not paid yet goes on where it was left."""
    order, now = get_order_by_secret(secret), clock.now()
    phase = phase_of(order, now)
    if phase in _AT_CHECKOUT or phase is OrderPhase.WAITING:
        endpoint = "checkout.returned" if phase is OrderPhase.WAITING else "checkout.details"
        return redirect(url_for(endpoint, secret=secret), 303)
    return render_template("orders/page.html", page=order_page(order, now, list_credit_notes(order)))


@blueprint.post("/orders/<secret>/resend/")
@by_order_secret
@limiter.limit("3/hour", key_func=_order_key)
def resend(secret: str) -> ResponseReturnValue:
    """Mail the tickets once more to the buyer's address."""
    order = get_order_by_secret(secret)
    buyer_email = order.buyer_email
    resend_tickets(actor=current_actor().with_order_secret(secret), order=order, now=clock.now())
    flash(f"Your tickets are on their way to {buyer_email} again.", "success")
    return redirect(url_for("orders.page", secret=secret), 303)


@blueprint.route("/orders/<secret>/refund/", methods=["GET", "POST"])
@by_order_secret
@limiter.limit("20/minute", key_func=_order_key)
def refund(secret: str) -> ResponseReturnValue:
    """Let a buyer choose tickets, see what comes back for them, and give them back."""
    order, now, form = get_order_by_secret(secret), clock.now(), TicketsForm()
    if form.validate_on_submit():
        make_refund(
            actor=current_actor().with_order_secret(secret),
            order=order,
            wish=form.wish(),
            turn=turn_of_form(order, text_of(form.token), form.wish()),
            now=now,
        )
        # How far it is stands on the page of the order.
        return redirect(url_for("orders.page", secret=secret), 303)
    chosen = request.args.getlist("tickets")
    if "chosen" in request.args and not chosen:
        flash("Choose at least one ticket.", "warning")
    page = refund_page(order, chosen, now, is_all="all" in request.args)
    return render_template("orders/refund.html", page=page, form=form), status_of(form)


@blueprint.get("/orders/<secret>/tickets.pdf")
@by_order_secret
@limiter.limit("6/minute", key_func=_order_key)
def tickets_pdf(secret: str) -> ResponseReturnValue:
    """Give all valid tickets of an order in one PDF."""
    order = get_order_by_secret(secret)
    return _pdf([ticket for ticket in order.tickets if can_be_shown(ticket)], order.number)


@blueprint.get("/orders/<secret>/calendar.ics")
@by_order_secret
def calendar(secret: str) -> ResponseReturnValue:
    """Give a calendar file of the order's event."""
    order = get_order_by_secret(secret)
    event = order.event
    # Calendars are shared with colleagues and families, so the file leads to the event and not to the tickets.
    content = calendar_of(
        event,
        host=public_host(),
        url=public_url("events.page", slug=event.slug),
        now=clock.now(),
        online_link=online_link_of_order(order),
    )
    return private_download(content, "text/calendar; charset=utf-8", f"{event.slug[:80]}.ics")


@blueprint.get("/orders/<secret>/<code>/")
@by_order_secret
def ticket(secret: str, code: str) -> ResponseReturnValue:
    """Show one ticket alone, with a QR code as large as the screen allows and its code to read out."""
    order = get_order_by_secret(secret)
    if (sent := find_ticket_sent_by_buyer(order, code)) is not None:
        return render_template("orders/sent.html", page=sent_by_buyer_view(sent)), 404
    shown = get_ticket_of_order(order, code)
    return render_template("orders/ticket.html", ticket=ticket_view(shown, order, clock.now()))


@blueprint.route("/orders/<secret>/<code>/send/", methods=["GET", "POST"])
@by_order_secret
@limiter.limit("10/hour", key_func=_order_key, methods=["POST"])
def send(secret: str, code: str) -> ResponseReturnValue:
    """Send one ticket on to somebody else."""
    shown = get_ticket_of_order(get_order_by_secret(secret), code)
    return send_or_ask(
        current_actor().with_order_secret(secret),
        shown,
        back_url=url_for("orders.ticket", secret=secret, code=code),
        done_url=url_for("orders.page", secret=secret),
    )


@blueprint.get("/orders/<secret>/<code>/ticket.pdf")
@by_order_secret
@limiter.limit("30/minute", key_func=_order_key)
def ticket_pdf(secret: str, code: str) -> ResponseReturnValue:
    """Give one valid ticket as a PDF."""
    shown = get_ticket_of_order(get_order_by_secret(secret), code)
    return _pdf([shown] if shown.status is not TicketStatus.CANCELLED else [], shown.code)


@blueprint.get("/orders/<secret>/<code>/qr.svg")
@by_order_secret
def ticket_qr(secret: str, code: str) -> ResponseReturnValue:
    """Give the QR code of a valid ticket as a picture."""
    shown = get_ticket_of_order(get_order_by_secret(secret), code)
    if shown.status is TicketStatus.CANCELLED:
        raise NotFound("This ticket was cancelled.")
    return Response(render_qr_svg(qr_content(shown)), mimetype="image/svg+xml")


@blueprint.after_request
def keep_secret(response: Response) -> Response:
    """Tell no other site the address of a page whose address is its key."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _wanted_page() -> int:
    number = request.args.get("page", "1")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 0


def _pdf(tickets: list[Ticket], name: str) -> Response:
    if not tickets:
        raise NotFound("There is no valid ticket to print.")
    return private_download(
        render_tickets_pdf([paper_of(each, qr_content(each)) for each in tickets]),
        "application/pdf",
        f"tickets-{name}.pdf",
    )
