"""The lists of the desk to take away, as CSV or XLSX: what their pages show of what was looked for, all pages of it."""

from __future__ import annotations

from flask import current_app, request
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, organizer_only, signed_in
from easyticket.http.downloads import exports_limited
from easyticket.models import Event
from easyticket.queries.attendees import each_attendee
from easyticket.queries.changes import list_event_changes
from easyticket.queries.exported_orders import each_order
from easyticket.queries.organizer import OwnEvents, get_own_event, list_own_events
from easyticket.queries.payment_profiles import list_payment_profiles
from easyticket.queries.sold_orders import list_sold_orders
from easyticket.queries.streams import each_item
from easyticket.queries.withdrawals import list_withdrawals
from easyticket.rules.permissions import Permission
from easyticket.web.exported import KIND, list_answer
from easyticket.web.forms.attendees import read_attendees_search
from easyticket.web.forms.changes import read_changes_form
from easyticket.web.forms.sold_orders import read_sold_orders_search
from easyticket.web.organizer import blueprint
from easyticket.web.tables.accounts import own_account_columns
from easyticket.web.tables.attendees import attendee_columns
from easyticket.web.tables.changes import change_columns
from easyticket.web.tables.events import own_event_columns
from easyticket.web.tables.orders import order_columns
from easyticket.web.tables.payouts import payout_columns


@blueprint.get(f"/events.{KIND}")
@organizer_only
@exports_limited
def events_file(kind: str) -> ResponseReturnValue:
    """Give the organizer's events as a file."""
    actor, now = current_actor(), clock.now()
    which = request.args.get("which", OwnEvents.ALL, type=OwnEvents)
    wanted = request.args.get("q", "")[:100]
    return list_answer(
        "events",
        kind,
        own_event_columns(now),
        lambda: each_item(
            lambda page, per_page: list_own_events(
                actor, now, which=which, wanted=wanted, page=page, per_page=per_page
            )
        ),
        Permission.SEE_MONEY,
    )


@blueprint.get(f"/orders.{KIND}")
@organizer_only
@exports_limited
def all_orders_file(kind: str) -> ResponseReturnValue:
    """Give the orders of all of an organizer's events as a file."""
    return _orders_answer(None, kind, current_app.config["SETTINGS"].default_time_zone)


@blueprint.get(f"/events/<slug>/orders.{KIND}")
@signed_in
@exports_limited
def orders_file(slug: str, kind: str) -> ResponseReturnValue:
    """Give the orders of an event as a file."""
    event = get_own_event(current_actor(), slug)
    return _orders_answer(event, kind, event.time_zone)


@blueprint.get(f"/events/<slug>/attendees.{KIND}")
@signed_in
@exports_limited
def attendees_file(slug: str, kind: str) -> ResponseReturnValue:
    """Give the people who come to an event as a file."""
    actor, now = current_actor(), clock.now()
    event = get_own_event(actor, slug)
    search = read_attendees_search(request.args, event)
    return list_answer(
        "attendees",
        kind,
        attendee_columns(event),
        lambda: each_attendee(actor, event, search.filters, ordering=search.ordering, now=now),
        Permission.SEE_SALES,
        event,
        suffix=f"-{slug}",
    )


@blueprint.get(f"/events/<slug>/history.{KIND}")
@signed_in
@exports_limited
def history_file(slug: str, kind: str) -> ResponseReturnValue:
    """Give what was changed in an event as a file."""
    actor = current_actor()
    event = get_own_event(actor, slug)
    filters = read_changes_form(request.args, zone=event.time_zone).filters
    return list_answer(
        "history",
        kind,
        change_columns(actor, event.time_zone),
        lambda: each_item(
            lambda page, per_page: list_event_changes(actor, event, filters, page=page, per_page=per_page)
        ),
        Permission.SEE_SALES,
        event,
        suffix=f"-{slug}",
    )


@blueprint.get(f"/money/payouts.{KIND}")
@organizer_only
@exports_limited
def payouts_file(kind: str) -> ResponseReturnValue:
    """Give the organizer's payouts as a file."""
    actor = current_actor()
    return list_answer(
        "payouts",
        kind,
        payout_columns(current_app.config["SETTINGS"].default_time_zone),
        lambda: each_item(lambda page, per_page: list_withdrawals(actor, page=page, per_page=per_page)),
        Permission.SEE_MONEY,
    )


@blueprint.get(f"/money/accounts.{KIND}")
@organizer_only
@exports_limited
def accounts_file(kind: str) -> ResponseReturnValue:
    """Give the accounts an organizer is paid to as a file."""
    actor = current_actor()
    return list_answer(
        "accounts",
        kind,
        own_account_columns(current_app.config["SETTINGS"].default_time_zone),
        lambda: list_payment_profiles(actor),
        Permission.SEE_MONEY,
    )


def _orders_answer(event: Event | None, kind: str, zone: str) -> ResponseReturnValue:
    actor, now = current_actor(), clock.now()
    search = read_sold_orders_search(request.args, zone)
    return list_answer(
        "orders",
        kind,
        order_columns(now),
        lambda: each_order(
            lambda page, per_page: list_sold_orders(
                actor,
                event,
                search.filters,
                ordering=search.ordering,
                page=page,
                per_page=per_page,
                now=now,
            )
        ),
        Permission.SEE_SALES if event else Permission.SEE_MONEY,
        event,
        suffix=f"-{event.slug}" if event else "",
    )
