"""Categories: who may change them, and what happens to their events."""

from __future__ import annotations

import pytest

from easyticket.core import clock
from easyticket.core.errors import Forbidden, Invalid
from easyticket.db import db
from easyticket.models import Category, Event
from easyticket.rules.permissions import SYSTEM
from easyticket.services.categories import create_category, delete_category, update_category
from tests import factories

pytestmark = pytest.mark.usefixtures("db_session")

NOW = clock.now()


def create(name: str = "Theatre & Dance", **fields: str) -> Category:
    return create_category(actor=SYSTEM, name=name, now=NOW, **fields)


def test_without_a_slug_it_gets_one_from_its_name() -> None:
    assert create().slug == "theatre-dance"
    assert create("Theatre, Dance").slug == "theatre-dance-2"
    assert create("2026").slug == "category-2026"


def test_names_and_slugs_are_taken_once() -> None:
    create(slug="theatre")
    for name, slug in (("Theatre & Dance", ""), ("Plays", "theatre")):
        with pytest.raises(Invalid, match="already exists"):
            create(name, slug=slug)


def test_it_keeps_its_slug_under_a_new_name() -> None:
    category = update_category(actor=SYSTEM, category=create(), changes={"name": "Stage"}, now=NOW)
    assert (category.name, category.slug) == ("Stage", "theatre-dance")


def test_its_events_go_on_without_it() -> None:
    category = create()
    event_id = factories.make_event(category=category).id
    delete_category(actor=SYSTEM, category=category, now=NOW)
    db.session.expire_all()
    assert db.session.get_one(Event, event_id).category_id is None


def test_organizers_may_not_change_them() -> None:
    with pytest.raises(Forbidden):
        create_category(actor=factories.actor_of(factories.make_organizer()), name="Mine", now=NOW)
