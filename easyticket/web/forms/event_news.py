"""Which of the two buttons somebody pressed about a change of an event, and which change they saw."""

from __future__ import annotations

from wtforms import HiddenField, IntegerField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from easyticket.web.forms.fields import Form


class NewsForm(Form):
    """`mail` tells the holders, `leave` does not; `last_change_id` is the newest change that was on the page."""

    last_change_id = IntegerField("Change", [InputRequired()], widget=HiddenInput())
    choice = HiddenField("Choice")

    @property
    def is_to_be_mailed(self) -> bool:
        """Whether the holders are to be told."""
        return bool(self.choice.data == "mail")
