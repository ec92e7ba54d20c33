"""The identity check as this surface gives it."""

from __future__ import annotations

from typing import Any

from easyticket.services.identity import VERIFY_FIRST, Identity

_VERIFIED = "You are verified already: your e-mail address is all we ask for."


def identity_shape(identity: Identity) -> dict[str, Any]:
    """Return where an account stands."""
    return {"success": True, "data": _data_shape(identity)}


def looked_at_shape(identity: Identity) -> dict[str, Any]:
    """Return what became of a picture: it was looked at and forgotten."""
    data = {**_data_shape(identity), "id_document_url": None}
    return {"success": True, "message": f"{_VERIFIED} The picture was not kept.", "data": data}


def retried_shape(identity: Identity) -> dict[str, Any]:
    """Return where an account stands, with what there is to do."""
    message = _VERIFIED if identity.is_verified else VERIFY_FIRST
    return {"success": True, "message": message, "data": _data_shape(identity)}


def _data_shape(identity: Identity) -> dict[str, Any]:
    return {
        "verification_status": "verified" if identity.is_verified else "not_started",
        "verification_submitted_at": identity.verified_at,
        "verified_at": identity.verified_at,
        "verification_notes": "" if identity.is_verified else VERIFY_FIRST,
        "is_organizer": identity.is_verified,
        "id_document": None,
        "selfie_image": None,
        # A step would lead clients into an upload, which is refused until the address is verified.
        "next_step": None,
        "can_create_events": identity.is_verified,
    }
