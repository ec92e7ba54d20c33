"""Webhooks that came, and having one handled once more."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, staff_only
from easyticket.queries.provider_events import list_last_received, list_provider_events
from easyticket.services.provider_events import replay_provider_event
from easyticket.web.admin import blueprint
from easyticket.web.forms.admin_lists import read_list_search
from easyticket.web.forms.fields import Form
from easyticket.web.views.admin_system import UNHANDLED, webhook_kinds, webhook_row

PER_PAGE = 25


@blueprint.get("/webhooks/")
@staff_only
def webhooks() -> ResponseReturnValue:
    """List what providers sent, the newest first."""
    actor = current_actor()
    kinds = _kinds()
    search = read_list_search(request.args, dict(kinds))
    is_unhandled = search.kind == UNHANDLED
    page = list_provider_events(
        actor,
        search.words,
        provider="" if is_unhandled else search.kind,
        only_unhandled=is_unhandled,
        page=search.page,
        per_page=PER_PAGE,
    )
    rows = [webhook_row(each, search.arguments) for each in page.items]
    return render_template("admin/webhooks.html", page=page, rows=rows, search=search, kinds=kinds)


@blueprint.post("/webhooks/<int:number>/again/")
@staff_only
def webhook_again(number: int) -> ResponseReturnValue:
    """Have a webhook handled once more, and go on with what was looked for."""
    if Form().validate_on_submit():
        replay_provider_event(actor=current_actor(), event_id=number, now=clock.now())
        flash("The provider is asked again about what it is about.", "success")
    search = read_list_search(request.args, dict(_kinds()))
    return redirect(url_for("admin.webhooks", **search.arguments), 303)


def _kinds() -> list[tuple[str, str]]:
    return webhook_kinds([provider for provider, _ in list_last_received(current_actor())])
