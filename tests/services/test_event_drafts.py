"""What is typed and not saved: kept for the one who typed it, and gone for good once it is saved or thrown away."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import Conflict, Forbidden, Invalid
from easyticket.db import db
from easyticket.models import Event, EventDraft, User
from easyticket.queries.event_drafts import find_event_draft
from easyticket.services.event_drafts import KEPT_FOR, discard_event_draft, keep_event_draft
from easyticket.services.event_editor import save_event
from easyticket.services.event_steps import delete_event
from easyticket.services.forgetting import forget_done_work
from tests import factories
from tests.factories import actor_of

pytestmark = pytest.mark.usefixtures("db_session")

NOW = clock.now()
OPENED_AT = NOW - timedelta(minutes=5)


def keep(user: User, event: Event | None = None, title: str = "Night", minutes: int = 0) -> None:
    moment = NOW + timedelta(minutes=minutes)
    fields = {"title": title, "start_at": "soon"}
    keep_event_draft(actor=actor_of(user), event=event, fields=fields, opened_at=OPENED_AT, now=moment)


def kept(user: User, event: Event | None = None) -> dict[str, str] | None:
    draft = find_event_draft(actor_of(user), event)
    return draft.fields if draft else None


def test_the_last_of_what_was_typed_is_kept_right_or_wrong() -> None:
    organizer = factories.make_organizer()
    keep(organizer, title="Night")
    keep(organizer, title="Night of", minutes=1)
    assert kept(organizer) == {"title": "Night of", "start_at": "soon"}


def test_everybody_sees_their_own_and_every_form_has_its_own() -> None:
    organizer, staff = factories.make_organizer(), factories.make_staff()
    event, other = (factories.make_event(organizer=organizer) for _ in range(2))
    keep(organizer, event)
    assert (kept(organizer), kept(organizer, other), kept(staff, event)) == (None, None, None)
    keep(staff, event, title="Theirs")
    assert kept(organizer, event) == {"title": "Night", "start_at": "soon"}


def test_nobody_keeps_anything_of_somebody_elses_event() -> None:
    event, stranger = factories.make_event(), factories.make_organizer()
    with pytest.raises(Forbidden):
        keep(stranger, event)
    with pytest.raises(Forbidden):
        keep(factories.make_user())


def test_saving_ends_it_and_what_comes_late_does_not_bring_it_back() -> None:
    event = factories.make_event()
    keep(event.organizer, event)
    actor = actor_of(event.organizer)
    save_event(actor=actor, event=event, changes={"title": "Night of Drums"}, now=NOW + timedelta(minutes=1))
    with pytest.raises(Conflict) as refusal:
        keep(event.organizer, event, minutes=2)
    assert (refusal.value.code, kept(event.organizer, event)) == ("draft_ended", None)


def test_a_page_opened_after_it_was_thrown_away_keeps_again() -> None:
    organizer = factories.make_organizer()
    keep(organizer)
    discard_event_draft(actor=actor_of(organizer), event=None, now=NOW)
    later = NOW + timedelta(seconds=1)
    keep_event_draft(
        actor=actor_of(organizer), event=None, fields={"title": "Day"}, opened_at=later, now=later
    )
    assert kept(organizer) == {"title": "Day"}


def test_what_is_endless_is_not_kept() -> None:
    with pytest.raises(Invalid, match="too long to be kept"):
        keep(factories.make_organizer(), title="x" * 300_000)


def test_it_goes_with_its_event_and_with_time() -> None:
    organizer = factories.make_organizer()
    event = factories.make_event(organizer=organizer)
    keep(organizer, event)
    keep(organizer)
    delete_event(actor=actor_of(organizer), event=event, now=NOW)
    assert db.session.scalars(sa.select(EventDraft.form)).all() == ["new"]
    forget_done_work(NOW + KEPT_FOR - timedelta(days=1))
    assert kept(organizer) is not None
    forget_done_work(NOW + KEPT_FOR + timedelta(days=1))
    assert db.session.scalar(sa.select(EventDraft.id)) is None
