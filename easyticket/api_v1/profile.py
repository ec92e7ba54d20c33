"""The profile of whoever is asking: reading and changing it, password, username, address, settings, and deleting it all."""

from __future__ import annotations

from typing import Any

from easyticket.api_v1.blueprint import V1Blueprint
from easyticket.api_v1.errors import says_sentence
from easyticket.api_v1.own_account import show_account
from easyticket.api_v1.schemas.accounts import MessageAnswer
from easyticket.api_v1.schemas.profile import (
    DELETION_BODY_EXAMPLE,
    EMAIL_BODY_EXAMPLE,
    PASSWORD_BODY_EXAMPLE,
    PROFILE_BODY_EXAMPLE,
    PROFILE_EXAMPLE,
    SETTINGS_BODY_EXAMPLE,
    SETTINGS_CHANGED_EXAMPLE,
    USERNAME_BODY_EXAMPLE,
    USERNAME_EXAMPLE,
    DeletionBody,
    NewEmailBody,
    PasswordBody,
    ProfileAnswer,
    ProfileBody,
    SettingsBody,
    SettingsChangedAnswer,
    UsernameAnswer,
    UsernameBody,
)
from easyticket.api_v1.schemas.users import USER_EXAMPLE, UserAnswer
from easyticket.api_v1.shapes.people import username_of
from easyticket.api_v1.shapes.users import settings_shape
from easyticket.core import clock
from easyticket.http.api_limits import OLD_PASSWORD, count_for_account, count_mail_to, count_pictures
from easyticket.http.auth import current_actor, token_required
from easyticket.http.sizes import takes_up_to
from easyticket.http.tokens import current_caller
from easyticket.links import FrontEnd
from easyticket.queries.users import get_own_user
from easyticket.rules.people import NO_PHONE_ABROAD
from easyticket.services import email_changes, password_changes, profiles
from easyticket.services.account_deletion import delete_account

# A picture of 5 MB with its form, and as much again: what is a little too large is told of at its field.
_MEGABYTES = 12

blueprint = V1Blueprint(
    "profile", __name__, tag="User Profile", description="The account of whoever is asking."
)


@blueprint.route("/auth/profile/", methods=["GET"])
@token_required
@blueprint.operation("Get profile")
@blueprint.answers(200, UserAnswer, example=USER_EXAMPLE)
def get_profile() -> dict[str, Any]:
    """The account that is asking."""
    return show_account(get_own_user(current_actor()))


@blueprint.route("/auth/profile/", methods=["PATCH"])
@token_required
@takes_up_to(_MEGABYTES)
@says_sentence
@blueprint.operation("Update profile", refuses={400: NO_PHONE_ABROAD})
@blueprint.takes(ProfileBody, example=PROFILE_BODY_EXAMPLE, required=False, multipart=True)
@blueprint.answers(200, ProfileAnswer, example=PROFILE_EXAMPLE)
def change_profile(body: dict[str, Any]) -> dict[str, Any]:
    """Changes what is sent, as JSON or as a form, which may bring a picture; the one before is deleted then."""
    count_pictures(body["uploads"])
    user = profiles.update_profile_with_picture(
        actor=current_actor(), **body, phone_abroad=True, now=clock.now()
    )
    return {"message": "Profile updated successfully", "user": show_account(user)}


@blueprint.route("/auth/settings/", methods=["PATCH"])
@token_required
@blueprint.operation("Change settings")
@blueprint.takes(SettingsBody, example=SETTINGS_BODY_EXAMPLE, required=False)
@blueprint.answers(200, SettingsChangedAnswer, example=SETTINGS_CHANGED_EXAMPLE)
def change_settings(body: dict[str, Any]) -> dict[str, Any]:
    """Changes which mails and messages the account gets."""
    user = profiles.update_profile(actor=current_actor(), changes=body, now=clock.now())
    return {"message": "Settings updated successfully", "settings": settings_shape(user)}


@blueprint.route("/auth/change-password/", methods=["POST"])
@token_required
@says_sentence
@blueprint.operation("Change password", refuses={400: "Current password is incorrect"})
@blueprint.takes(PasswordBody, example=PASSWORD_BODY_EXAMPLE)
@blueprint.answers(200, MessageAnswer, example={"message": "Password changed successfully"})
def change_password(body: dict[str, Any]) -> dict[str, str]:
    """Sets a new password. Every other device is signed out; the tokens that ask stay good."""
    actor = current_actor()
    count_for_account(actor.email, OLD_PASSWORD)
    password_changes.change_password(
        actor=actor, **body, mixed=True, but_token=current_caller().session_token, now=clock.now()
    )
    return {"message": "Password changed successfully"}


@blueprint.route("/auth/change-username/", methods=["POST"])
@token_required
@says_sentence
@blueprint.operation("Change username", refuses={400: "A user with that username already exists."})
@blueprint.takes(UsernameBody, example=USERNAME_BODY_EXAMPLE)
@blueprint.answers(200, UsernameAnswer, example=USERNAME_EXAMPLE)
def change_username(body: dict[str, Any]) -> dict[str, str]:
    """Gives the account another username: 3 to 20 letters, digits or underscores."""
    actor = current_actor()
    count_for_account(actor.email, OLD_PASSWORD)
    user = profiles.change_username(actor=actor, **body, now=clock.now())
    return {"message": "Username changed successfully", "username": username_of(user)}


@blueprint.route("/auth/update-email/", methods=["POST"])
@token_required
@says_sentence
@blueprint.operation("Change e-mail address", refuses={400: "User with this email already exists."})
@blueprint.takes(NewEmailBody, example=EMAIL_BODY_EXAMPLE)
@blueprint.answers(
    200, MessageAnswer, example={"message": "We mailed a link to ama.b@example.org. Use it to confirm."}
)
def change_email(body: dict[str, Any]) -> dict[str, str]:
    """Mails a link to the new address, which counts once the link was used (as with activation). The present one is told."""
    actor = current_actor()
    count_for_account(actor.email, OLD_PASSWORD)
    count_mail_to(body["new_email"])
    address = email_changes.request_email_change(
        actor=actor, **body, front_end=FrontEnd.CAFA, now=clock.now()
    )
    return {"message": f"We mailed a link to {address}. Your address changes once you use it."}


@blueprint.route("/auth/delete/", also=("/auth/delete-account/",), methods=["DELETE"])
@token_required
@says_sentence
@blueprint.operation(
    "Delete the account",
    refuses={400: "You have events that are not over. Cancel them, or wait until they are over."},
)
@blueprint.takes(DeletionBody, example=DELETION_BODY_EXAMPLE)
@blueprint.answers(200, MessageAnswer, example={"message": "Your account is deleted."})
def delete_own_account(body: dict[str, Any]) -> dict[str, str]:
    """Forgets who the account was and signs it out everywhere. Orders, tickets and the books stay, without a person in them.

    Refused while the account has events that are not over, tickets that still admit, or money to be paid out.
    """
    actor = current_actor()
    count_for_account(actor.email, OLD_PASSWORD)
    delete_account(actor=actor, **body, now=clock.now())
    return {"message": "Your account is deleted."}
