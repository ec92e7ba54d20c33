"""The desk of the people who run the site: how it is, and what waits for somebody. One file per room, all on one blueprint."""

from __future__ import annotations

from flask import Blueprint, url_for

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

# The rooms, so few that a phone's bar holds them, each with its tabs: key, name, endpoint. A room opens at its first tab.
_ROOMS = (
    ("overview", "Overview", "check-circle", (("overview", "Overview", "admin.home"),)),
    (
        "people",
        "People",
        "users",
        (("people", "People", "admin.people"), ("organizers", "Organizers", "admin.organizers")),
    ),
    (
        "events",
        "Events",
        "calendar",
        (
            ("events", "Events", "admin.events"),
            ("categories", "Categories", "admin.categories"),
            ("fees", "Fees", "admin.fees"),
        ),
    ),
    (
        "money",
        "Money",
        "money",
        (
            ("orders", "Orders", "admin.orders"),
            ("payments", "Payments", "admin.payments"),
            ("refunds", "Refunds", "admin.refunds"),
            ("payouts", "Payouts", "admin.payouts"),
        ),
    ),
    (
        "system",
        "System",
        "settings",
        (
            ("health", "Health", "admin.health"),
            ("jobs", "Jobs", "admin.jobs"),
            ("webhooks", "Webhooks", "admin.webhooks"),
            ("changes", "Changes", "admin.changes"),
        ),
    ),
)


@blueprint.context_processor
def rooms() -> dict[str, object]:
    """Give every page of the desk the rooms that exist, each with its tabs."""
    found = []
    for key, label, icon, tabs in _ROOMS:
        shown = [{"key": name, "label": text, "url": url_for(endpoint)} for name, text, endpoint in tabs]
        found.append({"key": key, "label": label, "icon": icon, "url": shown[0]["url"], "tabs": shown})
    return {"desk_name": "Administration", "organizer_nav": found}


from easyticket.web.admin import (  # noqa: E402 (they add their routes)
    accounts,  # noqa: F401
    acting,  # noqa: F401
    categories,  # noqa: F401
    changes,  # noqa: F401
    events,  # noqa: F401
    exports,  # noqa: F401
    fees,  # noqa: F401
    jobs,  # noqa: F401
    machinery,  # noqa: F401
    orders,  # noqa: F401
    overview,  # noqa: F401
    payments,  # noqa: F401
    payouts,  # noqa: F401
    people,  # noqa: F401
    refunds,  # noqa: F401
    task_exports,  # noqa: F401
    webhooks,  # noqa: F401
)
