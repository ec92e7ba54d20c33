"""The first screen of the desk, over all events of an organizer, and the stream that tells it when to look again."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, organizer_only
from easyticket.http.live import stream_changes
from easyticket.queries.desk import get_desk
from easyticket.queries.desk_sales import read_pulse
from easyticket.queries.desk_scope import all_events_of
from easyticket.web.fragments import render_block
from easyticket.web.organizer import blueprint
from easyticket.web.views.desk import desk_page


@blueprint.get("/")
@organizer_only
def home() -> ResponseReturnValue:
    """Show how things stand over all events; alone the figures for the page that asks again."""
    actor, now = current_actor(), clock.now()
    page = desk_page(get_desk(actor, now), actor, now)
    if "HX-Request" in request.headers:
        return render_block("organizer/home.html", "figures", page=page)
    return render_template("organizer/home.html", page=page)


@blueprint.get("/live/")
@organizer_only
def live() -> ResponseReturnValue:
    """Tell the page over all events when something was sold, held or given back."""
    scope = all_events_of(current_actor())
    return stream_changes(lambda: read_pulse(scope))
