"""What an organizer's events earned."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from easyticket.http.fields import Amount, Answer, ChoiceFilter, Many, Moment, Nested, Query
from easyticket.rules.periods import RevenuePeriod

_PERIODS = [period.value for period in RevenuePeriod]
_ROW: dict[str, Any] = {
    "gross_revenue": "200.00",
    "net_revenue": "150.00",
    "platform_fee": "7.50",
    "refunds": "50.00",
    "tickets_sold": 4,
}
_SUMMARY: dict[str, Any] = {
    "gross_revenue": "200.00",
    "platform_fees": "7.50",
    "net_revenue": "150.00",
    "refunds": "50.00",
    "total_tickets_sold": 4,
    "total_events": 1,
    "average_ticket_price": "50.00",
}
_BY_EVENT = [{"event_id": 12, "event_title": "Night of Drums", "currency": "GHS", **_ROW}]
_BY_MONTH = [{"month": "2026-02", **_ROW}]
REVENUE_EXAMPLE: dict[str, Any] = {
    "period": "all_time",
    "currency": "GHS",
    "summary": _SUMMARY,
    "payout_status": {
        "available_balance": "0.00",
        "pending_balance": "150.00",
        "on_hold_balance": "0.00",
        "total_paid_out": "0.00",
        "total_earnings": "150.00",
        "total_withdrawn": "0.00",
        "next_payout_date": "2026-03-02",
    },
    "revenue_by_event": _BY_EVENT,
    "revenue_by_month": _BY_MONTH,
    "recent_transactions": [
        {
            "date": "2026-02-01T14:10:00Z",
            "event_title": "Night of Drums",
            "ticket_type": "Regular",
            "quantity": 2,
            "amount": "100.00",
            "platform_fee": "5.00",
            "net_amount": "100.00",
            "currency": "GHS",
        }
    ],
    "other_currencies": [
        {
            "currency": "USD",
            "summary": _SUMMARY,
            "revenue_by_event": [{**_BY_EVENT[0], "currency": "USD"}],
            "revenue_by_month": _BY_MONTH,
        }
    ],
}


def _whole(description: str = "") -> ma.fields.Integer:
    return ma.fields.Integer(required=True, metadata={"description": description} if description else {})


def _amount(description: str = "") -> Amount:
    return Amount(required=True, metadata={"description": description} if description else {})


class RevenueQuery(Query):
    """Which sales are asked for."""

    period = ChoiceFilter(
        _PERIODS,
        load_default=RevenuePeriod.ALL_TIME.value,
        metadata={"description": "When they were paid, by months of the site's time zone."},
    )


class RevenueRow(Answer):
    """Money of some sales."""

    gross_revenue = _amount("Tickets at their price less discounts; what was refunded later is in it.")
    net_revenue = _amount("What the organizer gets.")
    platform_fee = _amount("What the platform keeps, after refunds.")
    refunds = _amount("What of the gross went back to buyers.")
    tickets_sold = _whole()


class EventRevenueAnswer(RevenueRow):
    """What one event earned."""

    event_id = _whole()
    event_title = ma.fields.String(required=True)
    currency = ma.fields.String(required=True)


class MonthRevenueAnswer(RevenueRow):
    """What one month earned."""

    month = ma.fields.String(required=True, metadata={"pattern": "^[0-9]{4}-[0-9]{2}$"})


class RevenueSummary(Answer):
    """All sales of the period in one currency."""

    gross_revenue = _amount("Tickets at their price less discounts; what was refunded later is in it.")
    platform_fees = _amount("What the platform keeps, after refunds.")
    net_revenue = _amount("What the organizer gets.")
    refunds = _amount("What of the gross went back to buyers.")
    total_tickets_sold = _whole()
    total_events = _whole("Events that sold something.")
    average_ticket_price = _amount()


class PayoutStatus(Answer):
    """What can be paid out, now and later, whatever the period."""

    available_balance = _amount("Can be paid out now.")
    pending_balance = _amount("Of events that are not over, or sold too short ago.")
    on_hold_balance = _amount("On its way, disputed by buyers, or of cancelled events.")
    total_paid_out = _amount()
    total_earnings = _amount("The organizer's shares of all sales, less refunds.")
    total_withdrawn = _amount("The same as `total_paid_out`.")
    next_payout_date = ma.fields.Date(
        required=True,
        allow_none=True,
        metadata={
            "description": "When the next of the pending money can be paid out; null where none waits."
        },
    )


class Transaction(Answer):
    """Tickets of one type in one order, as they were sold."""

    date = Moment(required=True)
    event_title = ma.fields.String(required=True)
    ticket_type = ma.fields.String(required=True)
    quantity = _whole()
    amount = _amount("Their price less discounts.")
    platform_fee = _amount("The platform's part, whoever bears it.")
    net_amount = _amount()
    currency = ma.fields.String(required=True)


class CurrencyRevenue(Answer):
    """The same in another currency; amounts of different ones are never added."""

    currency = ma.fields.String(required=True)
    summary = Nested(RevenueSummary, required=True)
    revenue_by_event = Many(EventRevenueAnswer, required=True)
    revenue_by_month = Many(MonthRevenueAnswer, required=True)


class RevenueAnswer(Answer):
    """What the events of the signed-in account earned."""

    period = ma.fields.String(required=True, metadata={"enum": _PERIODS})
    currency = ma.fields.String(required=True)
    summary = Nested(RevenueSummary, required=True)
    payout_status = Nested(PayoutStatus, required=True)
    revenue_by_event = Many(EventRevenueAnswer, required=True)
    revenue_by_month = Many(MonthRevenueAnswer, required=True, metadata={"description": "The newest first."})
    recent_transactions = Many(Transaction, required=True)
    other_currencies = Many(CurrencyRevenue, required=True)
