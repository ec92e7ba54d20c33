"""What the JSON surfaces take and give, field by field, with the sentences their clients know. Types and presence only.

What a value means, how long or how large it may be, is a rule and is checked by the services.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar
from uuid import UUID

import marshmallow as ma

from easyticket.core.money import MAX_MINOR, Money

_DATE_TIME = "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]"
_REQUIRED = {"required": "This field is required.", "null": "This field may not be null."}
_YES, _NO = {"true", "t", "yes", "y", "on", "1"}, {"false", "f", "no", "n", "off", "0"}
# Digits of a number in a request: more is no number anybody sells or counts by.
_LONGEST_NUMBER = 40
# Rows of a list in a request, where its field does not say.
_MOST_ROWS = 500
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")


class Text(ma.fields.String):
    """A text; numbers are taken as text too. `blank=False` refuses one of nothing but spaces."""

    default_error_messages = {
        **_REQUIRED,
        "invalid": "Not a valid string.",
        "blank": "This field may not be blank.",
    }

    def __init__(self, *, blank: bool = True, **kwargs: Any) -> None:
        self.blank = blank
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
            raise self.make_error("invalid")
        text = str(value)
        if not self.blank and not text.strip():
            raise self.make_error("blank")
        return text


class Whole(ma.fields.Integer):
    """A whole number, written as a number or as text; far too large ones are no number."""

    default_error_messages = {**_REQUIRED, "invalid": "A valid integer is required."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
            raise self.make_error("invalid")
        if isinstance(value, Decimal):
            if not value.is_finite() or value.adjusted() > 17 or value != value.to_integral_value():
                raise self.make_error("invalid")
            return int(value)
        text = str(value).strip() if not isinstance(value, int) or abs(value) < 10**18 else ""
        if not _WHOLE.fullmatch(text):
            raise self.make_error("invalid")
        return int(text)


class Flag(ma.fields.Boolean):
    """Yes or no: true, false, 1, 0 and their usual spellings in any case."""

    default_error_messages = {**_REQUIRED, "invalid": "Must be a valid boolean."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if isinstance(value, Decimal) and value in (0, 1):
            value = int(value)
        word = str(value).strip().lower() if isinstance(value, (str, int)) else ""
        if word in _YES:
            return True
        if word in _NO:
            return False
        raise self.make_error("invalid")


class Identifier(ma.fields.UUID):
    """The UUID of a thing."""

    default_error_messages = {**_REQUIRED, "invalid_uuid": "“{value}” is not a valid UUID."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> UUID:
        try:
            return UUID(str(value)) if isinstance(value, (str, UUID)) else UUID("")
        except ValueError:
            raise self.make_error("invalid_uuid", value=str(value)[:100]) from None


class Choice(Text):
    """One of a few words."""

    default_error_messages = {"invalid_choice": '"{value}" is not a valid choice.'}

    def __init__(self, choices: Sequence[str], **kwargs: Any) -> None:
        self.choices = tuple(choices)
        super().__init__(
            validate=None, metadata={"enum": list(self.choices)} | kwargs.pop("metadata", {}), **kwargs
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        word = super()._deserialize(value, attr, data, **kwargs)
        if word not in self.choices:
            raise self.make_error("invalid_choice", value=word[:100])
        return word


class ChoiceFilter(Choice):
    """One of a few words that a list is narrowed to."""

    default_error_messages = {
        "invalid_choice": "Select a valid choice. {value} is not one of the available choices."
    }


class Price(ma.fields.Field[Decimal]):
    """An amount in major units, written as a number or as text; `core.money.Money.parse` checks its digits."""

    default_error_messages = {
        **_REQUIRED,
        "invalid": "A valid number is required.",
        "min_value": "Ensure this value is greater than or equal to 0.",
        "max_digits": f"Ensure that there are no more than {_LONGEST_NUMBER} digits in total.",
    }

    def __init__(self, **kwargs: Any) -> None:
        written = {
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": MAX_MINOR},
                {"type": "string", "pattern": r"^[0-9]{1,13}(\.[0-9]{1,2})?$"},
            ]
        }
        super().__init__(metadata=written | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
            raise self.make_error("invalid")
        text = str(value).strip() if not isinstance(value, int) or abs(value) < 10**18 else "1e18"
        try:
            amount = Decimal(text) if text.isascii() and "_" not in text else Decimal("NaN")
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite():
            raise self.make_error("invalid")
        # Arithmetic with an exponent of a billion overflows, or fills the memory: it stops here.
        if max(len(text), abs(amount.adjusted())) > _LONGEST_NUMBER:
            raise self.make_error("max_digits")
        if amount < 0:
            raise self.make_error("min_value")
        return amount


class PriceFilter(Price):
    """A price that a list is narrowed to, of any currency's digits."""

    default_error_messages = {"max_value": f"Ensure this value is less than or equal to {MAX_MINOR}."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        amount = super()._deserialize(value, attr, data, **kwargs)
        if amount > MAX_MINOR:
            raise self.make_error("max_value")
        return amount


class Degrees(Price):
    """A latitude or longitude, sent as text with six digits after the point."""

    default_error_messages = {"min_value": "A valid number is required."}

    def __init__(self, **kwargs: Any) -> None:
        written = {
            "anyOf": [
                {"type": "number", "minimum": -180, "maximum": 180},
                {"type": "string", "pattern": r"^-?[0-9]{1,3}(\.[0-9]{1,6})?$"},
            ]
        }
        super().__init__(metadata=written | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        text = str(value).strip()
        is_negative = text.startswith("-")
        size = super()._deserialize(
            text[1:] if is_negative and not isinstance(value, bool) else value, attr, data
        )
        return -size if is_negative else size

    def _serialize(self, value: Decimal | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else f"{value:.6f}"


class Amount(ma.fields.String):
    """Money in an answer: a decimal text with the currency's digits."""

    def __init__(self, **kwargs: Any) -> None:
        written = {"pattern": r"^[0-9]+(\.[0-9]+)?$"}
        super().__init__(metadata=written | kwargs.pop("metadata", {}), **kwargs)

    def _serialize(self, value: Money | str | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return value.as_text() if isinstance(value, Money) else value


class Moment(ma.fields.DateTime):
    """A moment. In answers UTC with a Z; in requests ISO 8601, where one without an offset stays naive for its event's zone."""

    default_error_messages = {
        **_REQUIRED,
        "invalid": f"Datetime has wrong format. Use one of these formats instead: {_DATE_TIME}.",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if not isinstance(value, str) or len(value) < 11:
            raise self.make_error("invalid")
        try:
            moment = datetime.fromisoformat(value.strip())
            return moment.astimezone(UTC) if moment.tzinfo else moment
        except (ValueError, OverflowError):
            raise self.make_error("invalid") from None

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Day(ma.fields.Date):
    """A day of the calendar."""

    default_error_messages = {
        **_REQUIRED,
        "invalid": "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        if not isinstance(value, str) or not re.fullmatch(
            r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value.strip(), re.ASCII
        ):
            raise self.make_error("invalid")
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            raise self.make_error("invalid") from None


class Nested(ma.fields.Nested):
    """An object within the object."""

    default_error_messages = {**_REQUIRED, "type": "Invalid data. Expected a dictionary."}


class Many(ma.fields.List[Any]):
    """A list of objects of one schema. One of more than `most` rows is refused before any of them is looked at."""

    default_error_messages = {
        **_REQUIRED,
        "invalid": "Expected a list of items.",
        "max_length": "Ensure this field has no more than {most} elements.",
    }

    def __init__(self, schema: type[ma.Schema], *, most: int = _MOST_ROWS, **kwargs: Any) -> None:
        self.most = most
        super().__init__(Nested(schema), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if isinstance(value, list) and len(value) > self.most:
            raise self.make_error("max_length", most=self.most)
        return super()._deserialize(value, attr, data, **kwargs)


class Body(ma.Schema):
    """What a request may say. Keys that are not known are ignored, so that a client may send back what it read."""

    #: Keys under which an empty text means null, as forms write it.
    blank_is_null: ClassVar[tuple[str, ...]] = ()

    @ma.pre_load
    def _read_blank_as_null(self, data: Mapping[str, Any], **_kwargs: Any) -> Mapping[str, Any]:
        blank = [name for name in self.blank_is_null if data.get(name) == ""]
        return {**data, **dict.fromkeys(blank)} if blank else data

    class Meta:
        unknown = ma.EXCLUDE

    error_messages = {"type": "Invalid data. Expected a dictionary."}

    def client_name(self, path: str) -> str:
        """Return what a client calls the field that services know as `path` (`start_at`, `items.0.quantity`)."""
        return client_name(self, path)


class Query(Body):
    """What may be asked for in the address. An empty value asks for nothing."""

    @ma.pre_load
    def _drop_empty(self, data: Mapping[str, str], **_kwargs: Any) -> dict[str, str]:
        return {name: value for name, value in data.items() if value}


class Answer(ma.Schema):
    """What an operation gives."""


def client_name(schema: ma.Schema, path: str) -> str:
    """Return the dotted path in a client's names for one in the services' names, as far as the schema knows it."""
    names: list[str] = []
    here: ma.Schema | None = schema
    for part in path.split("."):
        field = here.fields.get(part) if here is not None else None
        names.append((field.data_key or part) if field is not None else part)
        if field is not None:
            here = _schema_within(field)
    return ".".join(names)


def _schema_within(field: ma.fields.Field[Any]) -> ma.Schema | None:
    inner = field.inner if isinstance(field, ma.fields.List) else field
    return inner.schema if isinstance(inner, ma.fields.Nested) else None
