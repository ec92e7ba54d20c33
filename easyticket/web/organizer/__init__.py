"""The organizer's desk: events, ticket types and what they sold. One file per room, all on one blueprint."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("organizer", __name__, url_prefix="/organizer")
