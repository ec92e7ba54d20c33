"""What an organizer's events earned, as this surface shows it."""

from __future__ import annotations

from datetime import date
from typing import Any

from easyticket.core.money import Money
from easyticket.queries.balances import Balance
from easyticket.queries.earnings import Revenue
from easyticket.queries.revenue import RevenueReport, Sale, Sums


def revenue_report_shape(report: RevenueReport) -> dict[str, Any]:
    """Return an organizer's revenue with what of it can be paid out."""
    revenue = report.revenue
    return {
        "period": report.period.value,
        **sums_shape(revenue.main),
        "payout_status": payout_status_shape(report.balance, report.next_payout_on),
        "recent_transactions": [_sale_shape(sale) for sale in revenue.latest],
        "other_currencies": [sums_shape(sums) for sums in revenue.others],
    }


def sums_shape(sums: Sums) -> dict[str, Any]:
    """Return what was earned in one currency, by event and by month."""
    total = sums.total
    return {
        "currency": sums.currency,
        "summary": {
            "gross_revenue": total.money(total.gross_minor),
            "platform_fees": total.money(total.fees_minor),
            "net_revenue": total.money(total.net_minor),
            "refunds": total.money(total.refunds_minor),
            "total_tickets_sold": total.tickets,
            "total_events": len(sums.by_event),
            "average_ticket_price": total.average_price,
        },
        "revenue_by_event": [
            {
                "event_id": each.event_id,
                "event_title": each.title,
                "currency": sums.currency,
                **_row_shape(each.revenue),
            }
            for each in sums.by_event
        ],
        "revenue_by_month": [{"month": month, **_row_shape(revenue)} for month, revenue in sums.by_month],
    }


def payout_status_shape(balance: Balance, next_payout_on: date | None) -> dict[str, Any]:
    """Return what can be paid out, now and later; both names that clients know some of it by."""

    def money(minor: int) -> Money:
        return Money(minor, balance.currency)

    return {
        "available_balance": money(balance.payable_minor),
        "pending_balance": money(balance.pending_minor),
        "on_hold_balance": money(balance.on_hold_minor),
        "total_paid_out": money(balance.paid_out_minor),
        "total_earnings": money(balance.earnings_minor),
        "total_withdrawn": money(balance.paid_out_minor),
        "next_payout_date": next_payout_on,
    }


def _row_shape(revenue: Revenue) -> dict[str, Any]:
    return {
        "gross_revenue": revenue.money(revenue.gross_minor),
        "net_revenue": revenue.money(revenue.net_minor),
        "platform_fee": revenue.money(revenue.fees_minor),
        "refunds": revenue.money(revenue.refunds_minor),
        "tickets_sold": revenue.tickets,
    }


def _sale_shape(sale: Sale) -> dict[str, Any]:
    return {
        "date": sale.sold_at,
        "event_title": sale.event_title,
        "ticket_type": sale.ticket_name,
        "quantity": sale.quantity,
        "amount": Money(sale.gross_minor, sale.currency),
        "platform_fee": Money(sale.fee_minor, sale.currency),
        "net_amount": Money(sale.net_minor, sale.currency),
        "currency": sale.currency,
    }
