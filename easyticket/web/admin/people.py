"""Accounts: found, looked at, proved, closed and opened, and what they may be."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, staff_only
from easyticket.queries.changes import list_person_changes
from easyticket.queries.people import PeopleKind, get_person, get_person_detail, list_people
from easyticket.services import account_standing
from easyticket.web.admin import blueprint
from easyticket.web.forms.admin import CloseForm
from easyticket.web.forms.admin_lists import read_list_search
from easyticket.web.forms.fields import Form
from easyticket.web.forms.refusals import all_refusals_shown_in
from easyticket.web.views.admin_people import ACCOUNT_STEPS, PEOPLE_KINDS, person_page, person_row
from easyticket.web.views.changes import all_change_rows

PER_PAGE = 25
_LAST_CHANGES = 5


@blueprint.get("/people/")
@staff_only
def people() -> ResponseReturnValue:
    """Find accounts."""
    search = read_list_search(request.args, PeopleKind)
    kind = PeopleKind(search.kind or PeopleKind.ALL)
    now = clock.now()
    page = list_people(current_actor(), search.words, kind, page=search.page, per_page=PER_PAGE, now=now)
    rows = [person_row(each) for each in page.items]
    return render_template("admin/people.html", page=page, rows=rows, search=search, kinds=PEOPLE_KINDS)


@blueprint.get("/organizers/")
@staff_only
def organizers() -> ResponseReturnValue:
    """Find organizers, with what they have here."""
    search, now = read_list_search(request.args), clock.now()
    page = list_people(
        current_actor(),
        search.words,
        PeopleKind.ORGANIZERS,
        page=search.page,
        per_page=PER_PAGE,
        now=now,
    )
    rows = [person_row(each) for each in page.items]
    return render_template("admin/people.html", page=page, rows=rows, search=search, kinds=())


@blueprint.get("/people/<uuid:uuid>/")
@staff_only
def person(uuid: UUID) -> ResponseReturnValue:
    """Show one account, what was changed in it and by it, and what can be done about it."""
    actor, now = current_actor(), clock.now()
    detail = get_person_detail(actor, uuid, now)
    changes = list_person_changes(actor, detail.user.id, page=1, per_page=_LAST_CHANGES)
    return render_template(
        "admin/person.html",
        page=person_page(detail, actor, now),
        changes=all_change_rows(changes.items, actor),
        close_form=CloseForm(),
    )


@blueprint.post(f"/people/<uuid:uuid>/<any({','.join(ACCOUNT_STEPS)}):step>/")
@staff_only
def change_person(uuid: UUID, step: str) -> ResponseReturnValue:
    """Take one step with an account."""
    name, arguments, done = ACCOUNT_STEPS[step]
    form = CloseForm() if step == "close" else Form()
    chosen = form.arguments() if isinstance(form, CloseForm) else arguments
    if form.validate_on_submit():
        with all_refusals_shown_in(form):
            actor = current_actor()
            user = get_person(actor, uuid)
            getattr(account_standing, name)(actor=actor, user=user, now=clock.now(), **chosen)
            flash(done, "success")
    for sentences in form.errors.values():
        flash(" ".join(sentences), "warning")
    return redirect(url_for("admin.person", uuid=uuid), 303)
