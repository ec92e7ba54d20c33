"""Checks of our own beside those of Schemathesis."""

from __future__ import annotations

import re

import schemathesis
from schemathesis import Case, CheckContext, Response
from schemathesis.generation import GenerationMode

from easyticket.http import fields

# Of a value that is of no right type, which a body or a query by the document cannot have.
_ABOUT_TYPES = {
    kind.default_error_messages[name]
    for kind, name in (
        (fields.Text, "invalid"),
        (fields.Text, "null"),
        (fields.Text, "required"),
        (fields.Whole, "invalid"),
        (fields.Flag, "invalid"),
        (fields.Price, "invalid"),
        (fields.Moment, "invalid"),
        (fields.Day, "invalid"),
        (fields.Nested, "type"),
        (fields.Many, "invalid"),
    )
}
# Must be there unless something else is: a refresh token unless its cookie is; the number of a category unless its slug is;
# what a ticket type is made of, in a form that changes an event, unless the type is one that is there.
_MUST_BE_THERE_SOMETIMES = re.compile(r"refresh|category_id|ticket_types(\.\d+\.(name|price|quantity))?")


@schemathesis.check
def only_rules_refuse_valid_data(_ctx: CheckContext, response: Response, case: Case) -> None:
    """What is as the document says may be refused (400) for what is there already, never for its form."""
    if response.status_code != 400 or case.meta is None:
        return
    if case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    body = response.json()
    for name, texts in body.get("field_errors", body.get("details", {})).items():
        if _MUST_BE_THERE_SOMETIMES.fullmatch(name):
            continue
        wrong = _ABOUT_TYPES.intersection(texts)
        assert not wrong, f"{name}: {wrong.pop()}"
