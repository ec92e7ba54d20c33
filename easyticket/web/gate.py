"""The page on a phone at the gate: a code comes in, a decision goes out.

Everything works as plain forms; static/js/gate.js adds the camera, sounds and answers without a new page.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.http.auth import current_actor, organizer_only
from easyticket.http.headers import allow_camera
from easyticket.models import Event
from easyticket.queries.gate import count_inside, list_gate_events, list_last_scans
from easyticket.queries.organizer import get_own_event
from easyticket.services.gate import admit_ticket
from easyticket.web.forms.fields import text_of
from easyticket.web.forms.gate import LONGEST_NAME, ScanForm, gate_name_of, refusal_of
from easyticket.web.fragments import render_block
from easyticket.web.organizer import rooms
from easyticket.web.views.gate import NOTHING_TYPED, READY, GateAnswer, answer_of, gate_events, scan_rows
from easyticket.web.views.organizer import inside_text

blueprint = Blueprint("gate", __name__, url_prefix="/gate")
blueprint.context_processor(rooms)

_COOKIE = "gate_name"
_KEPT_FOR = 30 * 24 * 3600
_TEMPLATE = "gate/page.html"


@blueprint.get("/")
@organizer_only
def choose() -> ResponseReturnValue:
    """List the events whose gate can be opened."""
    now = clock.now()
    return render_template(
        "gate/choose.html", events=gate_events(list_gate_events(current_actor(), now), now)
    )


@blueprint.get("/<slug>/")
@organizer_only
def page(slug: str) -> ResponseReturnValue:
    """Show the gate, or ask once what it is called."""
    event = get_own_event(current_actor(), slug)
    name = gate_name_of(request.args.get("gate", ""))
    refusal = refusal_of(name)
    if name and not refusal:
        return _remembering(name, slug)
    kept = gate_name_of(request.cookies.get(_COOKIE, ""))
    if not kept or refusal or "rename" in request.args:
        shown = {"name": kept or "Main gate", "longest": LONGEST_NAME, "refusal": refusal}
        return render_template("gate/name.html", event=event, **shown), 400 if refusal else 200
    return _show(event, kept, READY)


@blueprint.post("/<slug>/scan/")
@organizer_only
def scan(slug: str) -> ResponseReturnValue:
    """Decide about one code: a whole page as the answer, or its parts for the page's script."""
    event = get_own_event(current_actor(), slug)
    form = ScanForm()
    name = gate_name_of(text_of(form.gate))
    if not form.validate_on_submit():
        return _show(event, name, NOTHING_TYPED), 400
    code = text_of(form.code)
    result = admit_ticket(
        actor=current_actor(), event=event, code=code, gate=name, scan_key=form.key(), now=clock.now()
    )
    return _show(event, name, answer_of(result, code))


@blueprint.get("/<slug>/counts/")
@organizer_only
def counts(slug: str) -> ResponseReturnValue:
    """Say how many are in, for the page's script."""
    event = get_own_event(current_actor(), slug)
    return render_block(_TEMPLATE, "counts", inside=inside_text(count_inside(event, clock.now())))


def _show(event: Event, name: str, answer: GateAnswer) -> str:
    shown: dict[str, Any] = {
        "answer": answer,
        "inside": inside_text(count_inside(event, clock.now())),
        "scans": scan_rows(event, list_last_scans(event)),
    }
    if request.headers.get("HX-Request"):
        return "".join(render_block(_TEMPLATE, block, **shown) for block in ("answer", "scans", "counts"))
    allow_camera()
    # A form of its own: what came in must not fill in the next one.
    form = ScanForm(formdata=None, scan_key=str(uuid4()), gate=name)
    return render_template(_TEMPLATE, event=event, name=name, form=form, ready=READY, **shown)


def _remembering(name: str, slug: str) -> ResponseReturnValue:
    response = make_response(redirect(url_for("gate.page", slug=slug)))
    response.set_cookie(
        _COOKIE,
        name,
        max_age=_KEPT_FOR,
        path=url_for("gate.choose"),
        secure=current_app.config["SETTINGS"].is_secure,
        httponly=True,
        samesite="Lax",
    )
    return response
