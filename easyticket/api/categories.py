"""Event categories: anybody reads the active ones, the people who run the site change them."""

from __future__ import annotations

from typing import Any

from easyticket.api.schemas.categories import BODY_EXAMPLE, EXAMPLE, CategoryAnswer, CategoryBody
from easyticket.api.shapes.categories import category_shape
from easyticket.core import clock
from easyticket.http.auth import current_actor, token_optional, token_required
from easyticket.http.openapi import ApiBlueprint, finds, needs
from easyticket.http.paging import wanted_page
from easyticket.models import Category
from easyticket.queries.categories import count_category, list_category_page
from easyticket.queries.categories import get_category as find_by_slug
from easyticket.queries.pages import Page
from easyticket.rules.permissions import Actor, Permission
from easyticket.services.categories import create_category, delete_category, update_category

blueprint = ApiBlueprint(
    "api_categories",
    __name__,
    url_prefix="/api/events/categories",
    tag="Event Categories",
    description="What kinds of events there are.",
)
_FORBIDDEN = {403: "You do not have permission to perform this action."}
_NOT_FOUND = {404: "No EventCategory matches the given query."}


def _find(actor: Actor, slug: str) -> Category:
    # Whoever may switch a category on again has to find it.
    return find_by_slug(slug, include_inactive=actor.is_staff)


_for_category = finds(_find, key="slug", name="category")


@blueprint.route("/", methods=["GET"])
@token_optional
@blueprint.operation("List all event categories")
@blueprint.answers_page(CategoryAnswer, example=EXAMPLE)
def list_categories() -> Page[dict[str, Any]]:
    """Active categories by name, each with how many published events it has."""
    return list_category_page(clock.now(), **wanted_page()).map(category_shape)


@blueprint.route("/", methods=["POST"])
@token_required
@blueprint.operation("Create new category", refuses=_FORBIDDEN)
@needs(Permission.EDIT_CATEGORIES)
@blueprint.takes(CategoryBody, example=BODY_EXAMPLE)
@blueprint.answers(201, CategoryAnswer, example=EXAMPLE)
def make_category(body: dict[str, Any]) -> dict[str, Any]:
    """For administrators. Name and slug are unique; without a slug one is made from the name."""
    now = clock.now()
    return category_shape(count_category(create_category(actor=current_actor(), **body, now=now), now))


@blueprint.route("/<slug>/", methods=["GET"])
@token_optional
@blueprint.operation("Get category details", refuses=_NOT_FOUND)
@_for_category
@blueprint.answers(200, CategoryAnswer, example=EXAMPLE)
def get_category(category: Category) -> dict[str, Any]:
    """One active category; administrators see the others too."""
    return category_shape(count_category(category, clock.now()))


@blueprint.route("/<slug>/", methods=["PUT"])
@token_required
@blueprint.operation("Update category", refuses=_FORBIDDEN | _NOT_FOUND)
@needs(Permission.EDIT_CATEGORIES)
@_for_category
@blueprint.takes(CategoryBody, example=BODY_EXAMPLE)
@blueprint.answers(200, CategoryAnswer, example=EXAMPLE)
def replace_category(body: dict[str, Any], category: Category) -> dict[str, Any]:
    """For administrators. What is left out stays as it is."""
    return _changed(category, body)


@blueprint.route("/<slug>/", methods=["PATCH"])
@token_required
@blueprint.operation("Partially update category", refuses=_FORBIDDEN | _NOT_FOUND)
@needs(Permission.EDIT_CATEGORIES)
@_for_category
@blueprint.takes(CategoryBody(partial=True), example={"icon": "FaTheaterMasks"})
@blueprint.answers(200, CategoryAnswer, example=EXAMPLE)
def change_category(body: dict[str, Any], category: Category) -> dict[str, Any]:
    """For administrators. Only what is sent changes."""
    return _changed(category, body)


@blueprint.route("/<slug>/", methods=["DELETE"])
@token_required
@blueprint.operation("Delete category", refuses=_FORBIDDEN | _NOT_FOUND)
@needs(Permission.EDIT_CATEGORIES)
@_for_category
@blueprint.answers(204)
def remove_category(category: Category) -> None:
    """For administrators. Its events go on without a category."""
    delete_category(actor=current_actor(), category=category, now=clock.now())


def _changed(category: Category, changes: dict[str, Any]) -> dict[str, Any]:
    now = clock.now()
    changed = update_category(actor=current_actor(), category=category, changes=changes, now=now)
    return category_shape(count_category(changed, now))
