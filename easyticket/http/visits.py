"""Which requests count as a look at an event, and when looks are written: after the answer has gone."""

from __future__ import annotations

import re

from flask import Flask, Response, after_this_request, current_app, request

from easyticket.core import clock
from easyticket.http.addresses import client_network
from easyticket.http.auth import current_actor
from easyticket.models import Event
from easyticket.services.visits import are_visits_due, note_visit, write_visits

# Programs that read pages for other programs: search engines, and messengers that show what a link leads to.
_MACHINE = re.compile("bot|crawl|spider|preview", re.IGNORECASE)


def count_look(event: Event) -> None:
    """Count that somebody looks at an event. Machines and its own organizer do not count."""
    user_agent = request.user_agent.string
    is_own = current_actor().user_id == event.organizer_id
    if request.method != "GET" or is_own or _MACHINE.search(user_agent):
        return
    note_visit(event.id, network=client_network(), user_agent=user_agent[:500], now=clock.now())
    if are_visits_due():
        after_this_request(_write_when_sent)


def _write_when_sent(response: Response) -> Response:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    @response.call_on_close
    def write() -> None:
        # The request's own context is gone by now, and so is its session.
        with app.app_context():
            write_visits()

    return response
