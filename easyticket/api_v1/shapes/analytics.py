"""How one event sells, as this surface shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from easyticket.api_v1.shapes.events import event_status
from easyticket.queries.earnings import Revenue
from easyticket.queries.event_sales import EventSales, OfferSales, OrderCounts, Sold
from easyticket.queries.traffic import Traffic
from easyticket.rules.percentages import percentage


def analytics_shape(sales: EventSales, now: datetime) -> dict[str, Any]:
    """Return everything about an event's sales."""
    event, revenue = sales.event, sales.revenue
    return {
        "event_id": event.id,
        "event_title": event.title,
        "event_status": event_status(event, now),
        "currency": event.currency,
        "overview": _overview_shape(sales),
        "revenue": revenue_shape(revenue),
        "sales_by_ticket_type": [_type_shape(each, sales) for each in sales.offers],
        "sales_timeline": list(_timeline(sales.by_day, revenue)),
        "sales_by_hour": [
            {
                "hour": f"{hour:02}:00",
                "tickets_sold": sold.tickets,
                "revenue": revenue.money(sold.gross_minor),
            }
            for hour, sold in sales.by_hour
        ],
        "check_ins_by_hour": [
            {"date": day_on, "hour": f"{hour:02}:00", "check_ins": count}
            for day_on, hour, count in sales.check_ins
        ],
        "conversion": conversion_shape(sales.orders),
        "traffic": traffic_shape(sales.traffic, sales.orders.paid),
        "recent_sales": [
            {
                "ticket_id": sale.ticket.code,
                "ticket_type": sale.ticket.full_name,
                "amount": sale.amount,
                "buyer_name": sale.ticket.order.buyer_name,
                "purchase_date": sale.ticket.created_at,
            }
            for sale in sales.latest
        ],
    }


def revenue_shape(revenue: Revenue) -> dict[str, Any]:
    """Return where the money went."""
    return {
        "gross": revenue.money(revenue.gross_minor),
        "refunds": revenue.money(revenue.refunds_minor),
        "fees": revenue.money(revenue.fees_minor),
        "fees_paid_by_buyers": revenue.money(revenue.fees_on_top_minor),
        "net": revenue.money(revenue.net_minor),
        "returned_to_buyers": revenue.money(revenue.returned_minor),
    }


def traffic_shape(traffic: Traffic, paid_orders: int) -> dict[str, Any]:
    """Return how often an event was looked at."""
    return {
        "page_views": traffic.views,
        "unique_visitors": traffic.visitors,
        "conversion_rate": traffic.conversion_rate(paid_orders),
    }


def conversion_shape(orders: OrderCounts) -> dict[str, Any]:
    """Return what became of orders that held tickets."""
    return {
        "orders_held": orders.held,
        "orders_open": orders.still_open,
        "orders_paid": orders.paid,
        "held_to_paid_percentage": percentage(orders.paid, orders.ended),
    }


def _overview_shape(sales: EventSales) -> dict[str, Any]:
    stock, tickets, revenue = sales.stock, sales.tickets, sales.revenue
    total = stock.capacity or 0
    return {
        "total_tickets": total,
        "tickets_sold": stock.sold,
        "tickets_held": stock.held,
        "tickets_remaining": stock.left or 0,
        "tickets_cancelled": tickets.cancelled,
        "tickets_checked_in": tickets.checked_in,
        "sales_percentage": percentage(stock.sold, total),
        "check_in_percentage": percentage(tickets.checked_in, tickets.valid),
        "gross_revenue": revenue.money(revenue.gross_minor),
        "net_revenue": revenue.money(revenue.net_minor),
        "platform_fee": revenue.money(revenue.fees_minor),
        "platform_fee_percentage": sales.fee_basis_points / 100,
        "average_ticket_price": revenue.average_price,
        "projected_revenue": revenue.money(sales.projected_minor),
    }


def _type_shape(each: OfferSales, sales: EventSales) -> dict[str, Any]:
    stock, revenue = each.stock, sales.revenue
    return {
        "ticket_type_id": stock.offer.id,
        "ticket_type": stock.offer.full_name,
        "price": revenue.money(stock.offer.price_minor),
        "tickets_sold": stock.sold,
        "tickets_held": stock.held,
        "tickets_remaining": stock.left,
        "total_quantity": each.quantity,
        "revenue": revenue.money(each.sold.gross_minor),
        "percentage_of_total_sales": percentage(stock.sold, sales.stock.sold),
        "percentage_of_quantity_sold": percentage(stock.sold, each.quantity),
    }


def _timeline(by_day: Sequence[tuple[date, Sold]], revenue: Revenue) -> Iterator[dict[str, Any]]:
    so_far = Sold()
    for day_on, sold in by_day:
        so_far += sold
        yield {
            "date": day_on,
            "tickets_sold": sold.tickets,
            "revenue": revenue.money(sold.gross_minor),
            "cumulative_tickets": so_far.tickets,
            "cumulative_revenue": revenue.money(so_far.gross_minor),
        }
