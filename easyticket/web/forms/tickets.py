"""What somebody types who sends a ticket on."""

from __future__ import annotations

from wtforms import EmailField, HiddenField, StringField
from wtforms.validators import InputRequired, Length

from easyticket.rules.ticket_transfers import NAME_LENGTH
from easyticket.web.forms.email_hint import suggested_email
from easyticket.web.forms.fields import Form, text_of


class SendForm(Form):
    """Who gets the ticket. `seen_email` is the address the sender was asked about before."""

    to_name = StringField(
        "Name", [InputRequired("Enter the name of who gets the ticket."), Length(max=NAME_LENGTH)]
    )
    to_email = EmailField("E-mail", [InputRequired("Enter the address the ticket goes to."), Length(max=254)])
    seen_email = HiddenField()

    def asks_about_email(self) -> bool:
        """Tell whether the address is probably not the one meant; asked once, then it is taken as it stands.

        A ticket that went to a wrong address does not come back, so the question stands at the field like a fault.
        """
        typed = text_of(self.to_email).strip()
        meant = "" if typed == text_of(self.seen_email) else suggested_email(typed)
        self.seen_email.data = typed
        if meant:
            self.to_email.errors = [
                f"Did you mean {meant}? If {typed} is right, press the button once more to send it there."
            ]
        return bool(meant)
