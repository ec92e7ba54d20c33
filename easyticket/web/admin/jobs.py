"""Jobs that were given up: once more, or let be."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, staff_only
from easyticket.queries.site_health import list_given_up_jobs
from easyticket.services.given_up_jobs import dismiss_job, retry_job
from easyticket.web.admin import blueprint
from easyticket.web.forms.fields import Form
from easyticket.web.forms.searches import read_page
from easyticket.web.views.admin_tasks import job_task

PER_PAGE = 25


@blueprint.get("/jobs/")
@staff_only
def jobs() -> ResponseReturnValue:
    """List what was given up."""
    number = read_page(request.args.get("page", ""))
    page = list_given_up_jobs(current_actor(), page=number, per_page=PER_PAGE)
    return render_template("admin/jobs.html", page=page.map(job_task))


@blueprint.post("/jobs/<uuid:uuid>/again/")
@staff_only
def job_again(uuid: UUID) -> ResponseReturnValue:
    """Run a job once more."""
    if Form().validate_on_submit():
        retry_job(actor=current_actor(), uuid=uuid, now=clock.now())
        flash("It is run again now.", "success")
    return redirect(url_for("admin.jobs"))


@blueprint.post("/jobs/<uuid:uuid>/dismiss/")
@staff_only
def dismiss(uuid: UUID) -> ResponseReturnValue:
    """Let a job be."""
    if Form().validate_on_submit():
        dismiss_job(actor=current_actor(), uuid=uuid, now=clock.now())
        flash("Left at that.", "success")
    return redirect(url_for("admin.jobs"))
