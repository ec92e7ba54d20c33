"""The first page of administrators: how much waits for somebody, how the site does, and what the audit found."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, staff_only
from easyticket.queries.site_health import find_site_health
from easyticket.queries.site_totals import load_site_totals
from easyticket.services.audits import look_again
from easyticket.web.admin import blueprint
from easyticket.web.forms.fields import Form
from easyticket.web.views.admin import overview_page


@blueprint.get("/")
@staff_only
def home() -> ResponseReturnValue:
    """Show how the site is."""
    actor, now = current_actor(), clock.now()
    page = overview_page(find_site_health(actor, now), load_site_totals(actor, now))
    return render_template("admin/overview.html", page=page)


@blueprint.post("/audit/")
@staff_only
def audit() -> ResponseReturnValue:
    """Run the audit now."""
    if Form().validate_on_submit():
        run = look_again(actor=current_actor(), now=clock.now())
        found = f"The audit found {run.violations}." if run.violations else "The audit found nothing wrong."
        flash(found, "warning" if run.violations else "success")
    return redirect(url_for("admin.home"))
