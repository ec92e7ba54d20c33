"""Payment profiles: the accounts an organizer is paid to, and how far their verification has got."""

from __future__ import annotations

from typing import Any

from easyticket.api_v1.blueprint import V1Blueprint
from easyticket.api_v1.schemas.payment_profiles import (
    BODY_EXAMPLE,
    CHANGES_EXAMPLE,
    CREATED_EXAMPLE,
    DEFAULT_EXAMPLE,
    LIST_EXAMPLE,
    RETRIED_EXAMPLE,
    UPDATED_EXAMPLE,
    VERIFICATION_EXAMPLE,
    CreatedProfile,
    PaymentProfileBody,
    PaymentProfileChanges,
    PaymentProfileList,
    RetryBody,
    ToldProfile,
    VerificationAnswer,
)
from easyticket.api_v1.shapes.payment_profiles import (
    created_profile_shape,
    profile_list_shape,
    profile_shape,
    told_profile_shape,
    verification_shape,
)
from easyticket.core import clock
from easyticket.http.auth import current_actor, token_required
from easyticket.http.openapi import finds, needs
from easyticket.models import PaymentProfile, ProfileMethod
from easyticket.queries import payment_profiles as profiles
from easyticket.rules.permissions import NOT_PROVED, Permission
from easyticket.services import payment_profiles as services

blueprint = V1Blueprint(
    "payment_profiles",
    __name__,
    tag="Payment Profiles",
    description="The accounts an organizer is paid to. Each is verified, which costs GHS 1.00 of the balance.",
)
_SEED, _CLIENTS = "/auth/users/payment-profile/", "/auth/payment-profile/"
_ONE, _ONE_TOO = f"{_SEED}<uuid:id>/", f"{_CLIENTS}<uuid:id>/"
_NOT_FOUND = {404: "There is no such payment profile."}
_NOT_PROVED = {403: NOT_PROVED}
_TOO_OFTEN = {429: "Accounts can be checked 3 times in an hour. Try again later."}
_NOT_DELETED = {400: "This is the default payment profile. Make another one the default first."}
_NOT_RETRIED = {400: "This payment profile is verified already."}

_changes_profile = finds(
    profiles.get_payment_profile, key="id", name="profile", permission=Permission.EDIT_PAYMENT_PROFILE
)


@blueprint.route(_SEED, also=(_CLIENTS,), methods=["POST"])
@token_required
@blueprint.operation("Create a payment profile", refuses=_NOT_PROVED | _TOO_OFTEN)
@needs(Permission.EDIT_PAYMENT_PROFILE)
@blueprint.takes(PaymentProfileBody, example=BODY_EXAMPLE)
@blueprint.answers(201, CreatedProfile, example=CREATED_EXAMPLE)
def create_payment_profile(body: dict[str, Any]) -> dict[str, Any]:
    """Add a bank account or a mobile money number. The first one is your default. It is verified within one or two
    minutes (poll `verification-status`), for GHS 1.00 of your balance. Nothing is paid out to a further one for 24 hours,
    and you are mailed about it. In the sandbox, numbers ending in 0000 are unknown and those ending in 9999 take longer."""
    profile = services.create_payment_profile(
        actor=current_actor(),
        method=ProfileMethod(body["method"]),
        name=body["name"],
        description=body.get("description") or "",
        details=body["account_details"],
        now=clock.now(),
    )
    return created_profile_shape(profile, by_people=profiles.are_accounts_checked_by_people())


@blueprint.route(_SEED, also=(_CLIENTS,), methods=["GET"])
@token_required
@blueprint.operation("List payment profiles")
@blueprint.answers(200, PaymentProfileList, example=LIST_EXAMPLE)
def list_payment_profiles() -> dict[str, Any]:
    """All your payment profiles, the default one first. Not paged."""
    found = profiles.list_payment_profiles(current_actor())
    return profile_list_shape([profile_shape(profile) for profile in found])


@blueprint.route(_ONE, also=(_ONE_TOO,), methods=["PATCH"])
@token_required
@blueprint.operation("Update a payment profile", refuses=_NOT_FOUND | _NOT_PROVED | _TOO_OFTEN)
@_changes_profile
@blueprint.takes(PaymentProfileChanges, example=CHANGES_EXAMPLE)
@blueprint.answers(200, ToldProfile, example=UPDATED_EXAMPLE)
def update_payment_profile(body: dict[str, Any], profile: PaymentProfile) -> dict[str, Any]:
    """Change name, description, account or which one is the default. Another account is verified again for GHS 1.00,
    nothing is paid out to it for 24 hours, and you are mailed about it. A masked number leaves the number as it is."""
    changes = {name: "" if value is None else value for name, value in body.items()}
    updated = services.update_payment_profile(
        actor=current_actor(), profile=profile, changes=changes, now=clock.now()
    )
    return told_profile_shape(updated, "Payment profile updated.")


@blueprint.route(_ONE, also=(_ONE_TOO,), methods=["DELETE"])
@token_required
@blueprint.operation("Delete a payment profile", refuses=_NOT_FOUND | _NOT_PROVED | _NOT_DELETED)
@_changes_profile
@blueprint.answers(204)
def delete_payment_profile(profile: PaymentProfile) -> None:
    """Delete a profile that is not the default, not chosen for a published event that is not over, and to which no money
    is on its way."""
    services.delete_payment_profile(actor=current_actor(), profile=profile, now=clock.now())


@blueprint.route(f"{_ONE}set-default/", also=(f"{_ONE_TOO}set-default/",), methods=["POST"])
@token_required
@blueprint.operation("Make a payment profile the default", refuses=_NOT_FOUND | _NOT_PROVED)
@_changes_profile
@blueprint.answers(200, ToldProfile, example=DEFAULT_EXAMPLE)
def set_default_profile(profile: PaymentProfile) -> dict[str, Any]:
    """Be paid to this one where nothing else is said. There is one default at any time."""
    chosen = services.set_default_profile(actor=current_actor(), profile=profile, now=clock.now())
    return told_profile_shape(chosen, "This is now the default payment profile.")


@blueprint.route(f"{_ONE}verification-status/", also=(f"{_ONE_TOO}verification-status/",), methods=["GET"])
@token_required
@blueprint.operation("Check the verification status", refuses=_NOT_FOUND)
@finds(profiles.get_payment_profile, key="id", name="profile")
@blueprint.answers(200, VerificationAnswer, example=VERIFICATION_EXAMPLE)
def get_profile_verification(profile: PaymentProfile) -> dict[str, Any]:
    """Where the verification stands, in a word and a sentence. Poll every 5 seconds after a profile was made."""
    return verification_shape(profile, by_people=profiles.are_accounts_checked_by_people())


@blueprint.route(f"{_ONE}retry-verification/", also=(f"{_ONE_TOO}retry-verification/",), methods=["POST"])
@token_required
@blueprint.operation("Retry the verification", refuses=_NOT_FOUND | _NOT_PROVED | _NOT_RETRIED | _TOO_OFTEN)
@_changes_profile
@blueprint.takes(RetryBody, example={"confirm": True}, required=False)
@blueprint.answers(200, ToldProfile, example=RETRIED_EXAMPLE)
def retry_profile_verification(body: dict[str, Any], profile: PaymentProfile) -> dict[str, Any]:
    """Have a profile verified again after it failed, for another GHS 1.00; three times an hour at most."""
    retried = services.retry_verification(
        actor=current_actor(), profile=profile, is_confirmed=body["confirm"], now=clock.now()
    )
    by_people = profiles.are_accounts_checked_by_people()
    return told_profile_shape(retried, verification_shape(retried, by_people=by_people)["message"])
