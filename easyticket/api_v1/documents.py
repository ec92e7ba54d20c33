"""The documents of the Cafa Tickets API (http/openapi_pages.py)."""

from __future__ import annotations

from easyticket.api_v1.blueprint import V1Blueprint
from easyticket.http.openapi_pages import add_documents

blueprint = V1Blueprint(
    "documents",
    __name__,
    tag="API Documentation",
    description="What the API offers, for programs and for people.",
)
add_documents(
    blueprint,
    extension="cafa-api",
    example={
        "openapi": "3.0.3",
        "info": {"title": "Cafa Tickets API", "version": "1.0"},
        "paths": {"/api/v1/events/": {"get": {"summary": "Browse events"}}},
    },
)
