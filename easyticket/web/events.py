"""What people browse: the home page, the list of events and an event's page."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("events", __name__)
