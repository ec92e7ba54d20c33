"""Fields that only this surface takes: times of day, JSON inside a form, days that stand for moments, and pictures sent back."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

import marshmallow as ma

from easyticket.http.bodies import parse_json, refuse_unstorable
from easyticket.http.fields import Day, Flag, Many, Moment
from easyticket.http.files import FilePart, FileParts
from easyticket.rules.pictures import MOST_BYTES
from easyticket.services.images import Upload

_TIME = re.compile(r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?", re.ASCII)
# What a client that read an event sends back in place of a new picture; and a new one, written as text.
_KEPT = re.compile(r"(https?://|/|\[\s*\]$)")
_WRITTEN = re.compile(r"data:image/[a-z+.-]{1,20};base64,", re.IGNORECASE)
_TEXT_PATTERN = "^(https?://|/|data:image/)"
_FILE = {"type": "string", "format": "binary"}
_NO_OBJECT = "Invalid data. Expected a dictionary."


class TimeOfDay(ma.fields.Field[time]):
    """A time of day as clocks show it: HH:MM or HH:MM:SS."""

    default_error_messages = {
        "required": "This field is required.",
        "null": "This field may not be null.",
        "invalid": "Time has wrong format. Use one of these formats instead: hh:mm[:ss[.uuuuuu]].",
    }

    def __init__(self, **kwargs: Any) -> None:
        written = {"type": "string", "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"}
        super().__init__(metadata=written | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> time:
        text = value.strip() if isinstance(value, str) else ""
        if not _TIME.fullmatch(text):
            raise self.make_error("invalid")
        try:
            return time.fromisoformat(text.partition(".")[0].zfill(5 if text.count(":") == 1 else 8))
        except ValueError:
            raise self.make_error("invalid") from None


class DayOrMoment(ma.fields.Field[date | datetime]):
    """A day, or a moment in ISO 8601; what a day alone stands for is a rule."""

    default_error_messages = {"invalid": Moment.default_error_messages["invalid"]}

    def __init__(self, **kwargs: Any) -> None:
        written = {
            "anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}],
        }
        super().__init__(metadata=written | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date | datetime:
        kind = Day() if isinstance(value, str) and len(value.strip()) == 10 else Moment()
        try:
            found: date | datetime = kind.deserialize(value)
        except ma.ValidationError:
            raise self.make_error("invalid") from None
        return found


class FlagOrAll(Flag):
    """Yes, no, or `all` for both (None)."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str) and value.strip().lower() == "all":
            return None
        return super()._deserialize(value, attr, data, **kwargs)


class Rows(Many):
    """A list of objects of one schema; in a form it is one text that holds the list as JSON."""

    default_error_messages = {"not_json": "This is not a JSON array."}

    def __init__(self, schema: type[ma.Schema], *, most: int, **kwargs: Any) -> None:
        in_form = {"type": "string", "description": "A JSON array, as text."}
        super().__init__(
            schema, most=most, metadata={"in_form": in_form} | kwargs.pop("metadata", {}), **kwargs
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        rows = _parsed(value) if isinstance(value, str) else value
        if isinstance(value, str) and not isinstance(rows, list):
            raise self.make_error("not_json")
        if isinstance(rows, list) and len(rows) <= self.most:
            wrong = {number: [_NO_OBJECT] for number, row in enumerate(rows) if not isinstance(row, Mapping)}
            if wrong:
                raise ma.ValidationError(wrong)
        return super()._deserialize(rows, attr, data, **kwargs)


class JsonObject(ma.fields.Field[Mapping[str, Any]]):
    """An object of plain values, or a text that holds one as JSON."""

    default_error_messages = {"invalid": "This is not a JSON object."}

    def __init__(self, **kwargs: Any) -> None:
        written = {
            "anyOf": [{"type": "object"}],
            "in_form": {"type": "string", "description": "A JSON object, as text."},
        }
        super().__init__(metadata=written | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Mapping[str, Any]:
        found = _parsed(value) if isinstance(value, str) else value
        if not isinstance(found, Mapping):
            raise self.make_error("invalid")
        return found


class NewPicture(FilePart):
    """A new picture as a file of a multipart body or as a `data:` address; that of the present one is left aside."""

    def __init__(self, **kwargs: Any) -> None:
        address = {"type": "string", "nullable": True, "pattern": _TEXT_PATTERN}
        super().__init__(most=MOST_BYTES, allow_none=True, **kwargs)
        self.metadata = {**kwargs.get("metadata", {}), "anyOf": [address], "in_form": _FILE}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if _is_kept(value):
            return None
        return _written(value) or super()._deserialize(value, attr, data, **kwargs)


class NewPictures(FileParts):
    """New pictures as files of one repeated part or as `data:` addresses; those of present ones are left aside."""

    def __init__(self, **kwargs: Any) -> None:
        addresses = {"type": "array", "nullable": True, "items": {"type": "string", "pattern": _TEXT_PATTERN}}
        super().__init__(most=MOST_BYTES, allow_none=True, **kwargs)
        files = {"type": "array", "items": _FILE}
        self.metadata = {**kwargs.get("metadata", {}), "anyOf": [addresses], "in_form": files}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Upload]:
        sent = value if isinstance(value, list) else [value]
        new = [each for each in sent if not _is_kept(each)]
        return [
            _written(each) or super(NewPictures, self)._deserialize([each], attr, data)[0] for each in new
        ]


def _parsed(text: str) -> Any:
    """Return what a JSON text holds; None, which no field here takes, where it is none."""
    try:
        values = parse_json(text)
    except ValueError:
        return None
    refuse_unstorable(values)
    return values


def _written(value: Any) -> Upload | None:
    """Return the picture that a `data:` address holds. What is not base64 is taken as it stands, and is no picture."""
    start = _WRITTEN.match(value) if isinstance(value, str) else None
    if start is None:
        return None
    text = value[start.end() :].encode()
    try:
        return Upload(b64decode(text, validate=True))
    except ValueError:
        return Upload(text)


def _is_kept(value: Any) -> bool:
    return isinstance(value, str) and _KEPT.match(value.strip()) is not None
