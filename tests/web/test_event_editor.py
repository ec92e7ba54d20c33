"""Making and changing an event through its pages: what is typed is kept, shown as it will look, cut to shape and copied."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from easyticket.core import clock
from easyticket.db import db
from easyticket.models import CheckInPolicy, Event, EventDraft, EventStatus
from tests import factories
from tests.documents.test_pictures import drawn, encoded
from tests.web.test_organizer_pages import an_organizer, filled_in, sign_in, words

pytestmark = pytest.mark.usefixtures("db_session")

NEW, HTMX = "/organizer/events/new/", {"HX-Request": "true"}


def own_event(client: FlaskClient, **fields: Any) -> Event:
    return factories.make_simple_event(organizer=an_organizer(client), **fields)


def test_a_new_event_begins_with_the_zone_and_the_money_of_the_last_one(client: FlaskClient) -> None:
    organizer = an_organizer(client)
    chosen = ('<option selected value="Africa/Lagos">', '<option selected value="NGN">')
    assert not any(each in client.get(NEW).text for each in chosen)
    factories.make_simple_event(organizer=organizer, time_zone="Europe/Berlin", currency="EUR")
    factories.make_simple_event(organizer=organizer, time_zone="Africa/Lagos", currency="NGN")
    factories.make_simple_event(time_zone="Africa/Accra", currency="GHS")
    page = client.get(NEW)
    assert all(each in page.text for each in chosen)


class TestTyping:
    def test_what_was_typed_is_there_after_the_tab_was_closed(self, client: FlaskClient) -> None:
        an_organizer(client)
        sent = {"title": "Half a tit", "start_at": "tomorr", "time_zone": "Europe/Berlin"}
        answer = client.post(f"{NEW}draft/", data=sent, headers=HTMX)
        assert re.search(r"Kept at \d\d:\d\d GMT, not saved yet\.", words(answer))
        page = client.get(NEW)
        assert "You typed this until" in words(page)
        assert 'value="Half a tit"' in page.text
        page = client.post(f"{NEW}draft/discard/", follow_redirects=True)
        assert "Half a tit" not in page.text

    def test_without_scripts_a_button_keeps_it_too(self, client: FlaskClient) -> None:
        event = own_event(client)
        page = client.post(
            f"/organizer/events/{event.slug}/draft/", data={"title": "Later"}, follow_redirects=True
        )
        assert "not saved yet." in words(page)
        assert 'value="Later"' in page.text

    def test_saving_ends_the_draft_and_what_comes_late_says_so(self, client: FlaskClient) -> None:
        an_organizer(client)
        data = filled_in()
        opened_at = clock.now().isoformat()
        client.post(f"{NEW}draft/", data={**data, "opened_at": opened_at}, headers=HTMX)
        assert client.post(NEW, data=data).status_code == 302
        late = client.post(f"{NEW}draft/", data={**data, "opened_at": opened_at}, headers=HTMX)
        assert "saved or discarded in another tab" in words(late)
        assert "Night of Drums" not in client.get(NEW).text

    def test_what_was_refused_is_kept(self, client: FlaskClient) -> None:
        event = own_event(client, title="Night of Bells")
        address = f"/organizer/events/{event.slug}/edit/"
        assert client.post(address, data=filled_in(title="Bells", venue_city="")).status_code == 400
        page = client.get(address)
        assert "have not saved it yet" in words(page)
        assert 'value="Bells"' in page.text

    def test_only_fields_of_the_form_are_kept(self, client: FlaskClient) -> None:
        an_organizer(client)
        client.post(f"{NEW}draft/", data={"title": "Night", "is_featured": "y", "csrf_token": "x"})
        assert db.session.scalars(sa.select(EventDraft.fields)).one() == {"title": "Night"}

    def test_the_description_is_shown_as_the_page_will_show_it(self, client: FlaskClient) -> None:
        event = own_event(client, description="Old")
        page = client.post(
            f"/organizer/events/{event.slug}/edit/",
            data=filled_in(description="**Drums** <script>alert(1)</script>", preview="1"),
        )
        assert page.status_code == 200
        assert "<strong>Drums</strong>" in page.text
        assert "<script>alert" not in page.text
        db.session.expire_all()
        assert event.description == "Old"


class TestSections:
    def test_link_policy_and_capacity_are_saved(self, client: FlaskClient) -> None:
        event = own_event(client)
        link = "https://meet.example.org/x"
        data = filled_in(online_link=link, check_in_policy="daily_entry", total_capacity="90")
        assert client.post(f"/organizer/events/{event.slug}/edit/", data=data).status_code == 302
        db.session.expire_all()
        assert (event.online_link, event.check_in_policy) == (link, CheckInPolicy.DAILY)

    def test_a_section_with_something_wrong_is_open(self, client: FlaskClient) -> None:
        event = own_event(client)
        page = client.post(f"/organizer/events/{event.slug}/edit/", data=filled_in(online_link="meet me"))
        assert page.status_code == 400
        assert "Give the whole address, beginning with https://." in words(page)
        assert page.text.count('<details class="panel editor-section" open>') == 1


class TestPicture:
    def test_a_picture_is_sent_cut_and_taken_away(self, client: FlaskClient) -> None:
        event = own_event(client)
        address = f"/organizer/events/{event.slug}/picture/"
        photo = (io.BytesIO(encoded(drawn(1600, 300), "JPEG")), "photo.jpg")
        client.post(address, data={"picture": photo, "across": "0", "down": "50", "zoom": "100"})
        db.session.expire_all()
        first = event.banner_image
        assert first in client.get(f"/events/{event.slug}/").text
        client.post(address, data={"across": "100", "down": "50", "zoom": "200"})
        db.session.expire_all()
        assert event.cover_cut == {"across": 100, "down": 50, "zoom": 200}
        assert event.banner_image not in ("", first)
        page = client.post(f"{address}remove/", follow_redirects=True)
        assert "Taken away." in words(page)

    @pytest.mark.parametrize(
        ("sent", "sentence"),
        [
            ({}, "Choose a picture."),
            ({"picture": (b"none", "a.gif")}, "File extension “gif” is not allowed."),
            ({"zoom": "900"}, "Choose from 100 to 300."),
        ],
    )
    def test_what_is_wrong_is_said(self, client: FlaskClient, sent: dict[str, Any], sentence: str) -> None:
        event = own_event(client)
        if "picture" in sent:
            content, name = sent["picture"]
            sent = {**sent, "picture": (io.BytesIO(content), name)}
        answer = client.post(
            f"/organizer/events/{event.slug}/picture/", data=sent, content_type="multipart/form-data"
        )
        assert (answer.status_code, sentence in words(answer)) == (400, True)


class TestCopying:
    def test_it_is_offered_wherever_an_event_stands(self, client: FlaskClient) -> None:
        event = own_event(client)
        over = factories.make_event(organizer=event.organizer, status=EventStatus.CANCELLED)
        pages = ["", *(f"{each.slug}/" for each in (event, over)), f"{event.slug}/edit/"]
        for path, of in zip(pages, (event, event, over, event), strict=True):
            page = client.get(f"/organizer/events/{path}").text
            assert f'href="/organizer/events/{of.slug}/copy/"' in page, path

    def test_a_copy_is_a_draft_for_another_date(self, client: FlaskClient) -> None:
        event = own_event(client, title="Night of Drums", time_zone="Africa/Accra")
        address = f"/organizer/events/{event.slug}/copy/"
        assert 'value="Night of Drums"' in client.get(address).text
        start = clock.now() + timedelta(days=60)
        data = {"title": "Night of Bells", "start_at": f"{start:%Y-%m-%dT%H:%M}"}
        page = client.post(address, data=data, follow_redirects=True)
        assert "Copied as a draft." in words(page)
        copy = db.session.scalars(sa.select(Event).filter_by(title="Night of Bells")).one()
        assert (copy.status, len(copy.ticket_types)) == (EventStatus.DRAFT, 1)
        refused = client.post(address, data={**data, "start_at": "2020-01-01T20:00"})
        assert "This is in the past. Choose a later beginning." in words(refused)


def test_anybody_elses_event_is_not_found(client: FlaskClient) -> None:
    event = factories.make_simple_event()
    an_organizer(client)
    for path in ("picture/", "copy/"):
        assert client.get(f"/organizer/events/{event.slug}/{path}").status_code == 404
    for path in ("draft/", "draft/discard/", "picture/", "picture/remove/", "copy/"):
        assert client.post(f"/organizer/events/{event.slug}/{path}").status_code == 404


def test_who_runs_the_site_edits_any_event_and_copies_none(client: FlaskClient) -> None:
    event = factories.make_simple_event()
    sign_in(client, factories.make_staff())
    for path in ("", "edit/"):
        assert "/copy/" not in client.get(f"/organizer/events/{event.slug}/{path}").text
    assert client.get(f"/organizer/events/{event.slug}/copy/").status_code == 403
