"""The organizer's desk: events, ticket types and what they sold. One file per room, all on one blueprint."""

from __future__ import annotations

from flask import Blueprint, url_for

from easyticket.core.money import Money
from easyticket.rules.payment_accounts import VERIFICATION_CURRENCY, VERIFICATION_FEE_MINOR
from easyticket.rules.wording import sum_text
from easyticket.web.in_person import refuse_in_place_of_others
from easyticket.web.organizer.event_nav import event_tabs

blueprint = Blueprint("organizer", __name__, url_prefix="/organizer")
blueprint.before_request(refuse_in_place_of_others)


@blueprint.context_processor
def rooms() -> dict[str, object]:
    """Give every page of the desk the rooms that exist."""
    return {
        "organizer_nav": [
            {"key": "home", "label": "Overview", "url": url_for("organizer.home"), "icon": "chart"},
            {"key": "events", "label": "Events", "url": url_for("organizer.events")},
            {"key": "orders", "label": "Orders", "url": url_for("organizer.all_orders"), "icon": "ticket"},
            {"key": "gate", "label": "Gate", "url": url_for("gate.choose")},
            {"key": "money", "label": "Money", "url": url_for("organizer.money")},
        ],
        "event_tabs": event_tabs,
        # What one check of an account to be paid to costs, and of which balance.
        "check_currency": VERIFICATION_CURRENCY,
        "check_fee": sum_text(Money(VERIFICATION_FEE_MINOR, VERIFICATION_CURRENCY)),
    }


from easyticket.web.organizer import (  # noqa: E402 (they add their routes)
    accounts,  # noqa: F401
    attendees,  # noqa: F401
    checks,  # noqa: F401
    door,  # noqa: F401
    event_copies,  # noqa: F401
    event_covers,  # noqa: F401
    event_drafts,  # noqa: F401
    event_forms,  # noqa: F401
    event_news,  # noqa: F401
    events,  # noqa: F401
    exports,  # noqa: F401
    history,  # noqa: F401
    home,  # noqa: F401
    money,  # noqa: F401
    orders,  # noqa: F401
    sold_changes,  # noqa: F401
    statements,  # noqa: F401
    ticket_type_forms,  # noqa: F401
    ticket_types,  # noqa: F401
)
