"""The picture of an event: its cut is shown, the whole is kept, and no file stays that nothing names."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from config import Settings
from easyticket.core import clock
from easyticket.core.errors import Forbidden, Invalid
from easyticket.db import db
from easyticket.integrations.storage import Storage
from easyticket.jobs.entry import drain_outbox
from easyticket.models import Event, User
from easyticket.rules.covers import Cut
from easyticket.rules.pictures import files_of
from easyticket.services.event_covers import remove_cover, set_cover
from easyticket.services.event_steps import delete_event
from easyticket.services.events import update_event
from easyticket.services.images import Upload
from tests import factories
from tests.documents.test_pictures import LEFT, RIGHT, drawn, encoded
from tests.factories import actor_of

pytestmark = pytest.mark.usefixtures("db_session")

# Red at the left, blue at the right, and much wider than a cover.
WIDE = Upload(encoded(drawn(1600, 300)))
Files = Callable[[], set[str]]


@pytest.fixture
def files(settings: Settings) -> Files:
    """Call it for the names of the files that came since the test began."""
    folder: Path = settings.storage_dir

    def names() -> set[str]:
        return {path.name for path in folder.iterdir()} if folder.exists() else set()

    before = names()
    return lambda: names() - before


def shown(event: Event, settings: Settings) -> Image.Image:
    return Image.open(io.BytesIO(Storage(settings.storage_dir).read(event.banner_image)))


def is_colour(pixel: tuple[int, ...], colour: tuple[int, int, int]) -> bool:
    return all(abs(one - other) < 25 for one, other in zip(pixel[:3], colour, strict=True))


def worked_off(event: Event) -> Event:
    """Return the event once all jobs are done, which end the session."""
    event_id = event.id
    drain_outbox()
    return db.session.get_one(Event, event_id)


def names_of(*stored: str) -> set[str]:
    return {file.name for name in stored for file in files_of(name)}


def put(event: Event, upload: Upload | None, cut: Cut) -> Event:
    return set_cover(actor=actor_of(event.organizer), event=event, upload=upload, cut=cut, now=clock.now())


def test_the_chosen_part_is_shown_and_another_can_be_chosen_later(settings: Settings, files: Files) -> None:
    event = factories.make_event()
    put(event, WIDE, Cut(across=0))
    assert shown(event, settings).size == (533, 300)
    assert is_colour(shown(event, settings).convert("RGB").getpixel((530, 150)), LEFT)
    put(event, None, Cut(across=100))
    assert is_colour(shown(event, settings).convert("RGB").getpixel((3, 150)), RIGHT)
    assert event.cover_cut == {"across": 100, "down": 50, "zoom": 100}
    event = worked_off(event)
    assert files() == names_of(event.banner_image, event.cover_source)


def test_a_picture_that_came_through_an_api_can_be_cut_too(settings: Settings, files: Files) -> None:
    event = factories.make_event()
    actor = actor_of(event.organizer)
    put(event, WIDE, Cut())
    whole = event.cover_source
    update_event(actor=actor, event=event, changes={"banner_image": whole}, now=clock.now())
    assert (event.cover_source, event.cover_cut) == ("", None)
    put(event, None, Cut(zoom=300))
    event = worked_off(event)
    assert event.cover_source == whole
    assert files() == names_of(event.banner_image, whole)


def test_what_is_replaced_or_taken_away_leaves_no_file(files: Files) -> None:
    event = factories.make_event()
    put(event, WIDE, Cut())
    put(event, Upload(encoded(drawn(400, 300))), Cut())
    event = worked_off(event)
    assert files() == names_of(event.banner_image, event.cover_source)
    remove_cover(actor=actor_of(event.organizer), event=event, now=clock.now())
    event = worked_off(event)
    assert (event.banner_image, event.cover_source, files()) == ("", "", set())


def test_a_deleted_event_takes_its_pictures_along(files: Files) -> None:
    event = factories.make_event()
    put(event, WIDE, Cut())
    delete_event(actor=actor_of(event.organizer), event=event, now=clock.now())
    drain_outbox()
    assert files() == set()


@pytest.mark.parametrize("upload", [None, Upload(b"no picture")])
def test_nothing_to_cut_is_said_and_leaves_nothing(upload: Upload | None, files: Files) -> None:
    event = factories.make_event()
    with pytest.raises(Invalid) as refusal:
        put(event, upload, Cut())
    assert refusal.value.fields.keys() == {"picture"}
    assert (files(), event.banner_image) == (set(), "")


def test_nobody_else_chooses_the_picture(files: Files) -> None:
    event, stranger = factories.make_event(), factories.make_organizer()
    assert isinstance(stranger, User)
    with pytest.raises(Forbidden):
        set_cover(actor=actor_of(stranger), event=event, upload=WIDE, cut=Cut(), now=clock.now())
    assert files() == set()
    db.session.rollback()
