"""The lists of the desk to take away, as CSV or XLSX: what their pages show, all pages of it."""

from __future__ import annotations

from collections.abc import Iterable

from flask import request
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.documents.attendee_table import attendee_columns
from easyticket.documents.order_table import order_columns
from easyticket.documents.tables import TableKind
from easyticket.http.auth import current_actor, signed_in
from easyticket.http.downloads import exports_limited, streamed_download
from easyticket.queries.attendees import Attendee, AttendeeFilters, each_attendee
from easyticket.queries.exported_orders import each_sold_order
from easyticket.queries.organizer import get_own_event
from easyticket.rules.permissions import Permission
from easyticket.services.exports import export_list
from easyticket.web.organizer import blueprint


@blueprint.get("/events/<slug>/orders.<any(csv, xlsx):kind>")
@signed_in
@exports_limited
def orders_file(slug: str, kind: str) -> ResponseReturnValue:
    """Give the orders of an event as a file."""
    actor, now, table = current_actor(), clock.now(), TableKind(kind)
    event = get_own_event(actor, slug)
    pieces = export_list(
        "orders",
        order_columns(now),
        lambda: each_sold_order(event),
        kind=table,
        actor=actor,
        permission=Permission.SEE_SALES,
        target=event,
        now=now,
    )
    return streamed_download(pieces, table.content_type, f"orders-{slug}.{kind}")


@blueprint.get("/events/<slug>/attendees.<any(csv, xlsx):kind>")
@signed_in
@exports_limited
def attendees_file(slug: str, kind: str) -> ResponseReturnValue:
    """Give the people who come to an event as a file."""
    actor, now, table = current_actor(), clock.now(), TableKind(kind)
    event = get_own_event(actor, slug)
    filters = AttendeeFilters(query=request.args.get("q", ""))

    def rows() -> Iterable[Attendee]:
        return each_attendee(actor, event, filters, ordering="attendee_name", now=now)

    pieces = export_list(
        "attendees",
        attendee_columns(event),
        rows,
        kind=table,
        actor=actor,
        permission=Permission.SEE_SALES,
        target=event,
        now=now,
    )
    return streamed_download(pieces, table.content_type, f"attendees-{slug}.{kind}")
