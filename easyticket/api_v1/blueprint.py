"""Operations of the Cafa Tickets API: one function may stand at several paths, and pages say which one they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import marshmallow as ma
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter

from easyticket.http.fields import Answer, Many
from easyticket.http.openapi import PAGE_FIELDS, ApiBlueprint, JsonApi
from easyticket.http.paging import envelope
from easyticket.queries.pages import Page

PREFIX = "/api/v1"
View = TypeVar("View", bound=Callable[..., Any])

_PAGE_NUMBERS = {
    "page_size": "Rows of one page.",
    "total_pages": "How many pages there are; an empty list has one.",
    "current_page": "Which page this is, from 1.",
}


class V1Blueprint(ApiBlueprint):
    """The operations of one resource of this surface. Its name begins with `v1_`, so that both surfaces may use one noun."""

    def __init__(self, name: str, import_name: str, *, tag: str, description: str) -> None:
        super().__init__(f"v1_{name}", import_name, tag=tag, description=description, url_prefix=PREFIX)
        # An event's slug or number; the words are neither (rules/slugs.py).
        self.knows("event_ref", but=("past", "create", "my-events"))

    def knows(self, converter: str, *, but: tuple[str, ...]) -> None:
        """Let paths have `<converter:…>`: any part `but` words that routes use, so that a wrong method there is a 405."""
        regex = rf"(?!(?:{'|'.join(but)})$)[^/]+"
        kind = type(converter, (BaseConverter,), {"regex": regex, "part_isolating": True})

        def know(state: BlueprintSetupState) -> None:
            state.app.url_map.converters[converter] = kind

        self.record_once(know)

    def route(self, rule: str, *, also: tuple[str, ...] = (), **options: Any) -> Callable[[View], View]:
        """Register the operation at a path, and at those of `also`, which other clients use; put it above everything else."""
        register = super().route

        def decorate(view: View) -> View:
            for number, path in enumerate((rule, *also)):
                name = view.__name__ + ("" if number == 0 else "_too" if number == 1 else f"_too_{number}")
                register(path, **options, endpoint=name)(view)
            return view

        return decorate

    def envelope(self, page: Page[Any]) -> dict[str, Any]:
        """Return a page with its numbers, by which the web client scrolls (the API contract)."""
        numbers = {"page_size": page.per_page, "total_pages": page.pages, "current_page": page.page}
        rows = envelope(page)
        return {**{name: rows[name] for name in PAGE_FIELDS}, **numbers, "results": rows["results"]}

    def page_schema(
        self, item: type[ma.Schema], beside: Mapping[str, ma.fields.Field[Any]]
    ) -> type[ma.Schema]:
        """Return the schema of a page of these items."""
        numbers = {
            name: ma.fields.Integer(required=True, metadata={"description": text})
            for name, text in _PAGE_NUMBERS.items()
        }
        fields = {**PAGE_FIELDS, **numbers, "results": Many(item, required=True), **beside}
        return type(f"{item.__name__}Page", (Answer,), fields)


def register(api: JsonApi, blueprints: tuple[V1Blueprint, ...]) -> None:
    """Add the operations of these resources; their order is that of the tags in the document."""
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
