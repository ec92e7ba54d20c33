"""The lists of the administration to take away, as CSV or XLSX: what their pages show of what was looked for, all pages."""

from __future__ import annotations

from flask import current_app, request
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, staff_only
from easyticket.http.downloads import exports_limited
from easyticket.queries.all_events import EventKind, list_all_events
from easyticket.queries.all_orders import list_all_orders
from easyticket.queries.categories import list_categories
from easyticket.queries.changes import list_all_changes
from easyticket.queries.event_fees import list_events_by_fee
from easyticket.queries.exported_orders import each_order
from easyticket.queries.people import PeopleKind, list_people
from easyticket.queries.provider_events import list_last_received, list_provider_events
from easyticket.queries.streams import each_item
from easyticket.rules.permissions import Permission
from easyticket.web.admin import blueprint
from easyticket.web.exported import KIND, list_answer
from easyticket.web.forms.admin_lists import read_list_search
from easyticket.web.forms.changes import read_changes_form
from easyticket.web.tables.categories import CATEGORY_COLUMNS
from easyticket.web.tables.changes import change_columns
from easyticket.web.tables.events import any_event_columns
from easyticket.web.tables.fees import FEE_COLUMNS
from easyticket.web.tables.machinery import webhook_columns
from easyticket.web.tables.orders import order_columns
from easyticket.web.tables.people import PERSON_COLUMNS
from easyticket.web.views.admin_system import UNHANDLED, webhook_kinds


@blueprint.get(f"/people.{KIND}")
@staff_only
@exports_limited
def people_file(kind: str) -> ResponseReturnValue:
    """Give the accounts that were looked for as a file."""
    search = read_list_search(request.args, list(PeopleKind))
    return _people_answer("people", kind, search.words, PeopleKind(search.kind or PeopleKind.ALL))


@blueprint.get(f"/organizers.{KIND}")
@staff_only
@exports_limited
def organizers_file(kind: str) -> ResponseReturnValue:
    """Give the organizers that were looked for as a file."""
    return _people_answer("organizers", kind, read_list_search(request.args).words, PeopleKind.ORGANIZERS)


@blueprint.get(f"/events.{KIND}")
@staff_only
@exports_limited
def events_file(kind: str) -> ResponseReturnValue:
    """Give the events that were looked for as a file."""
    actor, now = current_actor(), clock.now()
    search = read_list_search(request.args, list(EventKind))
    which = EventKind(search.kind or EventKind.ALL)
    return list_answer(
        "events",
        kind,
        any_event_columns(now),
        lambda: each_item(
            lambda page, per_page: list_all_events(
                actor, search.words, which, page=page, per_page=per_page, now=now
            )
        ),
        Permission.TAKE_DOWN_EVENT,
    )


@blueprint.get(f"/orders.{KIND}")
@staff_only
@exports_limited
def orders_file(kind: str) -> ResponseReturnValue:
    """Give the orders that were looked for as a file."""
    actor, words = current_actor(), read_list_search(request.args).words
    return list_answer(
        "orders",
        kind,
        order_columns(clock.now()),
        lambda: each_order(
            lambda page, per_page: list_all_orders(actor, words, page=page, per_page=per_page)
        ),
        Permission.RUN_SITE,
    )


@blueprint.get(f"/changes.{KIND}")
@staff_only
@exports_limited
def changes_file(kind: str) -> ResponseReturnValue:
    """Give what was changed anywhere as a file."""
    actor = current_actor()
    filters = read_changes_form(request.args, zone="UTC").filters
    return list_answer(
        "changes",
        kind,
        change_columns(actor, "UTC"),
        lambda: each_item(
            lambda page, per_page: list_all_changes(actor, filters, page=page, per_page=per_page)
        ),
        Permission.RUN_SITE,
    )


@blueprint.get(f"/categories.{KIND}")
@staff_only
@exports_limited
def categories_file(kind: str) -> ResponseReturnValue:
    """Give all categories as a file."""
    now = clock.now()
    return list_answer(
        "categories",
        kind,
        CATEGORY_COLUMNS,
        lambda: list_categories(now, include_inactive=True),
        Permission.EDIT_CATEGORIES,
    )


@blueprint.get(f"/fees.{KIND}")
@staff_only
@exports_limited
def fees_file(kind: str) -> ResponseReturnValue:
    """Give the events with a fee of their own, or those that were looked for, as a file."""
    actor, words = current_actor(), read_list_search(request.args).words
    return list_answer(
        "fees",
        kind,
        FEE_COLUMNS,
        lambda: each_item(
            lambda page, per_page: list_events_by_fee(actor, words, page=page, per_page=per_page)
        ),
        Permission.SET_EVENT_FEE,
    )


@blueprint.get(f"/webhooks.{KIND}")
@staff_only
@exports_limited
def webhooks_file(kind: str) -> ResponseReturnValue:
    """Give the webhooks that were looked for as a file, without what is in them."""
    actor = current_actor()
    kinds = webhook_kinds([provider for provider, _ in list_last_received(actor)])
    search = read_list_search(request.args, dict(kinds))
    return list_answer(
        "webhooks",
        kind,
        webhook_columns(current_app.config["SETTINGS"].default_time_zone),
        lambda: each_item(
            lambda page, per_page: list_provider_events(
                actor,
                search.words,
                provider="" if search.kind == UNHANDLED else search.kind,
                only_unhandled=search.kind == UNHANDLED,
                page=page,
                per_page=per_page,
            )
        ),
        Permission.RUN_SITE,
    )


def _people_answer(name: str, kind: str, words: str, which: PeopleKind) -> ResponseReturnValue:
    actor, now = current_actor(), clock.now()
    return list_answer(
        name,
        kind,
        PERSON_COLUMNS,
        lambda: each_item(
            lambda page, per_page: list_people(actor, words, which, page=page, per_page=per_page, now=now)
        ),
        Permission.MANAGE_PEOPLE,
    )
