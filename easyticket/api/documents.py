"""The documents of the EasyTicket API (http/openapi_pages.py)."""

from __future__ import annotations

from easyticket.http.openapi import ApiBlueprint
from easyticket.http.openapi_pages import add_documents

blueprint = ApiBlueprint(
    "api_documents",
    __name__,
    url_prefix="/api",
    tag="API Documentation",
    description="What the API offers, for programs and for people.",
)
add_documents(
    blueprint,
    extension="easyticket-api",
    example={
        "openapi": "3.0.3",
        "info": {"title": "EasyTicket API", "version": "1.1"},
        "paths": {"/api/events/": {"get": {"summary": "List all events"}}},
    },
)
