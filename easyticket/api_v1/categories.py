"""Event categories with their icons and how much is on in each."""

from __future__ import annotations

from typing import Any

from easyticket.api_v1.blueprint import V1Blueprint
from easyticket.api_v1.schemas.categories import LIST_EXAMPLE, CategoryList
from easyticket.api_v1.shapes.categories import category_list_shape
from easyticket.core import clock
from easyticket.http.auth import token_optional
from easyticket.queries.category_items import list_category_items

blueprint = V1Blueprint(
    "categories", __name__, tag="Event Categories", description="What kinds of events there are."
)


@blueprint.route("/event-categories/", methods=["GET"])
@token_optional
@blueprint.operation("List categories")
@blueprint.answers(200, CategoryList, example=LIST_EXAMPLE)
def list_event_categories() -> dict[str, Any]:
    """All categories by name, each with the number of its events that are not past and the name of its icon in
    react-icons/fa. Not paged."""
    return category_list_shape(list_category_items(clock.now()))
