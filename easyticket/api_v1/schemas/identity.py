"""The identity check as clients send and read it."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from easyticket.http.fields import Answer, Body, Moment, Nested
from easyticket.http.files import FilePart
from easyticket.services.identity import MOST_BYTES, VERIFY_FIRST

_VERIFIED_AT = "2026-01-05T09:04:00Z"
STATUS_EXAMPLE: dict[str, Any] = {
    "success": True,
    "data": {
        "verification_status": "verified",
        "verification_submitted_at": _VERIFIED_AT,
        "verified_at": _VERIFIED_AT,
        "verification_notes": "",
        "is_organizer": True,
        "id_document": None,
        "selfie_image": None,
        "next_step": None,
        "can_create_events": True,
    },
}
UPLOAD_EXAMPLE: dict[str, Any] = {
    "success": True,
    "message": "You are verified already: your e-mail address is all we ask for. The picture was not kept.",
    "data": {**STATUS_EXAMPLE["data"], "id_document_url": None},
}
RETRY_EXAMPLE: dict[str, Any] = {
    "success": True,
    "message": VERIFY_FIRST,
    "data": {
        **STATUS_EXAMPLE["data"],
        "verification_status": "not_started",
        "verification_submitted_at": None,
        "verified_at": None,
        "verification_notes": VERIFY_FIRST,
        "is_organizer": False,
        "can_create_events": False,
    },
}


class DocumentBody(Body):
    """A picture of a document."""

    id_document = FilePart(most=MOST_BYTES, required=True)


class SelfieBody(Body):
    """A picture of a face."""

    selfie_image = FilePart(most=MOST_BYTES, required=True)


class IdentityData(Answer):
    """Where the account stands. Nothing is ever uploaded for good, so both pictures are always null."""

    verification_status = ma.fields.String(required=True, metadata={"enum": ["not_started", "verified"]})
    verification_submitted_at = Moment(required=True, allow_none=True)
    verified_at = Moment(required=True, allow_none=True)
    verification_notes = ma.fields.String(
        required=True, metadata={"description": "What there is to do; empty for who is verified."}
    )
    is_organizer = ma.fields.Boolean(required=True)
    id_document = ma.fields.String(required=True, allow_none=True)
    selfie_image = ma.fields.String(required=True, allow_none=True)
    next_step = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "Always null: no picture is wanted, and refused before the address is verified."
        },
    )
    can_create_events = ma.fields.Boolean(required=True)


class UploadData(IdentityData):
    """Where the account stands after a picture was looked at."""

    id_document_url = ma.fields.String(required=True, allow_none=True)


class IdentityAnswer(Answer):
    """Where the account stands."""

    success = ma.fields.Boolean(required=True)
    data = Nested(IdentityData, required=True)


class UploadAnswer(Answer):
    """What became of a picture."""

    success = ma.fields.Boolean(required=True)
    message = ma.fields.String(required=True)
    data = Nested(UploadData, required=True)


class RetryAnswer(Answer):
    """Where the account stands, and what to do."""

    success = ma.fields.Boolean(required=True)
    message = ma.fields.String(required=True)
    data = Nested(IdentityData, required=True)
