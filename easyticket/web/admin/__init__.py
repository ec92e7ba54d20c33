"""The desk of the people who run the site: how it is, and what waits for somebody. One file per room, all on one blueprint."""

from __future__ import annotations

from flask import Blueprint, url_for

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@blueprint.context_processor
def rooms() -> dict[str, object]:
    """Give every page of the desk the rooms that exist."""
    return {
        "desk_name": "Administration",
        "organizer_nav": [
            {"key": "overview", "label": "Overview", "icon": "check-circle", "url": url_for("admin.home")},
            {"key": "payments", "label": "Payments", "icon": "ticket", "url": url_for("admin.payments")},
            {"key": "refunds", "label": "Refunds", "icon": "arrow-left", "url": url_for("admin.refunds")},
            {"key": "payouts", "label": "Payouts", "icon": "money", "url": url_for("admin.payouts")},
            {"key": "fees", "label": "Fees", "icon": "tag", "url": url_for("admin.fees")},
            {"key": "changes", "label": "Changes", "icon": "clock", "url": url_for("admin.changes")},
        ],
    }


from easyticket.web.admin import (  # noqa: E402 (they add their routes)
    accounts,  # noqa: F401
    changes,  # noqa: F401
    fees,  # noqa: F401
    jobs,  # noqa: F401
    overview,  # noqa: F401
    payments,  # noqa: F401
    payouts,  # noqa: F401
    refunds,  # noqa: F401
)
