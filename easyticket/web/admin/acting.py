"""Acting in the place of somebody else, and stopping it."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, signed_in, staff_only
from easyticket.http.sessions import current_token
from easyticket.queries.people import get_person
from easyticket.services.acting import act_for, stop_acting
from easyticket.web.admin import blueprint
from easyticket.web.forms.fields import Form
from easyticket.web.forms.refusals import all_refusals_shown_in


@blueprint.post("/people/<uuid:uuid>/act/", endpoint="act_for")
@staff_only
def act(uuid: UUID) -> ResponseReturnValue:
    """Act in the place of an account from here on."""
    form = Form()
    if form.validate_on_submit():
        with all_refusals_shown_in(form):
            actor = current_actor()
            person = get_person(actor, uuid)
            act_for(actor=actor, user=person, token=current_token(), now=clock.now())
            return redirect(url_for("organizer.home" if person.is_organizer else "orders.list"), 303)
    for sentence in form.form_errors:
        flash(sentence, "warning")
    return redirect(url_for("admin.person", uuid=uuid), 303)


# Whoever acts for somebody is not staff at that moment; the service asks who it is.
@blueprint.post("/acting/stop/", endpoint="stop_acting")
@signed_in
def stop() -> ResponseReturnValue:
    """Be oneself again, back at the account that was acted for."""
    if Form().validate_on_submit():
        user = stop_acting(actor=current_actor(), token=current_token(), now=clock.now())
        flash(f"You no longer act in the place of {user.display_name}.", "success")
        return redirect(url_for("admin.person", uuid=user.uuid), 303)
    return redirect(url_for("account.profile"), 303)
