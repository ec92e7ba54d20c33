"""Categories through the door of the Cafa Tickets API."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests import factories
from tests.api_v1.conftest import Caller
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("db_session")

PATH = "/api/v1/event-categories/"


def test_all_categories_come_at_once_with_their_icon_and_what_is_on(call: Callable[..., Caller]) -> None:
    music = factories.make_category(name="Music", icon="FaMusic", description="Concerts")
    factories.make_category(name="Art")
    factories.make_category(name="Hidden", is_active=False)
    factories.make_simple_event(category=music)
    answer = call().get(f"{PATH}?page=7")
    assert answer.status_code == 200
    assert set(answer.json) == {"count", "categories"}
    assert answer.json["count"] == len(answer.json["categories"]) == 2
    art, shown = answer.json["categories"]
    assert shown == {
        "id": music.id,
        "name": "Music",
        "slug": "music",
        "description": "Concerts",
        "icon": "FaMusic",
        "event_count": 1,
    }
    assert (art["name"], art["icon"], art["event_count"]) == ("Art", "FaCalendarAlt", 0)
    factories.make_event()
    other = call().get(PATH).json["categories"][-1]
    assert (other["id"], other["slug"], other["event_count"]) == (0, "other", 1)


def test_twenty_categories_take_as_many_statements_as_one(call: Callable[..., Caller]) -> None:
    def statements() -> int:
        with counted_statements() as seen:
            assert call().get(PATH).status_code == 200
        return len(seen)

    factories.make_event(category=factories.make_category())
    with_one = statements()
    for _ in range(19):
        factories.make_event(category=factories.make_category())
    assert statements() == with_one == 2
