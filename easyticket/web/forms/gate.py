"""What comes in at the gate: a code, and the key of the scan that brought it."""

from __future__ import annotations

from uuid import UUID

from wtforms import HiddenField, StringField
from wtforms.validators import UUID as IsUuid
from wtforms.validators import DataRequired, InputRequired

from easyticket.rules.admission import reads_as_ticket
from easyticket.web.forms.fields import Form, text_of

LONGEST_NAME = 80
IS_A_TICKET = "That is a ticket's code. Name the gate first, for example Main gate."


class ScanForm(Form):
    """One scan. `scan_key` is made with the form, or by the page's script for every scan, so that a repeat is told apart."""

    code = StringField("Code", [DataRequired("Scan a ticket or type its code first.")])
    scan_key = HiddenField("Scan", [InputRequired(), IsUuid()])
    gate = HiddenField("Gate")

    def key(self) -> UUID:
        """Return the scan's key."""
        return UUID(text_of(self.scan_key))


def gate_name_of(text: str) -> str:
    """Return a gate's name as it is shown and kept: one line, not too long."""
    return " ".join(text.split())[:LONGEST_NAME]


def refusal_of(name: str) -> str:
    """Return why a gate cannot have this name, or nothing. Scanners type wherever the cursor stands."""
    return IS_A_TICKET if reads_as_ticket(name) else ""
