"""Addresses of pictures: under `/media/`, relative as the API's own page says, or absolute where the site is set so."""

from __future__ import annotations

from typing import Any

from flask import current_app, url_for


def media_url(stored: str) -> str | None:
    """Return the address of a stored picture in its largest size, or None where there is none."""
    return site_path("events.picture", name=stored) if stored else None


def site_path(endpoint: str, **values: Any) -> str:
    """Return the address of a route of this site as the setting V1_ABSOLUTE_MEDIA_URLS wants it."""
    settings = current_app.config["SETTINGS"]
    path = url_for(endpoint, **values)
    return f"{settings.public_url}{path}" if settings.v1_absolute_media_urls else path
