"""Files in requests: parts of a multipart body, read only as far as anybody wants them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import marshmallow as ma
from werkzeug.datastructures import FileStorage

from easyticket.services.images import Upload

_FILE = {"type": "string", "format": "binary"}
_NO_FILE = "The submitted data was not a file. Check the encoding type on the form."


def read_upload(file: FileStorage, most: int) -> Upload:
    """Return a part that was sent, with one byte more than `most` at most, so that its size can be told to be too large."""
    return Upload(file.read(most + 1), file.filename or "")


class FilePart(ma.fields.Field[Upload]):
    """One file of at most `most` bytes; what is larger is refused by whoever looks into it."""

    default_error_messages = {"invalid": _NO_FILE, "required": "This field is required."}

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        self.most = most
        super().__init__(load_only=True, metadata=_FILE | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Upload:
        if not isinstance(value, FileStorage):
            raise self.make_error("invalid")
        return read_upload(value, self.most)


class FileParts(ma.fields.Field[list[Upload]]):
    """A part that may be sent several times, each a file of at most `most` bytes."""

    default_error_messages = {"invalid": _NO_FILE, "required": "This field is required."}

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        self.most = most
        written = {"type": "array", "items": _FILE}
        super().__init__(load_only=True, metadata=written | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Upload]:
        files: Sequence[Any] = value if isinstance(value, list) else [value]
        if not all(isinstance(file, FileStorage) for file in files):
            raise self.make_error("invalid")
        return [read_upload(file, self.most) for file in files]
