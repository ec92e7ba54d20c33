"""Before an event is published: what it has and lacks, and a rehearsal that tries all of it."""

from __future__ import annotations

from collections.abc import Iterator

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, organizer_only
from easyticket.http.limits import account_key, limiter
from easyticket.http.watched import Line, is_watched, page_line, progress_line, watched_answer
from easyticket.queries.organizer import get_own_event
from easyticket.services.readiness import check_readiness
from easyticket.services.trials import Rehearsal, rehearse_event, rehearse_step_by_step
from easyticket.web.forms.fields import Form
from easyticket.web.organizer import blueprint
from easyticket.web.views.readiness import check_page, trial_progress_text


@blueprint.get("/events/<slug>/check/")
@organizer_only
def check(slug: str) -> ResponseReturnValue:
    """Show what an event has and lacks, and how its last rehearsal went."""
    actor, now = current_actor(), clock.now()
    event = get_own_event(actor, slug)
    found = check_readiness(actor=actor, event=event, now=now)
    page = check_page(event, found, is_over=event.end_at <= now)
    return render_template("organizer/check.html", page=page)


@blueprint.post("/events/<slug>/check/try/")
@organizer_only
@limiter.limit("6/minute;40/hour", key_func=account_key)
def rehearse(slug: str) -> ResponseReturnValue:
    """Rehearse an event; a page's script is told meanwhile how far it is."""
    back = url_for("organizer.check", slug=slug, _anchor="trial")
    if Form().validate_on_submit():
        actor, now = current_actor(), clock.now()
        event = get_own_event(actor, slug)
        if is_watched():
            return watched_answer(_lines(rehearse_step_by_step(actor=actor, event=event, now=now), back))
        trial = rehearse_event(actor=actor, event=event, now=now)
        if trial.is_good:
            flash("Tried. Everything went well, and nothing of it is left.", "success")
        else:
            flash("Tried. Not everything went well: see below.", "warning")
    return redirect(back)


def _lines(steps: Rehearsal, back: str) -> Iterator[Line]:
    for step in steps:
        yield progress_line(step.tried, step.total, trial_progress_text(step))
    yield page_line(back)
