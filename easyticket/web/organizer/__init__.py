"""The organizer's desk: events, ticket types and what they sold. One file per room, all on one blueprint."""

from __future__ import annotations

from flask import Blueprint, url_for

blueprint = Blueprint("organizer", __name__, url_prefix="/organizer")


@blueprint.context_processor
def rooms() -> dict[str, object]:
    """Give every page of the desk the rooms that exist."""
    return {
        "organizer_nav": [
            {"key": "events", "label": "Events", "url": url_for("organizer.events")},
            {"key": "gate", "label": "Gate", "url": url_for("gate.choose")},
        ]
    }


from easyticket.web.organizer import event_forms, events, ticket_types  # noqa: E402, F401 (they add their routes)
