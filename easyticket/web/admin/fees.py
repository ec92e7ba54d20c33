"""The platform's fee of single events."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, staff_only
from easyticket.queries.event_fees import list_events_by_fee
from easyticket.queries.events import get_event
from easyticket.rules.wording import percent_text
from easyticket.services.event_fees import set_event_fee
from easyticket.web.admin import blueprint
from easyticket.web.forms.admin import EventFeeForm
from easyticket.web.forms.admin_lists import read_list_search
from easyticket.web.forms.refusals import refusals_shown_in, status_of
from easyticket.web.views.admin import fee_row

PER_PAGE = 25


@blueprint.get("/fees/")
@staff_only
def fees() -> ResponseReturnValue:
    """List events with a fee of their own, or those that were looked for."""
    search = read_list_search(request.args)
    page = list_events_by_fee(current_actor(), search.words, page=search.page, per_page=PER_PAGE)
    return render_template("admin/fees.html", page=page.map(fee_row), search=search, usual=_usual())


@blueprint.route("/fees/<slug>/", methods=["GET", "POST"])
@staff_only
def fee(slug: str) -> ResponseReturnValue:
    """Change the fee of one event."""
    actor = current_actor()
    event = get_event(actor, slug)
    form = EventFeeForm()
    if request.method == "GET":
        form.show(event)
    elif form.validate_on_submit():
        with refusals_shown_in(form, basis_points="percent"):
            set_event_fee(actor=actor, event=event, basis_points=form.basis_points(), now=clock.now())
            flash("Saved. Orders made from now on have this fee.", "success")
            return redirect(url_for("admin.fees"))
    page = render_template("admin/fee.html", form=form, row=fee_row(event), usual=_usual())
    return page, status_of(form)


def _usual() -> str:
    return percent_text(current_app.config["SETTINGS"].fee_basis_points)
