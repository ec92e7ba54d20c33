"""What people browse: the home page, the list of events, an event's page with its tickets, its calendar file and pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.documents.calendar import calendar_of
from easyticket.documents.cover import render_cover
from easyticket.documents.shared_cover import SHARED_SIZE, render_shared_cover
from easyticket.http.auth import current_actor, public
from easyticket.http.limits import limiter
from easyticket.http.visits import count_look
from easyticket.integrations.storage import Storage
from easyticket.links import public_host, public_url
from easyticket.models import Event
from easyticket.queries.categories import list_categories
from easyticket.queries.events import get_event, list_cities, list_events, list_similar_events
from easyticket.queries.home import get_home
from easyticket.queries.offers import list_offers
from easyticket.queries.orders import has_promo_codes
from easyticket.web.forms.browse import read_browse
from easyticket.web.fragments import render_block
from easyticket.web.views.browse import browse_view, home_view
from easyticket.web.views.chooser import chooser_of
from easyticket.web.views.events import COVER_SIZE, card_views, event_view
from easyticket.web.views.structured import event_data

blueprint = Blueprint("events", __name__)

PER_PAGE = 20
_MIME = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


@blueprint.get("/")
@public
def home() -> str:
    """Show what is on: featured, soon, and by city."""
    now = clock.now()
    return render_template("events/home.html", page=home_view(get_home(now), zone=_zone(), now=now))


@blueprint.get("/events/")
@public
def browse() -> ResponseReturnValue:
    """Show the events that fit a search; htmx gets the list alone and puts the search into the address."""
    now = clock.now()
    categories = list_categories(now)
    form = read_browse(request.args, categories, zone=_zone(), now=now)
    found = list_events(
        current_actor(), form.filters, order=form.order, page=form.page, per_page=PER_PAGE, now=now
    )
    page = browse_view(form, found, cities=list_cities(now), categories=categories, now=now)
    if request.headers.get("HX-Request") and not request.headers.get("HX-History-Restore-Request"):
        response = make_response(render_block("events/browse.html", "results", page=page, is_fragment=True))
        response.headers["HX-Push-Url"] = page.own_url
    else:
        response = make_response(render_template("events/browse.html", page=page, query=form.typed["q"]))
    response.vary.add("HX-Request")
    return response


@blueprint.get("/events/<slug>/")
@public
def page(slug: str) -> str:
    """Show an event with its tickets; a draft is there for its owner and staff only."""
    event = get_event(current_actor(), slug)
    count_look(event)
    return render_event_page(event)


@blueprint.get("/events/<slug>/calendar.ics")
@public
def calendar(slug: str) -> Response:
    """Give the event as a file for calendars."""
    event = get_event(current_actor(), slug)
    content = calendar_of(
        event, host=public_host(), url=public_url("events.page", slug=event.slug), now=clock.now()
    )
    response = Response(content, mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="{event.slug}.ics"'
    return response


@blueprint.get("/covers/<int:seed>.svg")
@public
def cover(seed: int) -> Response:
    """Give the cover drawn for an event without a picture; the same number always gives the same one."""
    return _kept(render_cover(seed, *COVER_SIZE), "image/svg+xml")


@blueprint.get("/covers/<int:seed>.png")
@public
@limiter.limit("60/minute")
def shared_cover(seed: int) -> Response:
    """Give the same cover as a PNG, for messengers and social sites, which show no SVG."""
    return _kept(render_shared_cover(seed, *SHARED_SIZE), "image/png")


@blueprint.get("/media/covers/<int:seed>.png")
@public
@limiter.limit("300/minute")
def media_cover(seed: int) -> Response:
    """Give that PNG where clients of the APIs look for pictures, a list of them at once."""
    return _kept(render_shared_cover(seed, *SHARED_SIZE), "image/png")


@blueprint.get("/media/<name>")
@public
def picture(name: str) -> Response:
    """Give a picture an organizer uploaded; its name is random and its content never changes."""
    content = Storage(current_app.config["SETTINGS"].storage_dir).read(name)
    response = _kept(content, _MIME[name.rpartition(".")[2]])
    # It came from a stranger: even a browser that took it for a page would run nothing.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def render_event_page(
    event: Event,
    *,
    form_errors: Sequence[str] = (),
    quantities: Mapping[str, object] | None = None,
    promo_code: str = "",
) -> str:
    """Return an event's page, after a refused choice with what was wrong and what was typed (quantities by offer UUID)."""
    actor, now = current_actor(), clock.now()
    offers = list_offers(event, now)
    return render_template(
        "events/page.html",
        page=event_view(event, actor, now),
        chooser=chooser_of(event, offers, now, quantities=quantities),
        structured=event_data(event, offers),
        similar=card_views(list_similar_events(event, now), now),
        form_errors=form_errors,
        asks_promo=has_promo_codes(event, now),
        promo_code=promo_code or request.form.get("promo_code", ""),
    )


def _zone() -> str:
    zone: str = current_app.config["SETTINGS"].default_time_zone
    return zone


def _kept(content: str | bytes, mimetype: str) -> Response:
    response = Response(content, mimetype=mimetype)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
