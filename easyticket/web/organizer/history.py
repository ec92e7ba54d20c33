"""The history of an event: who changed what in it and in its orders, and when."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from easyticket.http.auth import current_actor, signed_in
from easyticket.queries.changes import list_event_changes
from easyticket.queries.organizer import get_own_event
from easyticket.rules.change_wording import EVENT_KINDS, kind_choices
from easyticket.web.forms.changes import read_changes_form
from easyticket.web.organizer import blueprint
from easyticket.web.views.changes import event_change_rows

_PER_PAGE = 30


@blueprint.get("/events/<slug>/history/")
@signed_in
def history(slug: str) -> ResponseReturnValue:
    """Show what was changed in an event, the newest first, narrowed to a person, a kind or some days."""
    actor = current_actor()
    event = get_own_event(actor, slug)
    form = read_changes_form(request.args, zone=event.time_zone)
    page = list_event_changes(actor, event, form.filters, page=form.page, per_page=_PER_PAGE)
    return render_template(
        "organizer/history.html",
        title=event.title,
        slug=slug,
        form=form,
        kinds=kind_choices(EVENT_KINDS),
        page=page,
        rows=event_change_rows(page.items, actor),
    )
