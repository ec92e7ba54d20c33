"""How an event sells, for its organizer."""

from __future__ import annotations

from typing import Any

from easyticket.api_v1.blueprint import V1Blueprint
from easyticket.api_v1.schemas.analytics import ANALYTICS_EXAMPLE, AnalyticsAnswer
from easyticket.api_v1.shapes.analytics import analytics_shape
from easyticket.api_v1.targets import NO_SUCH_EVENT, for_event
from easyticket.core import clock
from easyticket.http.auth import current_actor, token_required
from easyticket.models import Event
from easyticket.queries.event_sales import get_event_sales
from easyticket.rules.permissions import Permission

blueprint = V1Blueprint(
    "analytics", __name__, tag="Analytics", description="Numbers for organizers: sales, revenue, check-ins."
)
_NOT_YOURS = {403: "You can only see the sales of your own events"}


@blueprint.route(
    "/events/<event_ref:ref>/analytics/",
    also=("/events/my-events/<event_ref:ref>/analytics/",),
    methods=["GET"],
)
@token_required
@blueprint.operation("Event analytics", refuses=_NOT_YOURS | NO_SUCH_EVENT)
@for_event(Permission.SEE_SALES)
@blueprint.answers(200, AnalyticsAnswer, example=ANALYTICS_EXAMPLE)
def get_event_analytics(event: Event) -> dict[str, Any]:
    """For its organizer and administrators. Sales by day, hour and ticket type; gross, fees, refunds and net; what is
    sold, held and left; check-ins by hour; and how many of the orders that held tickets were paid. Days and hours are
    those of the event's time zone."""
    now = clock.now()
    return analytics_shape(get_event_sales(current_actor(), event, now), now)
