"""What the first screens of the desk show, written out: sentences, bars, columns of days, and money cards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_date
from flask import url_for

from easyticket.core.money import Money
from easyticket.queries.desk import Desk, EventDesk
from easyticket.queries.desk_money import MoneyCard
from easyticket.queries.desk_sales import SalesByDay
from easyticket.rules.desk_tasks import TaskKind
from easyticket.rules.pace import Pace, two_weeks
from easyticket.rules.permissions import Actor
from easyticket.rules.wording import LOCALE, day_text, sum_text
from easyticket.web.views.desk_tasks import TaskList, task_list
from easyticket.web.views.organizer import (
    EventOverview,
    EventRow,
    StockBar,
    bar_of,
    event_overview,
    event_rows,
    sales_sentence,
)

_EVENTS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class DayColumn:
    """One day of the chart: its date in full and short, what was sold in words, and its height in percent of the highest."""

    name: str
    short: str
    tickets: str
    amounts: str
    percent: int


@dataclass(frozen=True, slots=True)
class DayChart:
    """Thirty days; `columns` is empty where nothing was sold on any of them. `top` is what the highest column stands for."""

    columns: Sequence[DayColumn]
    sentence: str
    top: str
    has_door_sales: bool


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """One line of a money card; `kind` is `sum` for what is drawn off, `part` for what the one before consists of."""

    name: str
    amount: str
    note: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class MoneyPanel:
    """The money of one currency, line by line, and what orders and ledger disagree about."""

    currency: str
    lines: Sequence[MoneyLine]
    difference: str
    is_right: bool
    ask_url: str


@dataclass(frozen=True, slots=True)
class PaceView:
    """How an event sells beside an earlier one: a sentence and two bars."""

    sentence: str
    rows: Sequence[Mapping[str, object]]
    url: str


@dataclass(frozen=True, slots=True)
class DeskPage:
    """The first screen over all events."""

    sentence: str
    bar: StockBar | None
    tasks: TaskList
    events: Sequence[EventRow]
    more_events: int
    chart: DayChart
    money: Sequence[MoneyPanel]
    has_events: bool
    # What it says where not all events are looked at.
    limit: str
    pulse: str


@dataclass(frozen=True, slots=True)
class EventDeskPage:
    """The first screen of one event."""

    event: EventOverview
    bar: StockBar | None
    tasks: TaskList
    chart: DayChart
    pace: PaceView | None
    money: Sequence[MoneyPanel]
    pulse: str


def desk_page(desk: Desk, actor: Actor, now: datetime) -> DeskPage:
    """Return the first screen over all events."""
    return DeskPage(
        sentence=_desk_sentence(desk),
        bar=bar_of(desk.stock) if desk.stock.capacity else None,
        tasks=task_list(desk.tasks, actor, now, is_of_one=False),
        events=event_rows(desk.selling[:_EVENTS_SHOWN], actor, now),
        more_events=max(len(desk.selling) - _EVENTS_SHOWN, 0),
        chart=day_chart(desk.sales),
        money=[_money_panel(card) for card in desk.money],
        has_events=desk.has_events,
        limit=_limit_sentence(desk.most_events),
        pulse=desk.pulse,
    )


def event_desk_page(desk: EventDesk, actor: Actor, now: datetime) -> EventDeskPage:
    """Return the first screen of one event."""
    event, stock = desk.own.event, desk.own.stock
    return EventDeskPage(
        event=event_overview(
            event, stock, desk.own.earned, desk.stocks, desk.inside, now, has_traces=desk.has_traces
        ),
        bar=bar_of(stock) if stock.capacity else None,
        # Over a draft's page stands the button that publishes it.
        tasks=task_list(
            [task for task in desk.tasks if task.kind is not TaskKind.PUBLISH_DRAFT],
            actor,
            now,
            is_of_one=True,
        ),
        chart=day_chart(desk.sales),
        pace=_pace_view(desk.pace, event.title, now) if desk.pace else None,
        money=[_money_panel(card) for card in desk.money],
        pulse=desk.pulse,
    )


def day_chart(sales: SalesByDay) -> DayChart:
    """Return the columns of thirty days: the highest is the best day, and what was sold shows, be it little."""
    sold, best = sales.sold, max(sales.tickets.values(), default=0)
    columns = [_day_column(day_on, sales, best) for day_on in sales.days] if sold else []
    last, before = two_weeks(sales.tickets, sales.days)
    return DayChart(
        columns=columns,
        sentence=f"{_tickets(last)} in the last 7 days, {before:,} in the 7 days before.",
        top=f"{best:,}",
        has_door_sales=any(each.at_the_door for each in sold.values()),
    )


def _day_column(day_on: date, sales: SalesByDay, best: int) -> DayColumn:
    found = sales.sold.get(day_on)
    tickets = found.tickets if found else 0
    amounts = [sum_text(amount) for amount in _sorted(found.amounts if found else {})]
    amounts += [f"{sum_text(amount)} at the door" for amount in _sorted(found.at_the_door if found else {})]
    return DayColumn(
        name=day_text(day_on),
        short=format_date(day_on, "d MMM", locale=LOCALE),
        tickets=f"{tickets:,}",
        amounts=", ".join(amounts),
        percent=max(tickets * 100 // best, 2) if tickets else 0,
    )


def _sorted(amounts: Mapping[str, Money]) -> Iterable[Money]:
    return (amounts[currency] for currency in sorted(amounts))


def _desk_sentence(desk: Desk) -> str:
    count = len(desk.selling)
    if not count:
        return "No event of yours is on sale now"
    sold = sales_sentence(desk.stock, *desk.earned)
    return f"{sold}, by the event on sale" if count == 1 else f"{sold}, by the {count:,} events on sale"


def _limit_sentence(most_events: int) -> str:
    if not most_events:
        return ""
    return f"These are your {most_events:,} soonest events. The others join them as they come nearer."


def _tickets(count: int) -> str:
    return "1 ticket" if count == 1 else f"{count:,} tickets"


def _pace_view(pace: Pace, title: str, now: datetime) -> PaceView:
    more = pace.sold - pace.other_sold
    compared = "as many as" if not more else f"{abs(more):,} {'more' if more > 0 else 'fewer'} than"
    highest = max(pace.sold, pace.other_total, 1)
    return PaceView(
        sentence=f"{_tickets(pace.sold)} sold, {compared} “{pace.other.title}” at the same distance from its beginning.",
        rows=[
            {"name": title, "text": f"{pace.sold:,}", "percent": pace.sold * 100 // highest},
            {
                "name": f"{pace.other.title}, then",
                "text": f"{pace.other_sold:,}",
                "percent": pace.other_sold * 100 // highest,
            },
            {
                "name": f"{pace.other.title}, {'in the end' if pace.other.end_at <= now else 'so far'}",
                "text": f"{pace.other_total:,}",
                "percent": pace.other_total * 100 // highest,
            },
        ],
        url=url_for("organizer.event", slug=pace.other.slug),
    )


def _money_panel(card: MoneyCard) -> MoneyPanel:
    def text(minor: int) -> str:
        return sum_text(Money(minor, card.currency))

    if _is_of_checks_only(card):
        return _money_panel_of(card, [_checks_line(card)])
    lines = [
        MoneyLine("Sold", text(card.sold_minor), "What buyers paid, with all fees."),
        MoneyLine("Returned", text(-card.returned_minor)),
        MoneyLine("Service fees", text(-card.fees_minor)),
    ]
    balance = card.balance
    if balance is not None and balance.fees_minor:
        lines.append(_checks_line(card))
    checked = balance.fees_minor if balance is not None else 0
    lines.append(MoneyLine("Yours", text(card.earned_minor - checked), kind="sum"))
    if card.tax_minor:
        lines.append(MoneyLine("Tax in it", text(card.tax_minor), "As your receipts name it.", "part"))
    if balance is not None:
        to_come = balance.pending_minor + balance.on_hold_minor
        lines += [
            MoneyLine("Can be paid out", text(balance.available_minor), kind="part"),
            MoneyLine("To be paid out later", text(to_come), kind="part"),
            MoneyLine("Paid out", text(balance.paid_out_minor), kind="part"),
        ]
    if card.at_the_door_minor:
        lines.append(
            MoneyLine("Cash at the door", text(card.at_the_door_minor), "Yours already: no part of the rest.")
        )
    return _money_panel_of(card, lines)


def _money_panel_of(card: MoneyCard, lines: Sequence[MoneyLine]) -> MoneyPanel:
    return MoneyPanel(
        currency=card.currency,
        lines=lines,
        difference=sum_text(Money(card.difference_minor, card.currency)),
        is_right=card.difference_minor == 0,
        ask_url=url_for("organizer.money"),
    )


def _checks_line(card: MoneyCard) -> MoneyLine:
    minor = card.balance.fees_minor if card.balance is not None else 0
    note = f"Comes off what you earn in {card.currency}." if _is_of_checks_only(card) else ""
    return MoneyLine("Checks of accounts", sum_text(Money(-minor, card.currency)), note)


def _is_of_checks_only(card: MoneyCard) -> bool:
    """Tell whether nothing was ever sold or paid in this currency: only accounts were checked."""
    balance = card.balance
    if balance is None or card.orders or card.at_the_door_minor:
        return False
    return bool(balance.fees_minor) and not balance.earnings_minor and not balance.paid_out_minor
