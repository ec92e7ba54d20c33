"""A ticket that was sent to somebody, by the secret link of its own: its page, its files, and sending it further."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.core.errors import NotFound
from easyticket.documents.calendar import calendar_of
from easyticket.documents.qr import render_qr_svg
from easyticket.http.auth import by_ticket_secret, current_actor
from easyticket.http.downloads import private_download
from easyticket.http.limits import limiter
from easyticket.links import public_host, public_url
from easyticket.models import TicketStatus
from easyticket.queries.ticket_transfers import get_sent_ticket, get_transfer_by_secret
from easyticket.rules.online_links import online_link_of_ticket
from easyticket.rules.ticket_transfers import is_last
from easyticket.services.tickets import print_ticket, qr_content
from easyticket.web.in_person import refuse_in_place_of_others
from easyticket.web.sending import send_or_ask
from easyticket.web.views.tickets import held_ticket_view, sent_view

blueprint = Blueprint("tickets", __name__, url_prefix="/tickets")
blueprint.before_request(refuse_in_place_of_others)


def _link_key() -> str:
    return f"ticket:{(request.view_args or {}).get('secret', '')}"


@blueprint.get("/<secret>/")
@by_ticket_secret
def page(secret: str) -> ResponseReturnValue:
    """Show the ticket with a QR code as large as the screen allows; to somebody who sent it further, only where it went."""
    transfer = get_transfer_by_secret(secret)
    if not is_last(transfer):
        return render_template("orders/sent.html", page=sent_view(transfer))
    return render_template("orders/ticket.html", ticket=held_ticket_view(transfer.ticket, clock.now()))


@blueprint.route("/<secret>/send/", methods=["GET", "POST"])
@by_ticket_secret
@limiter.limit("10/hour", key_func=_link_key, methods=["POST"])
def send(secret: str) -> ResponseReturnValue:
    """Send the ticket on to somebody else."""
    actor, page_url = current_actor().with_ticket_secret(secret), url_for("tickets.page", secret=secret)
    return send_or_ask(actor, get_sent_ticket(secret), back_url=page_url, done_url=page_url)


@blueprint.get("/<secret>/ticket.pdf")
@by_ticket_secret
@limiter.limit("30/minute", key_func=_link_key)
def pdf(secret: str) -> ResponseReturnValue:
    """Give the ticket as a PDF."""
    ticket = get_sent_ticket(secret)
    name = f"ticket-{ticket.code}.pdf"
    return private_download(print_ticket(ticket), "application/pdf", name)


@blueprint.get("/<secret>/qr.svg")
@by_ticket_secret
def qr(secret: str) -> ResponseReturnValue:
    """Give the QR code of a valid ticket as a picture."""
    ticket = get_sent_ticket(secret)
    if ticket.status is TicketStatus.CANCELLED:
        raise NotFound("This ticket was cancelled.")
    return Response(render_qr_svg(qr_content(ticket)), mimetype="image/svg+xml")


@blueprint.get("/<secret>/calendar.ics")
@by_ticket_secret
def calendar(secret: str) -> ResponseReturnValue:
    """Give a calendar file of the ticket's event; it leads to the event and not to the ticket."""
    ticket = get_sent_ticket(secret)
    event, online_link = ticket.event, online_link_of_ticket(ticket)
    link = public_url("events.page", slug=event.slug)
    content = calendar_of(event, host=public_host(), url=link, now=clock.now(), online_link=online_link)
    return private_download(content, "text/calendar; charset=utf-8", f"{event.slug[:80]}.ics")


@blueprint.after_request
def keep_secret(response: Response) -> Response:
    """Tell no other site the address of a page whose address is its key."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
