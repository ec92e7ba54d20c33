"""The forms of accounts: signing up and in, addresses, passwords, the profile."""

from __future__ import annotations

from wtforms import BooleanField, EmailField, PasswordField, StringField, TelField, TextAreaField
from wtforms.validators import InputRequired, Length

from easyticket.rules.people import BIO_LENGTH, NAME_LENGTH, PLACE_LENGTH
from easyticket.web.forms.fields import Form

_EMAIL = [InputRequired("Enter your e-mail address.")]


class SignUpForm(Form):
    """A new account."""

    name = StringField("Your name", [InputRequired("Enter your name."), Length(max=2 * NAME_LENGTH)])
    email = EmailField("E-mail address", _EMAIL)
    password = PasswordField("Password", [InputRequired("Choose a password.")])
    wants_to_sell = BooleanField("I want to sell tickets")


class SignInForm(Form):
    """Who somebody is. The first field is called `email` because the rate limit per account counts by it."""

    email = StringField(
        "E-mail address or username", [InputRequired("Enter your e-mail address or username.")]
    )
    password = PasswordField("Password", [InputRequired("Enter your password.")])
    keep = BooleanField("Keep me signed in on this device")


class AddressForm(Form):
    """Where to send a link."""

    email = EmailField("E-mail address", _EMAIL)


class ChangeAddressForm(Form):
    """Another address for the account, from somebody who knows its password."""

    new_email = EmailField("New e-mail address", [InputRequired("Enter the new address.")])
    password = PasswordField("Password", [InputRequired("Enter your password.")])


class NewPasswordForm(Form):
    """A new password in place of a forgotten one."""

    password = PasswordField("New password", [InputRequired("Choose a new password.")])


class ChangePasswordForm(Form):
    """A new password from somebody who knows the old one."""

    old_password = PasswordField("Current password", [InputRequired("Enter your current password.")])
    new_password = PasswordField("New password", [InputRequired("Choose a new password.")])


class ConfirmForm(Form):
    """Nothing but the token that shows that the button was ours."""


class AccountPasswordForm(Form):
    """The password of an account that this browser is not signed in to."""

    password = PasswordField("Password", [InputRequired("Enter the password you chose.")])


class DeleteAccountForm(Form):
    """The end of an account: the password, and a tick that it is meant."""

    password = PasswordField("Password", [InputRequired("Enter your password.")])
    is_meant = BooleanField(
        "Delete my account for good", [InputRequired("Tick the box to delete your account.")]
    )


class ProfileForm(Form):
    """What people may change about themselves."""

    name = StringField("Name", [InputRequired("Enter your name."), Length(max=2 * NAME_LENGTH)])
    phone_number = TelField("Phone number")
    city = StringField("City", [Length(max=PLACE_LENGTH)])
    country = StringField("Country", [Length(max=PLACE_LENGTH)])
    bio = TextAreaField("About you", [Length(max=BIO_LENGTH)])
    wants_email = BooleanField("Mail me news about events I have tickets for")
    wants_reminders = BooleanField("Remind me the day before an event")
    wants_marketing = BooleanField("Tell me about new events near me")
