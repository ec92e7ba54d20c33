"""What an organizer's events earned, and what of it can be paid out."""

from __future__ import annotations

from typing import Any

from easyticket.api_v1.blueprint import V1Blueprint
from easyticket.api_v1.schemas.revenue import REVENUE_EXAMPLE, RevenueAnswer, RevenueQuery
from easyticket.api_v1.shapes.revenue import revenue_report_shape
from easyticket.core import clock
from easyticket.http.auth import current_actor, token_required
from easyticket.queries.revenue import get_revenue_report
from easyticket.rules.periods import RevenuePeriod

blueprint = V1Blueprint(
    "revenue", __name__, tag="Analytics", description="Numbers for organizers: sales, revenue, check-ins."
)


@blueprint.route("/organizers/revenue/", methods=["GET"])
@token_required
@blueprint.operation("Organizer's revenue")
@blueprint.asks(RevenueQuery)
@blueprint.answers(200, RevenueAnswer, example=REVENUE_EXAMPLE)
def get_revenue(asked: dict[str, Any]) -> dict[str, Any]:
    """What the account's own events earned with sales of the period, less what was refunded of them since. Amounts are in
    the currency of this API; other currencies stand in `other_currencies` and are never added."""
    report = get_revenue_report(current_actor(), RevenuePeriod(asked["period"]), clock.now())
    return revenue_report_shape(report)
