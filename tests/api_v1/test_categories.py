"""Categories through the door of the Cafa Tickets API."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests import factories
from tests.api_v1.conftest import Caller

pytestmark = pytest.mark.usefixtures("db_session")


def test_all_categories_come_at_once_with_their_icon_and_what_is_on(call: Callable[..., Caller]) -> None:
    music = factories.make_category(name="Music", icon="FaMusic")
    factories.make_category(name="Art")
    factories.make_simple_event(category=music)
    answer = call().get("/api/v1/event-categories/")
    assert answer.status_code == 200
    assert answer.json["count"] == len(answer.json["categories"]) == 2
    art, shown = answer.json["categories"]
    assert shown == {
        "id": music.id,
        "name": "Music",
        "slug": music.slug,
        "description": music.description,
        "icon": "FaMusic",
        "event_count": 1,
    }
    assert (art["name"], art["icon"], art["event_count"]) == ("Art", "FaCalendarAlt", 0)
