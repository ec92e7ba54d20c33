"""What an organizer has to see to, in words: a sentence, what it means, and the one button that does something about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import url_for

from easyticket.models import Event, PricingType, TicketType
from easyticket.rules.desk_tasks import Task, TaskKind
from easyticket.rules.payment_accounts import account_line, account_needed
from easyticket.rules.permissions import Actor, Permission, may
from easyticket.rules.schedule import day_in
from easyticket.rules.wording import (
    clock_text,
    currency_text,
    day_text,
    moment_text,
    sum_text,
    zone_text,
)

_SHOWN = 6


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task. `where` names the event where several stand in the list; `fields` are there where the button posts, and the
    address is empty where the button is not this person's."""

    title: str
    text: str
    tone: str
    button: str
    url: str
    where: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    is_post: bool = False


@dataclass(frozen=True, slots=True)
class TaskList:
    """The tasks that are shown at once, and those behind a disclosure."""

    first: Sequence[TaskRow]
    more: Sequence[TaskRow]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.first) + len(self.more)


def task_list(tasks: Sequence[Task], actor: Actor, now: datetime, *, is_of_one: bool) -> TaskList:
    """Return tasks as they are shown; `is_of_one`: they all are of the event whose page it is."""
    rows = [_row(task, actor, now, is_of_one=is_of_one) for task in tasks]
    return TaskList(rows[:_SHOWN], rows[_SHOWN:])


def _row(task: Task, actor: Actor, now: datetime, *, is_of_one: bool) -> TaskRow:
    row = _WORDS[task.kind](task, actor, now)
    where = task.event.title if task.event is not None and not is_of_one else ""
    return TaskRow(row.title, row.text, row.tone, row.button, row.url, where, row.fields, row.is_post)


def _taken_down(task: Task, _actor: Actor, _now: datetime) -> TaskRow:
    event = _event(task)
    text = f"{event.takedown_reason} Nobody but you sees it and nothing of it is sold.".strip()
    url = url_for("organizer.edit_event", slug=event.slug)
    return TaskRow("The people who run this site took it down", text, "stop", "Change the event", url)


def _dispute(task: Task, _actor: Actor, _now: datetime) -> TaskRow:
    until = f" Answer by {_day(task)}." if task.due_at else ""
    return TaskRow(
        f"A buyer disputes {_amount(task)}",
        f"Order {task.order_number}. Their bank has asked for the money back.{until}",
        "stop",
        "See the order",
        _order_url(task),
    )


def _refund_failed(task: Task, _actor: Actor, _now: datetime) -> TaskRow:
    return TaskRow(
        f"{_amount(task)} did not go back to its buyer",
        f"Order {task.order_number}. Send it once more, or return it another way.",
        "stop",
        "See the order",
        _order_url(task),
    )


def _open_gate(task: Task, actor: Actor, now: datetime) -> TaskRow:
    event = _event(task)
    has_begun = event.start_at <= now
    title = "It has begun, and nobody was let in yet" if has_begun else f"It begins {_soon(event, now)}"
    url = url_for("gate.page", slug=event.slug) if may(actor, Permission.SCAN_TICKETS, event) else ""
    text = "Open the gate on the phone that will scan, and let it use the camera once."
    return TaskRow(title, text, "warn", "Open the gate", url)


def _verify_address(_task: Task, actor: Actor, _now: datetime) -> TaskRow:
    text = "Open the mail we sent you and press the button behind its link. Until then you cannot publish."
    return TaskRow(
        "Verify your e-mail address",
        text,
        "warn",
        "Send the mail again",
        url_for("account.resend"),
        fields={"email": actor.email},
        is_post=True,
    )


def _correct_account(task: Task, actor: Actor, _now: datetime) -> TaskRow:
    profile = task.profile
    if profile is None:
        raise ValueError("this task is about an account")
    reason = profile.failure_reason or "It could not be verified"
    is_theirs = may(actor, Permission.EDIT_PAYMENT_PROFILE, profile)
    url = url_for("organizer.edit_account", uuid=profile.uuid) if is_theirs else ""
    title = f"{profile.name} was not accepted"
    return TaskRow(title, f"{account_line(profile)}. {reason}.", "warn", "Correct it", url)


def _add_account(task: Task, actor: Actor, _now: datetime) -> TaskRow:
    is_theirs = may(actor, Permission.EDIT_PAYMENT_PROFILE)
    if task.amount is not None:
        currency = task.amount.currency
        url = url_for("organizer.ask_for_payout", currency=currency) if is_theirs else ""
        text = f"{_amount(task)} waits for it. {account_needed(currency)}"
        return TaskRow(f"Add an account for {currency_text(currency)}", text, "warn", "Add an account", url)
    url = url_for("organizer.money") if is_theirs else ""
    text = "It is checked first, so add it before you need it."
    return TaskRow("Say where your money should go", text, "warn", "Add an account", url)


def _nothing_on_sale(task: Task, _actor: Actor, now: datetime) -> TaskRow:
    event = _event(task)
    text = f"It begins {_soon(event, now)} and nobody can buy a ticket."
    url = url_for("organizer.ticket_types", slug=event.slug)
    if event.pricing_type is PricingType.SIMPLE and not event.ticket_types:
        return TaskRow("Nothing is on sale", text, "warn", "Add a ticket type", _new_type_url(event))
    return TaskRow("Nothing is on sale", text, "warn", "See the tickets", url)


def _nothing_sold(task: Task, _actor: Actor, now: datetime) -> TaskRow:
    event = _event(task)
    text = "Send its address to the people who should come."
    url = url_for("events.page", slug=event.slug)
    return TaskRow(f"Nothing is sold, and it begins {_soon(event, now)}", text, "warn", "Open its page", url)


def _sale_ends(task: Task, _actor: Actor, _now: datetime) -> TaskRow:
    event, kind = _event(task), _type(task)
    text = f"Its sale ends on {_moment(task)}."
    return TaskRow(f"Nobody has bought “{kind.name}”", text, "warn", "Look at it", _type_url(event, kind))


def _sale_begins(task: Task, _actor: Actor, _now: datetime) -> TaskRow:
    event, kind = _event(task), _type(task)
    text = f"On {_moment(task)}. Look at the page as buyers will see it."
    url = url_for("events.page", slug=event.slug)
    return TaskRow(f"The sale of “{kind.name}” begins soon", text, "", "See the page", url)


def _sold_out(task: Task, _actor: Actor, _now: datetime) -> TaskRow:
    event = _event(task)
    url = url_for("organizer.ticket_types", slug=event.slug)
    return TaskRow(
        "Everything is sold", "If there is more room, offer more tickets.", "good", "See the tickets", url
    )


def _all_held(task: Task, _actor: Actor, _now: datetime) -> TaskRow:
    event = _event(task)
    url = url_for("organizer.ticket_types", slug=event.slug)
    text = "The last tickets are being paid for. What is not paid in time is on sale again."
    return TaskRow("Nothing is left at the moment", text, "good", "See the tickets", url)


def _publish_draft(task: Task, actor: Actor, _now: datetime) -> TaskRow:
    event = _event(task)
    is_theirs = may(actor, Permission.PUBLISH_EVENT, event)
    url = url_for("organizer.publish", slug=event.slug) if is_theirs else ""
    text = f"{day_text(event.start_at, event.time_zone)}. It has tickets, and only you see it."
    return TaskRow("A draft is ready", text, "", "Publish it", url, is_post=True)


def _finish_draft(task: Task, _actor: Actor, _now: datetime) -> TaskRow:
    event = _event(task)
    url = url_for("organizer.event", slug=event.slug)
    if event.pricing_type is PricingType.SIMPLE:
        url = _new_type_url(event)
    return TaskRow(
        "A draft has no tickets yet", "Say what one costs and how many there are.", "", "Add tickets", url
    )


def _move_draft(task: Task, _actor: Actor, _now: datetime) -> TaskRow:
    event = _event(task)
    url = url_for("organizer.edit_event", slug=event.slug)
    return TaskRow("Its date has passed", "Change it before you publish.", "", "Change the date", url)


def _ask_for_payout(task: Task, actor: Actor, _now: datetime) -> TaskRow:
    currency = task.amount.currency if task.amount else ""
    is_theirs = may(actor, Permission.REQUEST_PAYOUT)
    url = url_for("organizer.ask_for_payout", currency=currency) if is_theirs else ""
    title = f"{_amount(task)} can be paid out"
    return TaskRow(title, "It goes to your verified account.", "good", "Ask for it", url)


_WORDS: dict[TaskKind, Callable[[Task, Actor, datetime], TaskRow]] = {
    TaskKind.TAKEN_DOWN: _taken_down,
    TaskKind.DISPUTE: _dispute,
    TaskKind.REFUND_FAILED: _refund_failed,
    TaskKind.OPEN_GATE: _open_gate,
    TaskKind.VERIFY_ADDRESS: _verify_address,
    TaskKind.CORRECT_ACCOUNT: _correct_account,
    TaskKind.ADD_ACCOUNT: _add_account,
    TaskKind.NOTHING_ON_SALE: _nothing_on_sale,
    TaskKind.NOTHING_SOLD: _nothing_sold,
    TaskKind.SALE_ENDS: _sale_ends,
    TaskKind.SALE_BEGINS: _sale_begins,
    TaskKind.SOLD_OUT: _sold_out,
    TaskKind.ALL_HELD: _all_held,
    TaskKind.PUBLISH_DRAFT: _publish_draft,
    TaskKind.FINISH_DRAFT: _finish_draft,
    TaskKind.MOVE_DRAFT: _move_draft,
    TaskKind.ASK_FOR_PAYOUT: _ask_for_payout,
}


def _event(task: Task) -> Event:
    if task.event is None:
        raise ValueError("this task is about an event")
    return task.event


def _type(task: Task) -> TicketType:
    if task.ticket_type is None:
        raise ValueError("this task is about a ticket type")
    return task.ticket_type


def _amount(task: Task) -> str:
    return sum_text(task.amount) if task.amount else ""


def _day(task: Task) -> str:
    return day_text(task.due_at, _event(task).time_zone) if task.due_at else ""


def _moment(task: Task) -> str:
    return moment_text(task.due_at, _event(task).time_zone) if task.due_at else ""


def _order_url(task: Task) -> str:
    return url_for("organizer.order", number=task.order_number)


def _new_type_url(event: Event) -> str:
    return url_for("organizer.new_ticket_type", slug=event.slug)


def _type_url(event: Event, kind: TicketType) -> str:
    if event.pricing_type is not PricingType.SIMPLE:
        return url_for("organizer.ticket_types", slug=event.slug)
    return url_for("organizer.ticket_type", slug=event.slug, ticket_type_uuid=kind.uuid)


def _soon(event: Event, now: datetime) -> str:
    """Return when it begins as seen from now, for example "today at 18:00 GMT" or "on Sat 12 December 2026"."""
    zone, start_at = event.time_zone, event.start_at
    days = (day_in(zone, start_at) - day_in(zone, now)).days
    if days > 1:
        return f"on {day_text(start_at, zone)}"
    return f"{'tomorrow' if days else 'today'} at {clock_text(start_at, zone)} {zone_text(start_at, zone)}"
