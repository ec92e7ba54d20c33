"""The API's documents as the API describes them."""

from __future__ import annotations

from typing import Any

from easyticket.http.fields import ChoiceFilter, Query

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["openapi", "info", "paths"],
    "properties": {
        "openapi": {"type": "string"},
        "info": {"type": "object"},
        "paths": {"type": "object"},
    },
}
SCHEMA_EXAMPLE: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "EasyTicket API", "version": "1.1"},
    "paths": {"/api/events/": {"get": {"summary": "List all events"}}},
}
HTML_EXAMPLE = '<!doctype html>\n<html lang="en">…</html>'


class WantedFormat(Query):
    """How the schema is to be written."""

    format = ChoiceFilter(
        ("json", "yaml"),
        metadata={
            "description": "How to write it; without it what `Accept` prefers, else JSON.",
            "example": "json",
        },
    )
