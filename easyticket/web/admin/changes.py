"""Everything that people changed on the desks: who, what, when, before and after."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from easyticket.http.auth import current_actor, staff_only
from easyticket.queries.changes import list_all_changes
from easyticket.rules.change_wording import kind_choices
from easyticket.web.admin import blueprint
from easyticket.web.forms.changes import read_changes_form
from easyticket.web.views.changes import all_change_rows

_PER_PAGE = 30


@blueprint.get("/changes/")
@staff_only
def changes() -> ResponseReturnValue:
    """Show what was changed anywhere, the newest first, narrowed to a person, a kind or some days."""
    actor = current_actor()
    form = read_changes_form(request.args, zone="UTC")
    page = list_all_changes(actor, form.filters, page=form.page, per_page=_PER_PAGE)
    return render_template(
        "admin/changes.html",
        form=form,
        kinds=kind_choices(),
        page=page,
        rows=all_change_rows(page.items, actor),
    )
