"""The identity check as this surface gives it."""

from __future__ import annotations

from typing import Any

from easyticket.services.identity import Identity

_VERIFIED = "You are verified already: your e-mail address is all we ask for."
_NOT_VERIFIED = "Verify your e-mail address: nothing else is asked for."


def identity_shape(identity: Identity) -> dict[str, Any]:
    """Return where an account stands."""
    return {"success": True, "data": _data_shape(identity)}


def looked_at_shape(identity: Identity) -> dict[str, Any]:
    """Return what became of a picture: it was looked at and forgotten."""
    data = {**_data_shape(identity), "id_document_url": None}
    return {"success": True, "message": f"{_VERIFIED} The picture was not kept.", "data": data}


def retried_shape(identity: Identity) -> dict[str, Any]:
    """Return where an account stands, with what there is to do."""
    message = _VERIFIED if identity.is_verified else _NOT_VERIFIED
    return {"success": True, "message": message, "data": _data_shape(identity)}


def _data_shape(identity: Identity) -> dict[str, Any]:
    return {
        "verification_status": "verified" if identity.is_verified else "not_started",
        "verification_submitted_at": identity.verified_at,
        "verified_at": identity.verified_at,
        "verification_notes": "",
        "is_organizer": identity.is_verified,
        "id_document": None,
        "selfie_image": None,
        "next_step": None if identity.is_verified else "upload_id",
        "can_create_events": identity.is_verified,
    }
