"""Pictures on the disk and the rows that name them: whatever goes wrong, no row names a file that is not there, and no file
stays that nothing names."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from config import Settings
from easyticket.core import clock
from easyticket.core.errors import Invalid
from easyticket.db import transaction
from easyticket.integrations.storage import Storage
from easyticket.jobs import schedule
from easyticket.jobs.entry import drain_outbox
from easyticket.models import Event, EventImage
from easyticket.rules.pictures import MOST_BYTES, NO_PICTURE, TOO_LARGE, files_of
from easyticket.services.images import (
    Upload,
    delete_picture,
    delete_unnamed_pictures,
    discard_picture,
    picture_url,
    store_picture,
    stored_pictures,
)
from tests import factories
from tests.documents.test_pictures import drawn, encoded

pytestmark = pytest.mark.usefixtures("db_session")

PHOTO = encoded(drawn(1000, 500), "JPEG")
Files = Callable[[], set[str]]


@pytest.fixture
def files(settings: Settings) -> Files:
    """Call it for the names of the files that came since the test began."""
    folder: Path = settings.storage_dir

    def names() -> set[str]:
        return {path.name for path in folder.iterdir()} if folder.exists() else set()

    before = names()
    return lambda: names() - before


def name_on(event: Event, name: str) -> None:
    with transaction():
        event.banner_image = name


def test_the_stored_name_leads_to_a_file_of_every_size(settings: Settings, files: Files) -> None:
    stored = store_picture(PHOTO, field="banner_image", file_name="IMG_1.JPG")
    assert stored.endswith("-1000x500.webp")
    assert files() == {file.name for file in files_of(stored)}
    assert [file.size.width for file in files_of(stored)] == [480, 960, 1000]
    content = Storage(settings.storage_dir).read(stored)
    assert content.startswith(b"RIFF")


def test_the_same_picture_twice_is_kept_under_two_names() -> None:
    assert store_picture(PHOTO, field="x") != store_picture(PHOTO, field="x")


def test_addresses_are_absolute_and_tell_the_size() -> None:
    stored = store_picture(PHOTO, field="x")
    assert picture_url(stored) == f"http://tickets.example/media/{stored}"
    sizes = [(file.size.width, file.size.height) for file in files_of(stored)]
    assert sizes == [(480, 240), (960, 480), (1000, 500)]
    assert files_of(stored)[-1].name == stored
    assert (picture_url(""), list(files_of(""))) == (None, [])


@pytest.mark.parametrize(
    ("content", "file_name", "message"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.png", NO_PICTURE),
        (encoded(drawn(), "GIF"), "a.jpg", NO_PICTURE),
        (b"", "a.jpg", "The submitted file is empty."),
        (bytes(MOST_BYTES + 1), "a.jpg", TOO_LARGE),
        (
            PHOTO,
            "a.svg",
            "File extension “svg” is not allowed. Allowed extensions are: jpg, jpeg, png, webp.",
        ),
    ],
)
def test_what_is_refused_is_said_at_its_field_and_leaves_nothing(
    content: bytes, file_name: str, message: str, files: Files
) -> None:
    with pytest.raises(Invalid) as refusal:
        store_picture(content, field="thumbnail_image", file_name=file_name)
    assert refusal.value.fields == {"thumbnail_image": [message]}
    assert files() == set()


def test_a_picture_is_never_worked_on_inside_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="inside a transaction"), transaction():
        store_picture(PHOTO, field="x")


def test_the_files_of_one_request_are_all_taken_or_none(files: Files) -> None:
    uploads = {"banner_image": Upload(PHOTO), "thumbnail_image": Upload(b"no picture"), "x": Upload(b"")}
    with pytest.raises(Invalid) as refusal, stored_pictures(uploads):
        raise AssertionError("the block must not run")
    assert refusal.value.fields.keys() == {"thumbnail_image", "x"}
    assert files() == set()


def test_pictures_stay_when_their_row_is_written_and_go_when_it_is_not(files: Files) -> None:
    event = factories.make_event()
    with stored_pictures({"banner_image": Upload(PHOTO)}) as stored:
        name_on(event, stored["banner_image"])
    kept = files()
    assert kept == {file.name for file in files_of(event.banner_image)}
    with pytest.raises(LookupError), stored_pictures({"banner_image": Upload(PHOTO)}):
        raise LookupError
    assert files() == kept


def test_pictures_stay_when_something_fails_after_their_row_was_written(files: Files) -> None:
    event = factories.make_event()
    with pytest.raises(LookupError), stored_pictures({"banner_image": Upload(PHOTO)}) as stored:
        name_on(event, stored["banner_image"])
        raise LookupError
    assert files() == {file.name for file in files_of(event.banner_image)}


def test_a_replaced_picture_goes_after_the_commit_only(files: Files) -> None:
    event = factories.make_event()
    first, second = (store_picture(PHOTO, field="x") for _ in range(2))
    name_on(event, first)
    with pytest.raises(LookupError), transaction():
        event.banner_image = second
        discard_picture(first)
        raise LookupError
    drain_outbox()
    assert files() >= {file.name for file in files_of(first)}
    with transaction():
        discard_picture(event.banner_image)
        event.banner_image = second
    assert files() >= {file.name for file in files_of(first)}
    drain_outbox()
    assert files() == {file.name for file in files_of(second)}


def test_a_picture_that_another_row_names_stays(files: Files) -> None:
    event, other = factories.make_event(), factories.make_event()
    stored = store_picture(PHOTO, field="x")
    name_on(other, stored)
    with transaction():
        event.thumbnail_image = ""
        discard_picture(stored)
        discard_picture("")
    drain_outbox()
    assert files() == {file.name for file in files_of(stored)}


def test_deleting_twice_and_names_of_an_older_form_are_no_error(settings: Settings, files: Files) -> None:
    stored, older = store_picture(PHOTO, field="x"), Storage(settings.storage_dir).save(b"one", "jpg")
    for name in (stored, stored, older, older):
        delete_picture(name)
    assert files() == set()


def test_what_a_killed_process_left_is_deleted_a_day_later(settings: Settings, files: Files) -> None:
    event, user = factories.make_event(), factories.make_user()
    banner, thumbnail, image, face, left, halved, young = (store_picture(PHOTO, field="x") for _ in range(7))
    older = Storage(settings.storage_dir).save(b"one", "jpg")
    with transaction():
        event.banner_image, event.thumbnail_image, user.profile_image = banner, thumbnail, face
        event.images = [EventImage(path=image)]
    # The widths of a picture belong together: neither is one kept for itself nor do smaller ones go without the largest.
    for lost in (halved, banner):
        (settings.storage_dir / lost).unlink()
    (settings.storage_dir / ".abc.part").write_bytes(b"half")
    (settings.storage_dir / "notes.txt").write_text("ours")
    fresh = {file.name for file in files_of(young)}
    for name in files() - fresh:
        a_day_ago = (clock.now() - timedelta(hours=25)).timestamp()
        os.utime(settings.storage_dir / name, (a_day_ago, a_day_ago))
    gone = {file.name for name in (left, halved) for file in files_of(name)} - {halved} | {older, ".abc.part"}
    kept = files() - gone
    assert delete_unnamed_pictures() == len(gone)
    assert files() == kept
    assert delete_unnamed_pictures() == 0
    delete_unnamed_pictures(now=clock.now() + timedelta(hours=25))
    assert files() == kept - fresh
    assert (3600, delete_unnamed_pictures) in schedule.SCHEDULE


def test_many_that_were_left_are_looked_up_in_pieces(
    settings: Settings, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("easyticket.services.images._AT_ONCE", 2)
    names = [Storage(settings.storage_dir).save(b"one", "jpg") for _ in range(5)]
    name_on(factories.make_event(), names[2])
    assert delete_unnamed_pictures(now=clock.now() + timedelta(hours=25)) >= 4
    assert files() == {names[2]}
