"""Pictures people uploaded, each a file under a random name in STORAGE_DIR. Nothing here knows what a picture shows."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from easyticket.core.errors import NotFound
from easyticket.integrations.files import PART_PREFIX, PART_SUFFIX, write_whole

# Where the site shows them (the API contract: image addresses stand under /media/).
URL_PREFIX = "/media/"
SUFFIXES = ("jpg", "png", "webp")
# Only names of this form are ever opened, with the picture's size or without: no dot but the last, no slash, so no name
# leads out of the folder.
_NAME = re.compile(r"[0-9a-f]{32}(?:-[0-9]{1,4}x[0-9]{1,4})?\.(?:jpg|png|webp)")


@dataclass(frozen=True, slots=True)
class Storage:
    """The pictures in `folder`, which is made when the first one is saved."""

    folder: Path

    def save(self, content: bytes, suffix: str) -> str:
        """Keep a picture (one of SUFFIXES) and return its new name, which nobody can guess.

        :raises ValueError: another suffix.
        :raises OSError: it could not be written; then nothing half-written is left.
        """
        if suffix not in SUFFIXES:
            raise ValueError(f"{suffix!r} is no kind of picture that is stored")
        name = f"{secrets.token_hex(16)}.{suffix}"
        write_whole(self.folder / name, content)
        return name

    def write(self, name: str, content: bytes) -> None:
        """Keep a picture under a name that the caller made, which nobody can guess.

        :raises ValueError: the name is not of the form of ours.
        :raises OSError: it could not be written; then nothing half-written is left.
        """
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a picture")
        write_whole(self.folder / name, content)

    def read(self, name: str) -> bytes:
        """Return the picture.

        :raises NotFound: there is none of that name, or the name is not one of ours.
        """
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            raise NotFound("There is no such picture.") from None

    def delete(self, name: str) -> None:
        """Remove the picture; one that is gone already is no error.

        :raises NotFound: the name is not one of ours.
        """
        self._path(name).unlink(missing_ok=True)

    def names(self, *, before: datetime) -> list[str]:
        """Return the names of the pictures that were written before a moment, in their order."""
        return sorted(entry.name for entry in self._older(before) if _NAME.fullmatch(entry.name))

    def delete_unfinished(self, *, before: datetime) -> int:
        """Remove what was begun to be written before a moment and never ended; return how many files."""
        parts = [
            entry.path
            for entry in self._older(before)
            if entry.name.startswith(PART_PREFIX) and entry.name.endswith(PART_SUFFIX)
        ]
        for path in parts:
            Path(path).unlink(missing_ok=True)
        return len(parts)

    def url(self, name: str) -> str:
        """Return the path on this site under which the picture is shown.

        :raises NotFound: the name is not one of ours.
        """
        return f"{URL_PREFIX}{self._path(name).name}"

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise NotFound("There is no such picture.")
        return self.folder / name

    def _older(self, before: datetime) -> list[os.DirEntry[str]]:
        if not self.folder.is_dir():
            return []
        with os.scandir(self.folder) as entries:
            return [entry for entry in entries if _is_older(entry, before.timestamp())]


def _is_older(entry: os.DirEntry[str], moment: float) -> bool:
    try:
        return entry.is_file(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_mtime < moment
    except FileNotFoundError:
        # Deleted meanwhile.
        return False


@dataclass(frozen=True, slots=True)
class DiskSpace:
    """How much of a disk is free, in bytes."""

    free: int
    total: int


def disk_space(folder: Path) -> DiskSpace:
    """Return how much room there is where a folder is, or will be once something is kept in it."""
    there = next(each for each in (folder.resolve(), *folder.resolve().parents) if each.exists())
    usage = shutil.disk_usage(there)
    return DiskSpace(usage.free, usage.total)
