"""Event categories through the API's door."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests import factories
from tests.api.conftest import Caller
from tests.statements import counted_statements

Call = Callable[..., Caller]
pytestmark = pytest.mark.usefixtures("db_session")

PATH = "/api/events/categories/"


def test_anybody_reads_the_active_categories_by_name(call: Call) -> None:
    factories.make_category(name="Theatre", slug="theatre")
    music = factories.make_category(name="Music", slug="music")
    factories.make_category(name="Hidden", slug="hidden", is_active=False)
    factories.make_event(category=music)
    answer = call().get(PATH)
    assert answer.status_code == 200
    assert [(row["name"], row["events_count"]) for row in answer.json["results"]] == [
        ("Music", 1),
        ("Theatre", 0),
    ]
    assert set(answer.json) == {"count", "next", "previous", "results"}
    assert set(answer.json["results"][0]) == set(
        "id name slug description icon is_active events_count created_at".split()
    )


def test_an_inactive_category_is_not_found(call: Call) -> None:
    factories.make_category(slug="hidden", is_active=False)
    assert call().get(f"{PATH}hidden/").status_code == 404


def test_only_administrators_change_categories(call: Call) -> None:
    factories.make_category(slug="music")
    for user, status in ((None, 401), (factories.make_user(), 403), (factories.make_organizer(), 403)):
        caller = call(user)
        for answer in (
            caller.post(PATH, {}),
            caller.put(f"{PATH}music/", {}),
            caller.patch(f"{PATH}music/", {}),
            caller.delete(f"{PATH}music/"),
        ):
            assert answer.status_code == status


def test_a_category_gets_a_slug_from_its_name(call: Call) -> None:
    answer = call(factories.make_user(is_staff=True)).post(PATH, {"name": "Night Life"})
    assert answer.status_code == 201
    assert answer.json["slug"] == "night-life"


def test_a_name_is_there_once(call: Call) -> None:
    factories.make_category(name="Music", slug="music")
    answer = call(factories.make_user(is_staff=True)).post(PATH, {"name": "Music"})
    assert answer.status_code == 400
    assert answer.json == {
        "error": "Event Category with this name already exists.",
        "detail": "name: Event Category with this name already exists.",
        "field_errors": {"name": ["Event Category with this name already exists."]},
        "code": "invalid",
    }


def test_a_category_is_changed_in_part_and_as_a_whole(call: Call) -> None:
    factories.make_category(name="Music", slug="music", icon="FaMusic")
    staff = call(factories.make_user(is_staff=True))
    assert staff.put(f"{PATH}music/", {"icon": "FaDrum"}).status_code == 400
    assert staff.patch(f"{PATH}music/", {"icon": "FaDrum"}).json["icon"] == "FaDrum"
    read = staff.get(f"{PATH}music/").json
    again = staff.put(f"{PATH}music/", {**read, "name": "Live music"})
    assert (again.status_code, again.json["name"], again.json["slug"]) == (200, "Live music", "music")


def test_events_of_a_deleted_category_go_on(call: Call) -> None:
    event = factories.make_event(category=factories.make_category(slug="music"))
    answer = call(factories.make_user(is_staff=True)).delete(f"{PATH}music/")
    assert (answer.status_code, answer.data) == (204, b"")
    assert call().get(f"/events/{event.slug}/").status_code == 200


def test_the_list_takes_as_many_statements_for_fifty_as_for_one(call: Call) -> None:
    factories.make_category(name="Only one")
    with counted_statements() as few:
        call().get(PATH)
    for number in range(49):
        factories.make_category(name=f"Category {number}")
    with counted_statements() as many:
        assert len(call().get(f"{PATH}?page_size=100").json["results"]) == 50
    assert len(many) == len(few)
