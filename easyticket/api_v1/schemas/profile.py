"""What people change about themselves, and what they prove to do so."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from easyticket.api_v1.schemas.accounts import password_field
from easyticket.api_v1.schemas.users import SETTINGS_EXAMPLE, USER_EXAMPLE, SettingsAnswer, UserAnswer
from easyticket.http.fields import Answer, Body, Flag, Nested, Text
from easyticket.http.files import FilePart
from easyticket.rules.account_deletion import CONFIRMATION
from easyticket.rules.pictures import MOST_BYTES
from easyticket.services.images import Upload
from easyticket.services.profiles import PICTURE

PROFILE_BODY_EXAMPLE = {"full_name": "Ama Boateng", "phone_number": "+233241234567", "city": "Accra"}
PROFILE_EXAMPLE: dict[str, Any] = {"message": "Profile updated successfully", "user": USER_EXAMPLE}
PASSWORD_BODY_EXAMPLE = {
    "current_password": "Kente-cloth-1",
    "new_password": "Harmattan-wind-2",
    "confirm_password": "Harmattan-wind-2",
}
USERNAME_BODY_EXAMPLE = {"username": "ama_b", "password": "Kente-cloth-1"}
USERNAME_EXAMPLE = {"message": "Username changed successfully", "username": "ama_b"}
EMAIL_BODY_EXAMPLE = {"new_email": "ama.b@example.org", "password": "Kente-cloth-1"}
SETTINGS_BODY_EXAMPLE = SETTINGS_EXAMPLE
SETTINGS_CHANGED_EXAMPLE: dict[str, Any] = {
    "message": "Settings updated successfully",
    "settings": SETTINGS_EXAMPLE,
}
DELETION_BODY_EXAMPLE = {"password": "Kente-cloth-1", "confirmation": CONFIRMATION}


class ProfilePicture(FilePart):
    """A file of a multipart body, or null for no picture; the address a client read back leaves it as it is."""

    KEPT = "kept"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return self.KEPT if isinstance(value, str) else super()._deserialize(value, attr, data, **kwargs)


class ProfileBody(Body):
    """What people may change about themselves; what is left out stays as it is, everything else is ignored."""

    full_name = Text(allow_none=True)
    phone_number = Text(
        allow_none=True, metadata={"description": "`+` and 9 to 15 digits. Empty means none."}
    )
    bio = Text(allow_none=True)
    city = Text(allow_none=True)
    country = Text(allow_none=True)
    profile_image = ProfilePicture(
        most=MOST_BYTES,
        allow_none=True,
        metadata={"description": "JPEG, PNG or WebP of at most 5 MB, as a file of a multipart body."},
    )

    @ma.post_load
    def _put_files_apart(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Return `changes` and `uploads`; a picture that is to stay is not named at all."""
        sent = data.pop(PICTURE, ProfilePicture.KEPT)
        if sent is None:
            data[PICTURE] = ""
        return {"changes": data, "uploads": {PICTURE: sent} if isinstance(sent, Upload) else {}}


class ProfileAnswer(Answer):
    """The account after the change."""

    message = ma.fields.String(required=True)
    user = Nested(UserAnswer, required=True)


class PasswordBody(Body):
    """The password an account has, and the one it shall have."""

    old_password = Text(
        required=True, blank=False, data_key="current_password", metadata={"format": "password"}
    )
    new_password = password_field()
    new_password_confirm = Text(
        required=True, blank=False, data_key="confirm_password", metadata={"format": "password"}
    )


class UsernameBody(Body):
    """Another username, and the password."""

    username = Text(required=True, blank=False)
    password = password_field()


class UsernameAnswer(Answer):
    """The username from now on."""

    message = ma.fields.String(required=True)
    username = ma.fields.String(required=True)


class NewEmailBody(Body):
    """Another address, and the password."""

    new_email = Text(required=True, blank=False, metadata={"format": "email"})
    password = password_field()


class SettingsBody(Body):
    """What somebody wants to be told, and how; what is left out stays as it is."""

    wants_marketing = Flag(data_key="marketing_emails")
    wants_reminders = Flag(data_key="event_reminders")
    wants_email = Flag(data_key="email_notifications")
    wants_sms = Flag(data_key="sms_notifications")


class SettingsChangedAnswer(Answer):
    """All settings after the change."""

    message = ma.fields.String(required=True)
    settings = Nested(SettingsAnswer, required=True)


class DeletionBody(Body):
    """The password, and the words that nobody writes by accident."""

    password = password_field()
    confirmation = Text(required=True, blank=False, metadata={"description": f"Exactly “{CONFIRMATION}”."})
