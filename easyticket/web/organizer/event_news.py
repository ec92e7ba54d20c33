"""Whether ticket holders are mailed what changed in an event: what was and is, and the two buttons."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, organizer_only
from easyticket.queries.event_news import find_event_news
from easyticket.queries.organizer import get_own_event
from easyticket.services.event_news import leave_holders_untold, tell_holders
from easyticket.web.forms.event_news import NewsForm
from easyticket.web.forms.refusals import all_refusals_shown_in, status_of
from easyticket.web.organizer import blueprint
from easyticket.web.views.event_editor import holders_text


@blueprint.route("/events/<slug>/news/", methods=["GET", "POST"])
@organizer_only
def news(slug: str) -> ResponseReturnValue:
    """Show what changed and nobody was told, and mail it to the holders of tickets, or leave it."""
    actor, now = current_actor(), clock.now()
    event, form = get_own_event(actor, slug), NewsForm()
    if form.validate_on_submit():
        with all_refusals_shown_in(form):
            seen = form.last_change_id.data or 0
            if form.is_to_be_mailed:
                count = tell_holders(actor=actor, event=event, last_change_id=seen, now=now)
                flash(f"The mails to {holders_text(count)} are on their way.", "success")
            else:
                leave_holders_untold(actor=actor, event=event, last_change_id=seen, now=now)
                flash("Nobody is mailed about this change.", "success")
            return redirect(url_for("organizer.event", slug=slug), 303)
    found = find_event_news(event, now)
    if found is not None:
        form.last_change_id.data = found.last_change_id
    page = render_template(
        "organizer/news.html",
        form=form,
        slug=slug,
        title=event.title,
        news=found,
        holders=holders_text(found.holders) if found else "",
    )
    return page, status_of(form)
