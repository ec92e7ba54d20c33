"""The numbers of one account."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from easyticket.http.fields import Amount, Answer, Many, Moment, Nested

_ACTIVITIES = ["ticket_purchase", "ticket_sale", "event_created"]
STATS_EXAMPLE: dict[str, Any] = {
    "user_id": 1,
    "username": "ama",
    "overview": {
        "tickets_purchased": 3,
        "events_organized": 1,
        "events_attended": 1,
        "total_spent": "157.50",
        "total_revenue": "200.00",
        "currency": "GHS",
        "account_age_days": 12,
        "account_age_display": "12d",
    },
    "purchasing_stats": {
        "active_tickets": 2,
        "used_tickets": 1,
        "total_spent": "157.50",
        "tickets_by_category": [{"category": "Music", "count": 3, "total_spent": "157.50"}],
        "upcoming_events": 1,
        "past_events": 1,
    },
    "organizing_stats": {
        "total_events_created": 1,
        "active_events": 1,
        "past_events": 0,
        "total_tickets_sold": 4,
        "total_revenue": "200.00",
        "total_attendees": 4,
        "average_tickets_per_event": 4.0,
        "best_selling_event": {"id": 12, "title": "Night of Drums", "tickets_sold": 4},
        "revenue_by_month": [{"month": "2026-02", "revenue": "200.00", "tickets_sold": 4}],
    },
    "recent_activity": [
        {
            "type": "ticket_purchase",
            "event_title": "Evening of Strings",
            "date": "2026-02-01T10:00:00Z",
            "amount": "52.50",
            "currency": "GHS",
        }
    ],
    "other_currencies": [{"currency": "USD", "total_spent": "10.50", "total_revenue": "0.00"}],
}


def _whole(description: str = "") -> ma.fields.Integer:
    return ma.fields.Integer(required=True, metadata={"description": description} if description else {})


def _amount(description: str = "") -> Amount:
    return Amount(required=True, metadata={"description": description} if description else {})


class StatsOverview(Answer):
    """The account at a glance."""

    tickets_purchased = _whole("Without those that were cancelled.")
    events_organized = _whole()
    events_attended = _whole("Events that a ticket of the account was let in at.")
    total_spent = _amount("Paid with all fees and not returned.")
    total_revenue = _amount("Tickets sold at their price less discounts.")
    currency = ma.fields.String(required=True)
    account_age_days = _whole()
    account_age_display = ma.fields.String(required=True)


class CategoryCountAnswer(Answer):
    """Tickets of one category."""

    category = ma.fields.String(required=True, metadata={"description": "The category's name."})
    count = _whole()
    total_spent = _amount()


class PurchasingStats(Answer):
    """The account's tickets."""

    active_tickets = _whole()
    used_tickets = _whole()
    total_spent = _amount()
    tickets_by_category = Many(CategoryCountAnswer, required=True)
    upcoming_events = _whole("Events with a ticket that are not over.")
    past_events = _whole()


class BestEvent(Answer):
    """The event that sold most."""

    id = _whole()
    title = ma.fields.String(required=True)
    tickets_sold = _whole()


class MonthStats(Answer):
    """What one month brought."""

    month = ma.fields.String(required=True, metadata={"pattern": "^[0-9]{4}-[0-9]{2}$"})
    revenue = _amount()
    tickets_sold = _whole()


class OrganizingStats(Answer):
    """The account's own events."""

    total_events_created = _whole()
    active_events = _whole("Published and not over.")
    past_events = _whole()
    total_tickets_sold = _whole()
    total_revenue = _amount("Tickets sold at their price less discounts.")
    total_attendees = _whole("Valid tickets, those let in among them.")
    average_tickets_per_event = ma.fields.Float(required=True)
    best_selling_event = Nested(BestEvent, required=True, allow_none=True)
    revenue_by_month = Many(MonthStats, required=True, metadata={"description": "The newest first."})


class ActivityAnswer(Answer):
    """One thing that happened."""

    type = ma.fields.String(required=True, metadata={"enum": _ACTIVITIES})
    event_title = ma.fields.String(required=True)
    date = Moment(required=True)
    amount = Amount(metadata={"description": "What was paid, or the price of what was sold."})
    currency = ma.fields.String()


class OtherCurrency(Answer):
    """Sums of another currency, which are never added to the others."""

    currency = ma.fields.String(required=True)
    total_spent = _amount()
    total_revenue = _amount()


class StatsAnswer(Answer):
    """The numbers of the signed-in account. Amounts are in the currency of this API where nothing else is said."""

    user_id = _whole()
    username = ma.fields.String(required=True)
    overview = Nested(StatsOverview, required=True)
    purchasing_stats = Nested(PurchasingStats, required=True)
    organizing_stats = Nested(OrganizingStats, required=True)
    recent_activity = Many(
        ActivityAnswer, required=True, metadata={"description": "The newest first, ten at most."}
    )
    other_currencies = Many(OtherCurrency, required=True)
