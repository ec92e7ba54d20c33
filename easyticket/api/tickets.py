"""My tickets: those of the signed-in account, as JSON and as PDF, and the scan at a gate."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from flask import Response, jsonify
from flask.typing import ResponseReturnValue

from easyticket.api.schemas.tickets import (
    SCAN_BODY_EXAMPLE,
    SCAN_EXAMPLE,
    STATS_EXAMPLE,
    TICKET_EXAMPLE,
    ScanAnswer,
    ScanBody,
    ScanRefusal,
    TicketAnswer,
    TicketQuery,
    TicketStatsAnswer,
)
from easyticket.api.shapes.tickets import admitted_shape, refused_shape, stats_shape, ticket_shape
from easyticket.core import clock
from easyticket.http.api_limits import GATE, Rate, limited
from easyticket.http.auth import current_actor, token_required
from easyticket.http.downloads import private_download
from easyticket.http.openapi import ApiBlueprint, finds, needs
from easyticket.http.paging import wanted_page
from easyticket.models import Ticket
from easyticket.queries.pages import Page
from easyticket.queries.tickets import TicketFilters, count_tickets, list_tickets
from easyticket.queries.tickets import get_ticket as find_ticket
from easyticket.rules.permissions import Actor, Permission
from easyticket.services.gate import verify_ticket
from easyticket.services.tickets import print_ticket

blueprint = ApiBlueprint(
    "api_my_tickets",
    __name__,
    url_prefix="/api/tickets/my-tickets",
    tag="My Tickets",
    description="Single tickets, made when an order is paid, and their scan at the gate.",
)
_NOT_FOUND = {404: "There is no ticket at this address."}
# Drawing a PDF takes a second.
_PRINTING = Rate("30 per minute", "ticket-pdf")
_GATE = "API"


def _find(actor: Actor, uuid: UUID) -> Ticket:
    return find_ticket(actor, uuid)


_for_ticket = finds(_find, key="id", name="ticket")


@blueprint.route("/", methods=["GET"])
@token_required
@blueprint.operation("List user's tickets")
@blueprint.asks(TicketQuery)
@blueprint.answers_page(TicketAnswer, example=TICKET_EXAMPLE)
def list_own_tickets(query: dict[str, Any]) -> Page[dict[str, Any]]:
    """The tickets of the signed-in account, the latest first, each with its QR code and the address of its PDF."""
    now, ordering = clock.now(), query.pop("ordering", "")
    found = list_tickets(current_actor(), TicketFilters(**query), ordering=ordering, **wanted_page(), now=now)
    return found.map(lambda ticket: ticket_shape(ticket, now))


@blueprint.route("/<uuid:id>/", methods=["GET"])
@token_required
@blueprint.operation("Get ticket details", refuses=_NOT_FOUND)
@_for_ticket
@blueprint.answers(200, TicketAnswer, example=TICKET_EXAMPLE)
def get_ticket(ticket: Ticket) -> dict[str, Any]:
    """One ticket, for its owner and for administrators."""
    return ticket_shape(ticket, clock.now())


@blueprint.route("/verify/", methods=["POST"])
@token_required
@limited(GATE)
@blueprint.operation(
    "Verify and scan ticket",
    refuses={
        400: "Ticket already used",
        403: "Only staff and event organizers can scan tickets",
    },
)
@needs(Permission.USE_GATES)
@blueprint.takes(ScanBody, example=SCAN_BODY_EXAMPLE)
@blueprint.answers(200, ScanAnswer, example=SCAN_EXAMPLE)
def verify(body: dict[str, Any]) -> ResponseReturnValue | dict[str, Any]:
    """For the event's organizer and administrators: mark the ticket with this code as used, or hear why it lets nobody in.

    A refused code is answered with `success` false, and with the ticket where there is one; for a used ticket `used_at`
    and `scanned_by` say when and by whom. A pass for all days counts once on each.
    """
    now = clock.now()
    result = verify_ticket(actor=current_actor(), code=body["code"], gate=_GATE, scan_key=uuid4(), now=now)
    if result.is_admitted and result.ticket is not None:
        return admitted_shape(result.ticket, now)
    return jsonify(ScanRefusal().dump(refused_shape(result, now))), 400


@blueprint.route("/stats/", methods=["GET"])
@token_required
@blueprint.operation("Get ticket statistics")
@blueprint.answers(200, TicketStatsAnswer, example=STATS_EXAMPLE)
def get_ticket_stats() -> dict[str, int]:
    """How many tickets the signed-in account has by status, and for how many events."""
    return stats_shape(count_tickets(current_actor(), clock.now()))


@blueprint.route("/<uuid:id>/download/", methods=["GET"])
@token_required
@limited(_PRINTING)
@blueprint.operation(
    "Download ticket PDF",
    refuses={400: "This ticket was cancelled, so there is nothing to print."} | _NOT_FOUND,
)
@_for_ticket
@blueprint.answers(200, {"type": "string", "format": "binary"}, content_type="application/pdf")
def download_ticket(ticket: Ticket) -> Response:
    """One page with the QR code, for the ticket's owner and for administrators."""
    return private_download(print_ticket(ticket), "application/pdf", f"ticket-{ticket.code}.pdf")
