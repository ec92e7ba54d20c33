"""The numbers of one account, as this surface shows them."""

from __future__ import annotations

from typing import Any

from easyticket.api_v1.shapes.people import username_of
from easyticket.core.money import Money
from easyticket.queries.account_stats import AccountStats, Happening


def stats_shape(stats: AccountStats) -> dict[str, Any]:
    """Return everything about an account."""
    return {
        "user_id": stats.user.id,
        "username": username_of(stats.user),
        "overview": {
            "tickets_purchased": stats.tickets.total - stats.tickets.cancelled,
            "events_organized": stats.events.created,
            "events_attended": stats.events_attended,
            "total_spent": stats.spent[stats.currency],
            "total_revenue": stats.sales.gross(stats.currency),
            "currency": stats.currency,
            "account_age_days": stats.age_days,
            "account_age_display": f"{stats.age_days}d",
        },
        "purchasing_stats": _purchasing_shape(stats),
        "organizing_stats": _organizing_shape(stats),
        "recent_activity": [_activity_shape(each) for each in stats.latest],
        "other_currencies": _other_currencies(stats),
    }


def _purchasing_shape(stats: AccountStats) -> dict[str, Any]:
    tickets = stats.tickets
    return {
        "active_tickets": tickets.active,
        "used_tickets": tickets.used,
        "total_spent": stats.spent[stats.currency],
        "tickets_by_category": [
            {"category": each.category, "count": each.tickets, "total_spent": each.spent}
            for each in stats.by_category
        ],
        "upcoming_events": tickets.upcoming_events,
        "past_events": tickets.past_events,
    }


def _organizing_shape(stats: AccountStats) -> dict[str, Any]:
    events, sales = stats.events, stats.sales
    best = dict(zip(("id", "title", "tickets_sold"), events.best, strict=True)) if events.best else None
    return {
        "total_events_created": events.created,
        "active_events": events.active,
        "past_events": events.past,
        "total_tickets_sold": events.tickets_sold,
        "total_revenue": sales.gross(stats.currency),
        "total_attendees": events.attendees,
        "average_tickets_per_event": events.tickets_each,
        "best_selling_event": best,
        "revenue_by_month": [
            {
                "month": month,
                "revenue": revenue.money(revenue.gross_minor),
                "tickets_sold": revenue.tickets,
            }
            for month, revenue in sales.months.get(stats.currency, ())
        ],
    }


def _activity_shape(happening: Happening) -> dict[str, Any]:
    shape = {
        "type": happening.kind.value,
        "event_title": happening.event_title,
        "date": happening.at,
    }
    if happening.amount is None:
        return shape
    return {**shape, "amount": happening.amount, "currency": happening.amount.currency}


def _other_currencies(stats: AccountStats) -> list[dict[str, Any]]:
    others = sorted({*stats.sales.months, *stats.spent} - {stats.currency})
    return [
        {
            "currency": code,
            "total_spent": stats.spent.get(code, Money(0, code)),
            "total_revenue": stats.sales.gross(code),
        }
        for code in others
    ]
