"""Events as the API takes and gives them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import marshmallow as ma
from werkzeug.datastructures import FileStorage

from easyticket.api.schemas.categories import EXAMPLE as CATEGORY_EXAMPLE
from easyticket.api.schemas.categories import CategoryAnswer
from easyticket.api.schemas.ticket_types import DETAIL_EXAMPLE as TICKET_TYPE_EXAMPLE
from easyticket.api.schemas.ticket_types import TicketTypeDetail
from easyticket.http.fields import (
    Amount,
    Answer,
    Body,
    Choice,
    ChoiceFilter,
    Degrees,
    Flag,
    Identifier,
    Many,
    Moment,
    Nested,
    Price,
    Query,
    Text,
    Whole,
)
from easyticket.models import PricingType
from easyticket.rules.pictures import MOST_BYTES
from easyticket.services.events import PICTURES
from easyticket.services.images import Upload

STATUSES = ("draft", "published", "ongoing", "completed", "cancelled")
PRICING_TYPES = tuple(PricingType)
_TEXT_OR_NULL = {"type": "string", "nullable": True}
# What a form can only leave blank means null in JSON.
_NULLABLE = (
    "category",
    "total_capacity",
    "venue_latitude",
    "venue_longitude",
    "base_price",
    "age_restriction",
    *PICTURES,
)

_WHO = {"organizer_name": "Kofi Mensah", "organizer_email": "kofi@example.org"}
_TIMES = {"start_date": "2030-12-06T18:00:00Z", "end_date": "2030-12-07T01:00:00Z"}
EVENT_EXAMPLE: dict[str, Any] = {
    "id": "71aa2f0c-3c55-4d1e-8f5e-2b7d9a6c4e10",
    "title": "Night of Drums",
    "slug": "night-of-drums",
    "short_description": "Twelve drummers, one night",
    "organizer": "9c0e5b7a-1f2d-4a3c-8b6e-5d4c3b2a1f0e",
    **_WHO,
    "category": CATEGORY_EXAMPLE["id"],
    "category_name": CATEGORY_EXAMPLE["name"],
    "pricing_type": "simple",
    "venue_name": "Hall 2",
    "venue_city": "Accra",
    "venue_country": "Ghana",
    **_TIMES,
    "thumbnail_image": None,
    "status": "published",
    "is_free": False,
    "base_price": "20.00",
    "currency": "USD",
    "is_featured": False,
    "is_upcoming": True,
    "is_ongoing": False,
    "is_past": False,
    "duration_days": 0,
    "created_at": "2026-11-02T08:00:00.120000Z",
}
EVENT_DETAIL_EXAMPLE: dict[str, Any] = {
    **{name: value for name, value in EVENT_EXAMPLE.items() if name != "category_name"},
    "category_details": CATEGORY_EXAMPLE,
    "description": "Drums from Accra to Tamale.",
    "venue_address": "4 Ring Road",
    "venue_state": "",
    "venue_postal_code": "",
    "venue_latitude": "5.560014",
    "venue_longitude": "-0.205744",
    "banner_image": None,
    "banner": None,
    "total_capacity": 300,
    "available_tickets": 288,
    "available_capacity": 288,
    "tickets_sold": 12,
    "terms_and_conditions": "",
    "refund_policy": "Until the day before",
    "age_restriction": 18,
    "tags": "drums,live",
    "time_zone": "Africa/Accra",
    "ticket_types": [TICKET_TYPE_EXAMPLE],
    "updated_at": "2026-11-02T08:00:00.120000Z",
    "published_at": "2026-11-03T10:00:00Z",
}
EVENT_BODY_EXAMPLE = {
    "title": "Night of Drums",
    "description": "Drums from Accra to Tamale.",
    "category": CATEGORY_EXAMPLE["id"],
    "pricing_type": "simple",
    "venue_name": "Hall 2",
    "venue_city": "Accra",
    **_TIMES,
    "total_capacity": 300,
    "is_free": False,
    "tags": "drums,live",
}


class Age(ma.fields.Field[int]):
    """The youngest age that is let in, as a number or as people write it ("18+")."""

    default_error_messages = {"invalid": "A valid integer is required."}

    def __init__(self, **kwargs: Any) -> None:
        written = {
            "anyOf": [
                {"type": "integer", "minimum": 0, "maximum": 120, "nullable": True},
                {"type": "string", "pattern": r"^[0-9]{1,2}\+?$"},
            ]
        }
        super().__init__(allow_none=True, metadata=written, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
            raise self.make_error("invalid")
        text = str(value).strip() if not isinstance(value, int) or abs(value) < 10**9 else ""
        match = re.fullmatch(r"(-?[0-9]{1,9})(?:\.0+)?\+?", text, re.ASCII)
        if match is None:
            raise self.make_error("invalid")
        return int(match[1])


class Tags(ma.fields.Field[str]):
    """Words with commas between them, or a list of words."""

    default_error_messages = {"invalid": "Not a valid string.", "null": "This field may not be null."}

    def __init__(self, **kwargs: Any) -> None:
        words = {"type": "array", "items": {"type": "string"}}
        written = {"anyOf": [{"type": "string", "maxLength": 500}, words]}
        super().__init__(metadata=written, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        words = value if isinstance(value, list) else [value]
        if not all(isinstance(word, str) for word in words):
            raise self.make_error("invalid")
        return ",".join(word.strip() for word in words) if isinstance(value, list) else str(value)


class Picture(ma.fields.Field[Upload | str]):
    """A file of a multipart body, or null for no picture; the address a client read back leaves the picture as it is."""

    default_error_messages = {
        "invalid": "The submitted data was not a file. Check the encoding type on the form."
    }
    KEPT = "kept"

    def __init__(self, **kwargs: Any) -> None:
        description = "JPEG, PNG or WebP of at most 5 MB as a file of a multipart body; null removes it."
        address = {**_TEXT_OR_NULL, "pattern": "^https?://"}
        file = {"type": "string", "format": "binary"}
        written = {"anyOf": [address], "in_form": file, "description": description}
        super().__init__(allow_none=True, load_only=True, metadata=written, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Upload | str:
        if isinstance(value, FileStorage):
            return Upload(value.read(MOST_BYTES + 1), value.filename or "")
        if isinstance(value, str) and re.match("https?://", value):
            return self.KEPT
        raise self.make_error("invalid")


class EventBody(Body):
    """An event to be made. Times without an offset are those of clocks in its time zone."""

    blank_is_null = _NULLABLE

    title = Text(required=True, metadata={"maxLength": 255, "pattern": r"\S"})
    description = Text(required=True, blank=False, metadata={"pattern": r"\S"})
    short_description = Text(metadata={"maxLength": 500})
    category_uuid = Identifier(
        data_key="category", allow_none=True, metadata={"description": "The id of an active category."}
    )
    pricing_type = Choice(PRICING_TYPES, metadata={"description": "Fixed once ticket types exist."})
    venue_name = Text(required=True, metadata={"maxLength": 255, "pattern": r"\S"})
    venue_address = Text(metadata={"maxLength": 1000})
    venue_city = Text(required=True, metadata={"maxLength": 100, "pattern": r"\S"})
    venue_state = Text(metadata={"maxLength": 100})
    venue_country = Text(metadata={"maxLength": 100})
    venue_postal_code = Text(metadata={"maxLength": 20})
    venue_latitude = Degrees(allow_none=True)
    venue_longitude = Degrees(allow_none=True)
    start_at = Moment(data_key="start_date", required=True)
    end_at = Moment(data_key="end_date", required=True)
    time_zone = Text(metadata={"description": "An IANA zone such as Africa/Accra."})
    total_capacity = Whole(required=True, metadata={"minimum": 1, "maximum": 10_000_000})
    status = Choice(
        STATUSES, metadata={"description": "`published` and `cancelled` do what `publish/` and `cancel/` do."}
    )
    is_free = Flag()
    base_price = Price(
        allow_none=True,
        metadata={"description": "Without one the event is listed at the price of its cheapest ticket."},
    )
    currency = Text(metadata={"maxLength": 3, "description": "An ISO code; fixed once ticket types exist."})
    terms_and_conditions = Text()
    refund_policy = Text()
    age_restriction = Age()
    tags = Tags()
    is_featured = Flag(metadata={"description": "Counts from administrators only."})
    banner_image = Picture()
    thumbnail_image = Picture()

    @ma.post_load
    def _sort_out(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Put the files apart, as `uploads`; a picture that is to stay is not named at all."""
        files = {name: data.pop(name) for name in PICTURES if isinstance(data.get(name), Upload)}
        for name in PICTURES:
            if data.get(name, "") is None:
                data[name] = ""
            elif data.get(name) == Picture.KEPT:
                del data[name]
        if "pricing_type" in data:
            data["pricing_type"] = PricingType(data["pricing_type"])
        return {**data, "uploads": files}


class EventChanges(EventBody):
    """An event to be changed; whatever an answer said of it may be sent back."""

    description = Text(required=True)
    total_capacity = Whole(
        required=True,
        allow_none=True,
        metadata={"minimum": 1, "maximum": 10_000_000, "description": "Null is no limit."},
    )


class EventQuery(Query):
    """What the events of a list have in common, and their order."""

    status = ChoiceFilter(
        STATUSES, metadata={"description": "Without it: what is published and not over. Drafts are your own."}
    )
    category = Identifier(metadata={"description": "The id of a category."})
    is_free = Flag()
    is_featured = Flag()
    city = Text(data_key="venue_city", metadata={"description": "Accents and case do not count."})
    pricing_type = ChoiceFilter(PRICING_TYPES)
    query = Text(
        data_key="search",
        metadata={"description": "Words, all of which are in title, descriptions, tags or venue."},
    )
    ordering = Text(
        metadata={
            "description": "`start_date`, `created_at`, `base_price` or `title`, several with commas; `-` turns round.",
            "example": "-start_date",
        }
    )


class EventAnswer(Answer):
    """An event in a list."""

    id = Identifier(required=True)
    title = Text(required=True)
    slug = Text(required=True)
    short_description = Text(required=True)
    organizer = Identifier(required=True)
    organizer_name = Text(required=True)
    organizer_email = Text(required=True)
    category = Identifier(required=True, allow_none=True)
    category_name = Text(required=True, allow_none=True)
    pricing_type = Text(required=True, metadata={"enum": list(PRICING_TYPES)})
    venue_name = Text(required=True)
    venue_city = Text(required=True)
    venue_country = Text(required=True)
    start_date = Moment(required=True)
    end_date = Moment(required=True)
    thumbnail_image = Text(required=True, allow_none=True, metadata={"format": "uri"})
    status = Text(required=True, metadata={"enum": list(STATUSES)})
    is_free = Flag(required=True)
    base_price = Amount(required=True)
    currency = Text(required=True)
    is_featured = Flag(required=True)
    is_upcoming = Flag(required=True)
    is_ongoing = Flag(required=True)
    is_past = Flag(required=True)
    duration_days = Whole(required=True, metadata={"description": "Whole days between start and end."})
    created_at = Moment(required=True)


class EventDetailAnswer(EventAnswer):
    """An event with everything that is known of it."""

    class Meta(Answer.Meta):
        exclude = ("category_name",)

    category_details = Nested(CategoryAnswer, required=True, allow_none=True)
    description = Text(required=True)
    venue_address = Text(required=True)
    venue_state = Text(required=True)
    venue_postal_code = Text(required=True)
    venue_latitude = Degrees(required=True, allow_none=True)
    venue_longitude = Degrees(required=True, allow_none=True)
    time_zone = Text(required=True, metadata={"description": "The zone whose clocks the event goes by."})
    banner_image = Text(required=True, allow_none=True, metadata={"format": "uri"})
    banner = Text(required=True, allow_none=True, metadata={"format": "uri"})
    total_capacity = Whole(required=True, allow_none=True, metadata={"description": "Null is no limit."})
    available_tickets = Whole(required=True)
    available_capacity = Whole(required=True)
    tickets_sold = Whole(required=True)
    terms_and_conditions = Text(required=True)
    refund_policy = Text(required=True)
    age_restriction = Whole(required=True, allow_none=True)
    tags = Text(required=True)
    ticket_types = Many(TicketTypeDetail, required=True)
    updated_at = Moment(required=True)
    published_at = Moment(required=True, allow_none=True)


class EventStepAnswer(EventDetailAnswer):
    """An event after a step, and which one it was."""

    message = Text(required=True)
