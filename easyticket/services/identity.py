"""The identity check of the Cafa Tickets API. Whose address is proved counts as checked: pictures are looked at, never kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from easyticket.core.errors import Forbidden, invalid_field
from easyticket.documents.pictures import PictureRefusedError, check_picture
from easyticket.queries.users import get_own_user
from easyticket.rules.permissions import Actor, Permission, require
from easyticket.rules.pictures import why_no_upload
from easyticket.services.images import Upload

MOST_BYTES = 10 * 1024 * 1024
VERIFY_FIRST = "Verify your e-mail address first: use the link we mailed to it. Nothing else is needed."


@dataclass(frozen=True, slots=True)
class Identity:
    """Whether a person counts as checked, and since when (UTC)."""

    is_verified: bool
    verified_at: datetime | None


def get_identity(actor: Actor) -> Identity:
    """Return where the actor's own account stands.

    :raises NotFound: the account is no longer active.
    """
    user = get_own_user(actor)
    return Identity(user.is_email_verified, user.email_verified_at)


def take_identity_picture(*, actor: Actor, upload: Upload, field: str) -> Identity:
    """Look at a picture of a document or a face, and forget it; return where the account stands.

    :raises Invalid: on `field`: no JPEG, PNG or WebP of at most 10 MB.
    :raises Forbidden: the account's address is not proved, which is all that is asked for here.
    """
    require(actor, Permission.EDIT_OWN_PROFILE)
    # First what costs nothing: nobody's file is opened for an account that is refused anyway.
    identity = get_identity(actor)
    if not identity.is_verified:
        raise Forbidden(VERIFY_FIRST, code="address_not_proved")
    if refusal := why_no_upload(upload.content, upload.file_name, most_bytes=MOST_BYTES):
        raise invalid_field(field, refusal)
    try:
        check_picture(upload.content)
    except PictureRefusedError as refused:
        raise invalid_field(field, str(refused)) from None
    return identity
