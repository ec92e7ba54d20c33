"""What somebody types who sells at the door: how many of what, and who for, if they want to say."""

from __future__ import annotations

from secrets import token_urlsafe

from werkzeug.datastructures import MultiDict
from wtforms import EmailField, HiddenField, StringField
from wtforms.validators import Length

from easyticket.core.errors import invalid_field
from easyticket.services.door_sales import DoorSale
from easyticket.web.forms.checkout import read_lines
from easyticket.web.forms.fields import Form, text_of


class DoorForm(Form):
    """Who the tickets are for. `token` is new on every page, so that a form sent twice is one sale."""

    name = StringField("Name", [Length(max=255)])
    email = EmailField("E-mail", [Length(max=254)])
    token = HiddenField(default=lambda: token_urlsafe(12))

    def sale(self, fields: MultiDict[str, str]) -> DoorSale:
        """Return what is sold, by the quantities among `fields` and the button that was pressed.

        :raises Invalid: nothing was chosen, or a number cannot be read (field `items`); neither button was pressed (`pay`).
        """
        paid = fields.get("pay")
        if paid not in ("cash", "free"):
            raise invalid_field("pay", "Say whether it is paid in cash or free, with one of the two buttons.")
        return DoorSale(
            lines=read_lines(fields),
            is_cash=paid == "cash",
            name=text_of(self.name),
            email=text_of(self.email),
        )
