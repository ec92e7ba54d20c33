"""How one event sells, as its organizer sees it."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from easyticket.http.fields import Amount, Answer, Many, Moment, Nested

_GROSS = "Tickets at their price less discounts; what was refunded later is in it."
ANALYTICS_EXAMPLE: dict[str, Any] = {
    "event_id": 12,
    "event_title": "Night of Drums",
    "event_status": "upcoming",
    "currency": "GHS",
    "overview": {
        "total_tickets": 100,
        "tickets_sold": 3,
        "tickets_held": 2,
        "tickets_remaining": 95,
        "tickets_cancelled": 1,
        "tickets_checked_in": 1,
        "sales_percentage": 3.0,
        "check_in_percentage": 33.33,
        "gross_revenue": "200.00",
        "net_revenue": "150.00",
        "platform_fee": "7.50",
        "platform_fee_percentage": 5.0,
        "average_ticket_price": "50.00",
        "projected_revenue": "4900.00",
    },
    "revenue": {
        "gross": "200.00",
        "refunds": "50.00",
        "fees": "7.50",
        "fees_paid_by_buyers": "7.50",
        "net": "150.00",
        "returned_to_buyers": "52.50",
    },
    "sales_by_ticket_type": [
        {
            "ticket_type_id": 4,
            "ticket_type": "Regular",
            "price": "50.00",
            "tickets_sold": 3,
            "tickets_held": 2,
            "tickets_remaining": 95,
            "total_quantity": 100,
            "revenue": "200.00",
            "percentage_of_total_sales": 100.0,
            "percentage_of_quantity_sold": 3.0,
        }
    ],
    "sales_timeline": [
        {
            "date": "2026-02-01",
            "tickets_sold": 4,
            "revenue": "200.00",
            "cumulative_tickets": 4,
            "cumulative_revenue": "200.00",
        }
    ],
    "sales_by_hour": [{"hour": "14:00", "tickets_sold": 4, "revenue": "200.00"}],
    "check_ins_by_hour": [{"date": "2026-03-01", "hour": "18:00", "check_ins": 1}],
    "conversion": {"orders_held": 5, "orders_open": 1, "orders_paid": 2, "held_to_paid_percentage": 50.0},
    "traffic": {"page_views": 120, "unique_visitors": 80, "conversion_rate": 2.5},
    "recent_sales": [
        {
            "ticket_id": "TKT-20260301-7J2KQ0ABCD",
            "ticket_type": "Regular",
            "amount": "50.00",
            "buyer_name": "Ama Boateng",
            "purchase_date": "2026-02-01T14:10:00Z",
        }
    ],
}


def _whole(description: str = "") -> ma.fields.Integer:
    return ma.fields.Integer(required=True, metadata={"description": description} if description else {})


def _percent(description: str = "") -> ma.fields.Float:
    return ma.fields.Float(required=True, metadata={"description": description} if description else {})


def _hour() -> ma.fields.String:
    return ma.fields.String(
        required=True,
        metadata={"pattern": "^[0-9]{2}:00$", "description": "The hour it began in, in the event's zone."},
    )


class AnalyticsOverview(Answer):
    """The numbers of the whole event as it stands now."""

    total_tickets = _whole("All there are for sale.")
    tickets_sold = _whole("Paid and not given back.")
    tickets_held = _whole("Kept for buyers who have not paid.")
    tickets_remaining = _whole("Left to buy.")
    tickets_cancelled = _whole("Sold, and cancelled or refunded since.")
    tickets_checked_in = _whole()
    sales_percentage = _percent("Of all tickets, those sold.")
    check_in_percentage = _percent("Of the valid tickets, those let in.")
    gross_revenue = Amount(required=True, metadata={"description": _GROSS})
    net_revenue = Amount(required=True, metadata={"description": "What the organizer gets."})
    platform_fee = Amount(required=True, metadata={"description": "What the platform keeps, after refunds."})
    platform_fee_percentage = _percent("Of sales from now on.")
    average_ticket_price = Amount(required=True)
    projected_revenue = Amount(
        required=True, metadata={"description": "Gross less refunds, if all that is left is sold as well."}
    )


class AnalyticsRevenue(Answer):
    """Where the money went: `gross - refunds - (fees - fees_paid_by_buyers) = net`."""

    gross = Amount(required=True, metadata={"description": _GROSS})
    refunds = Amount(required=True, metadata={"description": "What of the gross went back to buyers."})
    fees = Amount(required=True, metadata={"description": "What the platform keeps, after refunds."})
    fees_paid_by_buyers = Amount(
        required=True, metadata={"description": "Of the fees, what buyers paid on top of the price."}
    )
    net = Amount(required=True, metadata={"description": "What the organizer gets."})
    returned_to_buyers = Amount(
        required=True, metadata={"description": "All that went back, with the service fee in it."}
    )


class TypeSales(Answer):
    """What one ticket type sold."""

    ticket_type_id = _whole()
    ticket_type = ma.fields.String(required=True)
    price = Amount(required=True)
    tickets_sold = _whole()
    tickets_held = _whole()
    tickets_remaining = _whole()
    total_quantity = _whole()
    revenue = Amount(required=True, metadata={"description": _GROSS})
    percentage_of_total_sales = _percent("Of all tickets sold, those of this type.")
    percentage_of_quantity_sold = _percent()


class DaySales(Answer):
    """What was sold on one day of the event's zone, and up to then. Days without sales are left out."""

    date = ma.fields.Date(required=True)
    tickets_sold = _whole("Sold on that day, whatever became of them.")
    revenue = Amount(required=True, metadata={"description": _GROSS})
    cumulative_tickets = _whole()
    cumulative_revenue = Amount(required=True)


class HourSales(Answer):
    """What was sold in one hour of the day, on all days together."""

    hour = _hour()
    tickets_sold = _whole()
    revenue = Amount(required=True)


class HourCheckIns(Answer):
    """How many were let in within one hour."""

    date = ma.fields.Date(required=True)
    hour = _hour()
    check_ins = _whole()


class Conversion(Answer):
    """What became of orders that held tickets."""

    orders_held = _whole("All of them.")
    orders_open = _whole("Those that can still be paid.")
    orders_paid = _whole()
    held_to_paid_percentage = _percent("Of those that are not open any more, the paid ones.")


class TrafficAnswer(Answer):
    """Looks at the event's page and at its details by the APIs; a visitor counts once a day."""

    page_views = _whole()
    unique_visitors = _whole()
    conversion_rate = _percent("Paid orders for 100 visitors, 100 at most.")


class RecentSale(Answer):
    """A ticket that was sold."""

    ticket_id = ma.fields.String(required=True, metadata={"description": "The code printed on it."})
    ticket_type = ma.fields.String(required=True)
    amount = Amount(required=True, metadata={"description": "Its price less its discount."})
    buyer_name = ma.fields.String(required=True)
    purchase_date = Moment(required=True)


class AnalyticsAnswer(Answer):
    """How an event sells. Dates and hours are those of the event's zone."""

    event_id = _whole()
    event_title = ma.fields.String(required=True)
    event_status = ma.fields.String(
        required=True, metadata={"enum": ["upcoming", "ongoing", "past", "cancelled"]}
    )
    currency = ma.fields.String(required=True)
    overview = Nested(AnalyticsOverview, required=True)
    revenue = Nested(AnalyticsRevenue, required=True)
    sales_by_ticket_type = Many(TypeSales, required=True)
    sales_timeline = Many(DaySales, required=True)
    sales_by_hour = Many(HourSales, required=True)
    check_ins_by_hour = Many(HourCheckIns, required=True)
    conversion = Nested(Conversion, required=True)
    traffic = Nested(TrafficAnswer, required=True)
    recent_sales = Many(RecentSale, required=True)
