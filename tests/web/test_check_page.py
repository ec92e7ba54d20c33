"""Looking an event over on its page: what is missing is said with where to mend it, and a rehearsal is one button."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config import Settings
from easyticket.db import db
from easyticket.models import Event, EventStatus, EventTrial, Order, User
from tests import factories
from tests.factories import PASSWORD
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")


def sign_in(client: FlaskClient, user: User) -> User:
    client.post("/sign-in/", data={"email": user.email, "password": PASSWORD})
    return user


def a_draft(client: FlaskClient, **fields: Any) -> Event:
    organizer = sign_in(client, factories.make_organizer())
    values = {"title": "Night of Drums", "status": EventStatus.DRAFT, **fields}
    return factories.make_simple_event(organizer=organizer, **values)


def look(client: FlaskClient, event: Event) -> TestResponse:
    answer = client.get(f"/organizer/events/{event.slug}/check/")
    assert answer.status_code == 200
    return answer


def words(answer: TestResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_a_draft_that_needs_nothing_more_can_be_published_there(client: FlaskClient) -> None:
    event = a_draft(client)
    page = look(client, event)
    assert "It can be published; " in words(page)
    assert f'action="/organizer/events/{event.slug}/publish/"' in page.text
    assert "No picture" in words(page) and "No payout account" in words(page)


def test_a_draft_without_any_ticket_is_offered_one_and_neither_published_nor_tried_there(
    client: FlaskClient,
) -> None:
    event = factories.make_event(
        organizer=sign_in(client, factories.make_organizer()), status=EventStatus.DRAFT
    )
    page = look(client, event)
    assert "Nobody can buy a ticket yet; " in words(page)
    assert f'href="/organizer/events/{event.slug}/ticket-types/new/"' in page.text
    assert "There is no ticket to try yet. Add one first." in words(page)
    assert "It can be published" not in words(page) and "Not tried yet" not in words(page)
    assert "/publish/" not in page.text and "/check/try/" not in page.text


def test_a_rehearsal_says_whose_payments_it_leaves_out_and_how_to_try_them(
    app: Flask, client: FlaskClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = a_draft(client)
    free = factories.make_simple_event(organizer=event.organizer, price_minor=0)
    assert "is not asked" not in words(look(client, event))
    keys = {"stripe_secret_key": "sk_test_x", "stripe_publishable_key": "pk_test_x"}
    monkeypatch.setitem(app.config, "SETTINGS", replace(settings, **keys))
    page = words(look(client, event))
    assert "Stripe is not asked, and no card is charged." in page
    assert "with the test keys of Stripe" in page
    assert "is not asked" not in words(look(client, free))


def test_what_is_needed_first_stands_first_and_hides_the_button(client: FlaskClient) -> None:
    organizer = sign_in(client, factories.make_organizer(is_verified=False))
    event = factories.make_event(organizer=organizer, status=EventStatus.DRAFT)
    page = look(client, event)
    titles = re.findall(r'class="check-title">([^<]+)', page.text)
    assert titles[0] == "Your address is not verified"
    assert "No tickets" in titles
    assert "/publish/" not in page.text


def test_more_tickets_than_places_are_noticed(client: FlaskClient) -> None:
    event = a_draft(client, total_capacity=60)
    assert "The tickets add up to 100, and sale ends at 60 for all together." in words(look(client, event))


def test_a_rehearsal_is_one_button_and_its_result_stays_on_the_page(client: FlaskClient) -> None:
    event = a_draft(client)
    answer = client.post(f"/organizer/events/{event.slug}/check/try/", follow_redirects=True)
    text = words(answer)
    assert "Tried. Everything went well, and nothing of it is left." in text
    assert "Standard Bought for" in text and "Test mail Handed over for" in text
    assert db.session.scalar(sa.select(sa.func.count(Order.id))) == 0


def test_a_pages_script_is_told_how_far_a_rehearsal_is(client: FlaskClient) -> None:
    event = a_draft(client)
    factories.make_ticket_type(event, name="Balcony")
    path = f"/organizer/events/{event.slug}/check/"
    answer = client.post(f"{path}try/", headers={"Accept": "application/x-ndjson"}, buffered=True)
    *told, last = [json.loads(line) for line in answer.text.splitlines()]
    assert [(line["done"], line["total"], line["text"]) for line in told] == [
        (0, 2, "0 of 2 kinds of ticket tried"),
        (1, 2, "1 of 2 kinds of ticket tried"),
        (2, 2, "All kinds of ticket tried. Drawing and mailing them."),
    ]
    assert last == {"url": f"{path}#trial"}
    assert "Tried Everything went well" in words(look(client, event))


def test_after_a_change_the_trial_counts_no_longer(client: FlaskClient) -> None:
    event = a_draft(client)
    client.post(f"/organizer/events/{event.slug}/check/try/")
    assert "Tried Everything went well" in words(look(client, event))
    client.post(f"/organizer/events/{event.slug}/publish/")
    assert "Changed since it was tried" in words(look(client, event))


def test_other_peoples_events_are_not_found(client: FlaskClient) -> None:
    event = factories.make_simple_event(status=EventStatus.DRAFT)
    sign_in(client, factories.make_organizer())
    assert client.get(f"/organizer/events/{event.slug}/check/").status_code == 404
    assert client.post(f"/organizer/events/{event.slug}/check/try/").status_code == 404
    assert db.session.scalars(sa.select(EventTrial)).all() == []


def test_many_kinds_of_tickets_take_the_same_statements(client: FlaskClient) -> None:
    event = a_draft(client)
    counts = []
    for more in (0, 12):
        for _ in range(more):
            factories.make_ticket_type(event)
        with counted_statements() as statements:
            look(client, event)
        counts.append(len(statements))
    assert counts[0] == counts[1]
