"""Who comes to an event, and the check-in at its doors: for its organizer and for administrators."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import jsonify
from flask.typing import ResponseReturnValue

from easyticket.api_v1.blueprint import V1Blueprint
from easyticket.api_v1.errors import tells_success
from easyticket.api_v1.schemas.attendees import (
    ADMISSION_EXAMPLE,
    ATTENDEE_EXAMPLE,
    CHECK_IN_BODY_EXAMPLE,
    CHECKED_IN_EXAMPLE,
    SUMMARY_EXAMPLE,
    AdmissionAnswer,
    AttendeeAnswer,
    AttendeeQuery,
    AttendeeSummary,
    CheckInAnswer,
    CheckInBody,
    CheckInRefusal,
)
from easyticket.api_v1.shapes.attendees import (
    admission_shape,
    admitted_shape,
    attendee_shape,
    refused_shape,
    summary_shape,
)
from easyticket.api_v1.targets import NO_SUCH_EVENT, for_event
from easyticket.core import clock
from easyticket.http.api_limits import GATE, limited
from easyticket.http.auth import current_actor, token_required
from easyticket.http.fields import Nested
from easyticket.http.paging import wanted_page
from easyticket.models import Event, ScanOutcome
from easyticket.queries.attendees import count_attendees, filters_for, list_attendees, list_last_admissions
from easyticket.queries.pages import Page
from easyticket.rules.permissions import Permission
from easyticket.services.gate import admit_ticket

blueprint = V1Blueprint(
    "attendees",
    __name__,
    tag="Attendees and Check-in",
    description="Who comes to an event, and who has come.",
)
_GATE = "Cafa Tickets API"


@blueprint.route("/events/<event_ref:ref>/attendees/", methods=["GET"])
@token_required
@blueprint.operation(
    "List attendees", refuses={403: "You can only see the sales of your own events"} | NO_SUCH_EVENT
)
@for_event(Permission.SEE_SALES)
@blueprint.asks(AttendeeQuery)
@blueprint.answers_page(
    AttendeeAnswer,
    example=ATTENDEE_EXAMPLE,
    summary=(Nested(AttendeeSummary, required=True), SUMMARY_EXAMPLE),
)
def list_event_attendees(
    query: dict[str, Any], event: Event
) -> tuple[Page[dict[str, Any]], dict[str, dict[str, Any]]]:
    """One row for each paid place, the latest sold first; those who are in stay in the list. Cancelled tickets are
    left out. Places held for orders that are not paid yet are listed with `payment_status=pending` or `all`: their
    `ticket_id` is that of the held place (`PUR-…-1`), which lets nobody in, and their `amount_paid` 0. `summary`
    counts paid places over the whole event."""
    ordering, now = query.pop("ordering", ""), clock.now()
    page = list_attendees(
        current_actor(), event, filters_for(**query), ordering=ordering, **wanted_page(), now=now
    )
    return page.map(attendee_shape), {"summary": summary_shape(count_attendees(event))}


@blueprint.route("/events/<event_ref:ref>/checkin/", methods=["POST"])
@token_required
@tells_success
@limited(GATE)
@blueprint.operation(
    "Check in an attendee",
    refuses={
        400: "Already checked in",
        403: "Only staff and event organizers can scan tickets",
        404: "Invalid ticket",
    },
)
@for_event(Permission.SCAN_TICKETS)
@blueprint.takes(CheckInBody, example=CHECK_IN_BODY_EXAMPLE)
@blueprint.answers(200, CheckInAnswer, example=CHECKED_IN_EXAMPLE)
def check_in(body: dict[str, Any], event: Event) -> ResponseReturnValue | dict[str, Any]:
    """Let the holder of a ticket in, or hear why not: as often as the event's `check_in_policy` allows.

    A refusal has `success` false and a short `error` (`Already checked in`, `Wrong event`, `Invalid ticket`, …), with the
    ticket where it is one of this organizer: `checked_in_at` and the name of `checked_in_by` say when and by whom it was used.
    """
    result = admit_ticket(
        actor=current_actor(),
        event=event,
        code=body["code"],
        gate=_GATE,
        scan_key=uuid4(),
        now=clock.now(),
    )
    if result.is_admitted and result.first is not None:
        return admitted_shape(result.first, count_attendees(event))
    status = 404 if result.outcome is ScanOutcome.UNKNOWN else 400
    return jsonify(CheckInRefusal().dump(refused_shape(result, status))), status


@blueprint.route("/events/<event_ref:ref>/checkin-history/", methods=["GET"])
@token_required
@blueprint.operation(
    "List the last check-ins",
    refuses={403: "Only staff and event organizers can scan tickets"} | NO_SUCH_EVENT,
)
@for_event(Permission.SCAN_TICKETS)
@blueprint.answers(200, AdmissionAnswer(many=True), example=[ADMISSION_EXAMPLE])
def list_check_ins(event: Event) -> list[dict[str, Any]]:
    """The last ten people let in, the latest first, as a plain array."""
    return [admission_shape(each) for each in list_last_admissions(current_actor(), event)]
