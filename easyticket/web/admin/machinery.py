"""How the machinery behind the site runs."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, staff_only
from easyticket.queries.site_machinery import get_machinery
from easyticket.web.admin import blueprint
from easyticket.web.views.admin_system import health_page


@blueprint.get("/health/")
@staff_only
def health() -> ResponseReturnValue:
    """Show the worker, the jobs that wait, what providers sent, the disk and the database."""
    now = clock.now()
    return render_template("admin/health.html", page=health_page(get_machinery(current_actor(), now), now))
