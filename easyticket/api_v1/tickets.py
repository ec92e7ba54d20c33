"""Tickets of the signed-in account: listed, one by its code, its PDF, and the events one has been to."""

from __future__ import annotations

from typing import Any

from flask import Response

from easyticket.api_v1.blueprint import V1Blueprint
from easyticket.api_v1.schemas.tickets import (
    ATTENDED_EXAMPLE,
    DETAIL_EXAMPLE,
    ITEM_EXAMPLE,
    AttendedAnswer,
    TicketAnswer,
    TicketItemAnswer,
    TicketQuery,
)
from easyticket.api_v1.shapes.tickets import attended_shape, ticket_item_shape, ticket_shape
from easyticket.core import clock
from easyticket.http.api_limits import Rate, limited
from easyticket.http.auth import current_actor, token_required
from easyticket.http.downloads import private_download
from easyticket.http.openapi import finds
from easyticket.http.paging import wanted_page
from easyticket.queries.pages import Page
from easyticket.queries.ticket_items import (
    TicketItem,
    filters_for,
    get_ticket_item,
    list_attended,
    list_ticket_items,
)
from easyticket.services.tickets import print_ticket

blueprint = V1Blueprint(
    "tickets",
    __name__,
    tag="Tickets",
    description="Tickets of the signed-in account, made when an order is paid.",
)
_NOT_FOUND = {404: "There is no ticket with this code."}
_PAGE_SIZE = 10
# Drawing a PDF takes a second.
_PRINTING = Rate("30 per minute", "ticket-pdf")
_for_ticket = finds(get_ticket_item, key="code", name="item")
blueprint.knows("ticket_code", but=("purchase", "my-tickets", "attended-events"))


@blueprint.route("/tickets/my-tickets/", methods=["GET"])
@token_required
@blueprint.operation("List my tickets")
@blueprint.asks(TicketQuery)
@blueprint.answers_page(TicketItemAnswer, size=_PAGE_SIZE, example=ITEM_EXAMPLE)
def list_my_tickets(query: dict[str, Any]) -> Page[dict[str, Any]]:
    """The tickets of the signed-in account, the latest bought first, ten on a page, each with its QR code as a picture."""
    now = clock.now()
    page = list_ticket_items(current_actor(), filters_for(**query), **wanted_page(_PAGE_SIZE), now=now)
    return page.map(lambda item: ticket_item_shape(item, now))


@blueprint.route("/tickets/attended-events/", methods=["GET"])
@token_required
@blueprint.operation("List attended events")
@blueprint.answers_page(AttendedAnswer, example=ATTENDED_EXAMPLE)
def list_attended_events() -> Page[dict[str, Any]]:
    """What the signed-in account was let in at, one row for each ticket, the last time first."""
    return list_attended(current_actor(), **wanted_page(), now=clock.now()).map(attended_shape)


@blueprint.route("/tickets/<ticket_code:code>/", methods=["GET"])
@token_required
@blueprint.operation("Get ticket details", refuses=_NOT_FOUND)
@_for_ticket
@blueprint.answers(200, TicketAnswer, example=DETAIL_EXAMPLE)
def get_ticket(item: TicketItem) -> dict[str, Any]:
    """One ticket by its code, for its owner and for administrators."""
    return ticket_shape(item, clock.now())


@blueprint.route("/tickets/<ticket_code:code>/download/", methods=["GET"])
@token_required
@limited(_PRINTING)
@blueprint.operation(
    "Download ticket PDF",
    refuses={400: "This ticket was cancelled, so there is nothing to print."} | _NOT_FOUND,
)
@_for_ticket
@blueprint.answers(200, {"type": "string", "format": "binary"}, content_type="application/pdf")
def download_ticket(item: TicketItem) -> Response:
    """One page with the QR code, for the ticket's owner and for administrators."""
    return private_download(print_ticket(item.ticket), "application/pdf", f"ticket-{item.ticket.code}.pdf")
