"""Making an event with its first ticket type, and changing what is said about it."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from easyticket.core import clock
from easyticket.http.auth import current_actor, organizer_only
from easyticket.models import Event, EventStatus
from easyticket.queries.categories import list_categories
from easyticket.queries.event_drafts import find_event_draft
from easyticket.queries.event_news import find_event_news
from easyticket.queries.offers import fee_basis_points_of
from easyticket.queries.organizer import find_usual_choices, get_own_event
from easyticket.rules.publishing import may_go_live
from easyticket.rules.wording import percent_text
from easyticket.services.event_drafts import keep_event_draft
from easyticket.services.event_editor import save_event, save_new_event
from easyticket.web.forms.events import EventForm, NewEventForm
from easyticket.web.forms.fields import text_of
from easyticket.web.forms.refusals import refusals_shown_in, status_of
from easyticket.web.organizer import blueprint
from easyticket.web.views.account import country_names
from easyticket.web.views.event_editor import cover_view, draft_notice, preview_of
from easyticket.web.views.organizer import copy_url

_WORDS = {
    "Start date cannot be in the past": "This is in the past. Choose a later beginning.",
    "End date must be after start date": "It ends before it begins.",
}
_PUBLISHED = "Published. Everybody can see it now."
_SAVED_AS_DRAFT = "Saved as a draft. Only you see it."
_PRICES_NEXT = "Saved as a draft. Set its prices here, then publish it."
_RENAMED = {"total_quantity": "quantity", "name": "ticket_name"}


@blueprint.route("/events/new/", methods=["GET", "POST"])
@organizer_only
def new_event() -> ResponseReturnValue:
    """Make an event with its first ticket type, as a draft or published at once."""
    settings, actor = current_app.config["SETTINGS"], current_actor()
    draft = None if request.method == "POST" else find_event_draft(actor, None)
    given = {"time_zone": settings.default_time_zone, "currency": settings.default_currency}
    form = NewEventForm.gone_on_with(draft, **{**given, **find_usual_choices(actor)})
    form.offer_categories([each.category for each in list_categories(clock.now())])
    if "preview" not in request.form and form.validate_on_submit():
        with refusals_shown_in(form, words=_WORDS, **_RENAMED):
            event = save_new_event(
                actor=actor,
                draft=form.draft(),
                ticket_types=form.ticket_types(),
                publish="publish" in request.form and form.is_simple,
                now=clock.now(),
            )
            # Any other pricing has its prices on a page of its own; the event goes live once they are there.
            if not form.is_simple:
                flash(_PRICES_NEXT, "success")
                return redirect(url_for("organizer.new_ticket_type", slug=event.slug))
            flash(_PUBLISHED if event.status is EventStatus.PUBLISHED else _SAVED_AS_DRAFT, "success")
            return redirect(url_for("organizer.event", slug=event.slug))
    _keep_sent(form, None)
    page = render_template(
        "organizer/new_event.html",
        form=form,
        preview=_preview(form),
        notice_of_draft=draft_notice(draft, None),
        draft_url=url_for("organizer.keep_new_draft"),
        countries=country_names(),
        fee=percent_text(settings.fee_basis_points),
        may_publish=may_go_live(actor, current_user),
    )
    return page, status_of(form)


@blueprint.route("/events/<slug>/edit/", methods=["GET", "POST"])
@organizer_only
def edit_event(slug: str) -> ResponseReturnValue:
    """Change what is said about an event."""
    actor = current_actor()
    event = get_own_event(actor, slug)
    draft = None if request.method == "POST" else find_event_draft(actor, event)
    form = EventForm.gone_on_with(draft, obj=event)
    form.offer_categories([each.category for each in list_categories(clock.now())], event.category)
    if request.method != "POST" and draft is None:
        form.show(event)
    elif "preview" not in request.form and form.validate_on_submit():
        with refusals_shown_in(form, words=_WORDS):
            save_event(actor=actor, event=event, changes=form.changes_to(event), now=clock.now())
            flash("Saved.", "success")
            # Whoever bought before knows only what was: date, place and online address are asked about at once.
            page = "organizer.news" if find_event_news(event, clock.now()) else "organizer.event"
            return redirect(url_for(page, slug=slug))
    _keep_sent(form, event)
    page = render_template(
        "organizer/edit_event.html",
        form=form,
        preview=_preview(form),
        notice_of_draft=draft_notice(draft, event),
        draft_url=url_for("organizer.keep_draft", slug=slug),
        cover=cover_view(event),
        title=event.title,
        slug=slug,
        is_draft=event.status is EventStatus.DRAFT,
        copy_url=copy_url(event, actor),
        countries=country_names(),
        fee=percent_text(fee_basis_points_of(event)),
    )
    return page, status_of(form)


def _keep_sent(form: EventForm, event: Event | None) -> None:
    """Keep what was sent and is not saved, because something is wrong with it or only a preview was asked for."""
    if request.method == "POST":
        now = clock.now()
        with refusals_shown_in(form):
            keep_event_draft(actor=current_actor(), event=event, fields=form.typed(), opened_at=now, now=now)


def _preview(form: EventForm) -> str | None:
    return preview_of(text_of(form.description)) if "preview" in request.form else None
