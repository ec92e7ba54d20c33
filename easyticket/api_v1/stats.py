"""The numbers of the signed-in account."""

from __future__ import annotations

from typing import Any

from easyticket.api_v1.blueprint import V1Blueprint
from easyticket.api_v1.schemas.stats import STATS_EXAMPLE, StatsAnswer
from easyticket.api_v1.shapes.stats import stats_shape
from easyticket.core import clock
from easyticket.http.auth import current_actor, token_required
from easyticket.queries.account_stats import get_account_stats

blueprint = V1Blueprint(
    "stats", __name__, tag="User Profile", description="The account, its settings and its numbers."
)


@blueprint.route("/auth/users/stats/", also=("/auth/stats/",), methods=["GET"])
@token_required
@blueprint.operation("User stats")
@blueprint.answers(200, StatsAnswer, example=STATS_EXAMPLE)
def get_user_stats() -> dict[str, Any]:
    """What the account bought and visited, what its own events sold, and the last ten things that happened."""
    return stats_shape(get_account_stats(current_actor(), clock.now()))
