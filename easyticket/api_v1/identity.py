"""The identity check that clients make before somebody organizes: here a verified e-mail address is all it takes."""

from __future__ import annotations

from typing import Any

from easyticket.api_v1.blueprint import V1Blueprint
from easyticket.api_v1.errors import tells_success
from easyticket.api_v1.schemas.identity import (
    RETRY_EXAMPLE,
    STATUS_EXAMPLE,
    UPLOAD_EXAMPLE,
    DocumentBody,
    IdentityAnswer,
    RetryAnswer,
    SelfieBody,
    UploadAnswer,
)
from easyticket.api_v1.shapes.identity import identity_shape, looked_at_shape, retried_shape
from easyticket.http.api_limits import count_pictures
from easyticket.http.auth import current_actor, token_required
from easyticket.http.sizes import takes_up_to
from easyticket.services.identity import VERIFY_FIRST, get_identity, take_identity_picture

# A picture of 10 MB with its form, and as much again: what is a little too large is told of at its field.
_MEGABYTES = 21

blueprint = V1Blueprint(
    "identity",
    __name__,
    tag="Identity Verification",
    description="Whose e-mail address is verified counts as verified. Pictures are looked at and never kept.",
)


@blueprint.route("/auth/verification/status/", methods=["GET"])
@token_required
@tells_success
@blueprint.operation("Get verification status")
@blueprint.answers(200, IdentityAnswer, example=STATUS_EXAMPLE)
def get_verification_status() -> dict[str, Any]:
    """`verified` once the account's e-mail address is, else `not_started`; then `verification_notes` says what to do."""
    return identity_shape(get_identity(current_actor()))


@blueprint.route("/auth/verification/upload-id/", methods=["POST"])
@token_required
@tells_success
@takes_up_to(_MEGABYTES)
@blueprint.operation("Upload a document", refuses={403: VERIFY_FIRST})
@blueprint.takes(DocumentBody, multipart=True)
@blueprint.answers(200, UploadAnswer, example=UPLOAD_EXAMPLE)
def upload_id(body: dict[str, Any]) -> dict[str, Any]:
    """Takes a JPEG, PNG or WebP of at most 10 MB, and keeps nothing of it. The e-mail address has to be verified."""
    upload = body["id_document"]
    count_pictures([upload])
    return looked_at_shape(take_identity_picture(actor=current_actor(), upload=upload, field="id_document"))


@blueprint.route("/auth/verification/upload-selfie/", methods=["POST"])
@token_required
@tells_success
@takes_up_to(_MEGABYTES)
@blueprint.operation("Upload a picture of oneself", refuses={403: VERIFY_FIRST})
@blueprint.takes(SelfieBody, multipart=True)
@blueprint.answers(200, UploadAnswer, example=UPLOAD_EXAMPLE)
def upload_selfie(body: dict[str, Any]) -> dict[str, Any]:
    """Takes a JPEG, PNG or WebP of at most 10 MB, and keeps nothing of it. The e-mail address has to be verified."""
    upload = body["selfie_image"]
    count_pictures([upload])
    return looked_at_shape(take_identity_picture(actor=current_actor(), upload=upload, field="selfie_image"))


@blueprint.route("/auth/verification/retry/", methods=["POST"])
@token_required
@tells_success
@blueprint.operation("Begin again")
@blueprint.answers(200, RetryAnswer, example=RETRY_EXAMPLE)
def retry_verification() -> dict[str, Any]:
    """Nobody is rejected here, so nothing changes: it says where the account stands and what there is to do."""
    return retried_shape(get_identity(current_actor()))
