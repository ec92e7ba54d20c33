"""Pictures people upload: checked, encoded anew and kept as files before the row that names them is written, deleted after.

A column holds one name (rules/pictures.py says what follows from it). A picture lives while some row names it.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app

from easyticket.core import clock
from easyticket.core.errors import Invalid, invalid_field
from easyticket.db import db, is_in_transaction
from easyticket.documents.pictures import PictureRefusedError, render_cut, render_picture
from easyticket.integrations.storage import Storage
from easyticket.links import public_url
from easyticket.models import Event, EventImage, User
from easyticket.queue import JobName, enqueue
from easyticket.rules.covers import Cut
from easyticket.rules.pictures import IDENTITY_LETTERS, Size, files_of, identity_of, name_of, why_no_upload

_COLUMNS = (
    Event.banner_image,
    Event.thumbnail_image,
    Event.cover_source,
    EventImage.path,
    User.profile_image,
)
# A file comes before its row, by seconds. One that has none after so long was left by a process that was killed between.
_NAMED_WITHIN = timedelta(days=1)
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent, with the name its sender gave it."""

    content: bytes
    file_name: str = ""


def store_picture(content: bytes, *, field: str, file_name: str = "") -> str:
    """Keep an uploaded JPEG, PNG or WebP of at most 5 MB and return the name a column stores. Call it outside transactions.

    The caller sees to it that a row names it, or that it is deleted again; `stored_pictures` does both.

    :raises Invalid: it is none of these, damaged or too large; the message stands under `field`.
    """
    if is_in_transaction():
        raise RuntimeError("a picture must not be stored inside a transaction")
    if refusal := why_no_upload(content, file_name):
        raise invalid_field(field, refusal)
    try:
        return _store(render_picture(content))
    except PictureRefusedError as refusal:
        raise invalid_field(field, str(refusal)) from None


@contextmanager
def stored_pictures(uploads: Mapping[str, Upload]) -> Iterator[dict[str, str]]:
    """Store the uploads of one request and give their names by field to the block that writes the rows.

    If the block fails, what no row names is deleted again.

    :raises Invalid: with a message for every field whose file is refused; then nothing is stored.
    """
    stored: dict[str, str] = {}
    refused: dict[str, list[str]] = {}
    try:
        for field, upload in uploads.items():
            try:
                stored[field] = store_picture(upload.content, field=field, file_name=upload.file_name)
            except Invalid as refusal:
                refused |= refusal.fields
        if refused:
            raise Invalid(next(iter(refused.values()))[0], fields=refused)
        yield stored
    except BaseException:
        for name in stored.values():
            delete_picture(name)
        raise


@contextmanager
def stored_cut(source: str, cut: Cut) -> Iterator[str]:
    """Store a part of a stored picture and give its name to the block that writes the row; if the block fails, it is deleted.

    :raises NotFound: the picture is gone.
    """
    if is_in_transaction():
        raise RuntimeError("a picture must not be stored inside a transaction")
    stored = _store(render_cut(_storage().read(source), cut))
    try:
        yield stored
    except BaseException:
        delete_picture(stored)
        raise


def forget_cover(event: Event) -> None:
    """Have the whole picture that an event's banner was cut from deleted, because the banner is not that cut any more."""
    discard_picture(event.cover_source)
    event.cover_source, event.cover_cut = "", None


def discard_picture(stored: str) -> None:
    """Have a picture that was replaced or removed deleted once the running transaction is committed; "" is no picture."""
    if stored:
        enqueue(JobName.DELETE_PICTURE, {"name": stored})


def delete_picture(stored: str) -> None:
    """Delete all files of a picture, unless a row names it (still or again). Deleting it twice is no error."""
    db.session.rollback()
    is_named = db.session.scalar(
        sa.select(sa.or_(*(sa.exists().where(_is(column, stored)) for column in _COLUMNS)))
    )
    db.session.rollback()
    if is_named:
        return
    for name in [file.name for file in files_of(stored)] or [stored]:
        _storage().delete(name)


def delete_unnamed_pictures(now: datetime | None = None) -> int:
    """Delete the files of pictures that are older than a day and named by no row, and return how many files went."""
    before = (now or clock.now()) - _NAMED_WITHIN
    deleted = _storage().delete_unfinished(before=before)
    files: dict[str, list[str]] = {}
    for name in _storage().names(before=before):
        files.setdefault(identity_of(name), []).append(name)
    unnamed = sorted(files.keys() - _named()) if files else []
    for first in range(0, len(unnamed), _AT_ONCE):
        piece = unnamed[first : first + _AT_ONCE]
        # Once more just before: reading all the rows took a while.
        for identity in set(piece) - _named(piece):
            for name in files[identity]:
                _storage().delete(name)
                deleted += 1
    return deleted


def _named(identities: Collection[str] | None = None) -> set[str]:
    """Return the identities of pictures that rows name, of these or of all."""
    named: set[str] = set()
    for column in _COLUMNS:
        identity = sa.func.substr(column, 1, IDENTITY_LETTERS)
        asked = sa.select(identity).where(column != "" if identities is None else identity.in_(identities))
        named.update(db.session.scalars(asked))
    # Files are not deleted while a transaction is open.
    db.session.rollback()
    return named


def picture_url(stored: str) -> str | None:
    """Return the absolute address of a picture in its largest size, or None where the column is empty."""
    return public_url("events.picture", name=stored) if stored else None


def _is(column: sa.orm.InstrumentedAttribute[str], name: str) -> sa.ColumnElement[bool]:
    return column == name


def _store(rendered: Mapping[Size, bytes]) -> str:
    identity = secrets.token_hex(16)
    for size, encoded in rendered.items():
        _storage().write(name_of(identity, size), encoded)
    # The smallest comes first, so the last one is what everything else follows from.
    return name_of(identity, max(rendered))


def _storage() -> Storage:
    return Storage(current_app.config["SETTINGS"].storage_dir)
