"""Looks at events: counted beside the answer, written later, and of nobody who could be found by them."""

from __future__ import annotations

from datetime import date, timedelta
from unittest.mock import patch

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from easyticket.core import clock
from easyticket.db import db, transaction
from easyticket.models import Event, EventVisit
from easyticket.services import visits
from tests import factories
from tests.web.buying import sign_in

pytestmark = pytest.mark.usefixtures("db_session")

PHONE = {"User-Agent": "Mozilla/5.0 (Android 16; Mobile)", "X-Secret": "nothing of this is kept"}


def look(event: Event, *, network: str = "192.0.2.7", user_agent: str = "Firefox") -> None:
    visits.note_visit(event.id, network=network, user_agent=user_agent, now=clock.now())


def rows() -> list[EventVisit]:
    return list(db.session.scalars(sa.select(EventVisit).order_by(EventVisit.views)))


def test_looks_of_one_visitor_are_one_row_that_counts_up() -> None:
    event = factories.make_event()
    look(event)
    look(event)
    look(event, user_agent="Chrome")
    assert rows() == []
    assert visits.write_visits() == 2
    assert [row.views for row in rows()] == [1, 2]
    look(event)
    visits.write_visits()
    db.session.expire_all()
    assert [row.views for row in rows()] == [1, 3]
    assert visits.write_visits() == 0


def test_a_visitor_is_somebody_else_tomorrow_and_on_another_device_or_line() -> None:
    today = date(2027, 3, 1)
    who = {"network": "192.0.2.7", "user_agent": "Firefox", "day_on": today}
    others = [{"network": "192.0.2.8"}, {"user_agent": "Chrome"}, {"day_on": date(2027, 3, 2)}]
    digests = {visits.visitor_digest(**{**who, **other}) for other in [{}, *others]}
    assert len(digests) == 4
    assert visits.visitor_digest(**who) in digests


def test_looks_at_an_event_that_was_deleted_meanwhile_are_dropped_and_the_others_kept() -> None:
    event = factories.make_event()
    look(event)
    visits.note_visit(event.id + 1000, network="192.0.2.7", user_agent="Firefox", now=clock.now())
    assert visits.write_visits() == 1
    assert [row.event_id for row in rows()] == [event.id]


def test_looks_are_kept_in_memory_while_the_database_does_not_answer() -> None:
    event = factories.make_event()
    look(event)
    away = OperationalError("INSERT", {}, Exception("the connection is lost"))
    with patch.object(visits, "_write", side_effect=away):
        assert visits.write_visits() == 0
    assert visits.write_visits() == 1


def test_looks_of_over_400_days_ago_are_forgotten() -> None:
    event, now = factories.make_event(), clock.now()
    with transaction() as session:
        for days in (399, 402):
            day_on = (now - timedelta(days=days)).date()
            session.add(EventVisit(event_id=event.id, day_on=day_on, visitor_digest="x"))
    assert visits.forget_old_visits(now) == 1
    assert visits.forget_old_visits(now) == 0


@pytest.mark.parametrize("path", ["/events/{}/", "/api/events/{}/"])
def test_a_look_is_written_after_the_answer_has_gone_and_without_a_trace_of_who_it_was(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    event = factories.make_simple_event()
    address = path.format(event.slug)
    client.get(address, headers=PHONE).close()
    assert rows() == []
    monkeypatch.setattr(visits, "PAUSE", 0.0)
    answer = client.get(address, headers=PHONE)
    assert (answer.status_code, rows()) == (200, [])
    db.session.rollback()  # the test's own savepoint would enclose what is committed now
    answer.close()
    [row] = rows()
    assert (row.event_id, row.views, row.day_on) == (event.id, 2, clock.now().date())
    assert len(row.visitor_digest) == 64


def test_machines_and_who_only_asks_whether_it_is_there_are_not_counted(client: FlaskClient) -> None:
    address = f"/events/{factories.make_simple_event().slug}/"
    for agent in ("Googlebot/2.1", "WhatsApp link Preview", "some-Crawler", "Spider"):
        client.get(address, headers={"User-Agent": agent})
    client.head(address, headers=PHONE)
    client.get("/events/there-is-no-such-event/", headers=PHONE)
    assert visits.write_visits() == 0


def test_an_organizers_own_looks_are_not_counted(client: FlaskClient) -> None:
    event = factories.make_simple_event()
    sign_in(client, event.organizer)
    assert client.get(f"/events/{event.slug}/", headers=PHONE).status_code == 200
    assert visits.write_visits() == 0
