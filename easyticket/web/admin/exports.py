"""The lists of the administration to take away, as CSV or XLSX: what their pages show of what was looked for, all pages."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, staff_only
from easyticket.http.downloads import exports_limited
from easyticket.queries.all_events import EventKind, list_all_events
from easyticket.queries.all_orders import list_all_orders
from easyticket.queries.changes import list_all_changes
from easyticket.queries.exported_orders import each_order
from easyticket.queries.people import PeopleKind, list_people
from easyticket.queries.streams import each_item
from easyticket.rules.permissions import Permission
from easyticket.web.admin import blueprint
from easyticket.web.exported import KIND, list_answer
from easyticket.web.forms.admin_lists import read_list_search
from easyticket.web.forms.changes import read_changes_form
from easyticket.web.tables.changes import change_columns
from easyticket.web.tables.events import any_event_columns
from easyticket.web.tables.orders import order_columns
from easyticket.web.tables.people import PERSON_COLUMNS


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
