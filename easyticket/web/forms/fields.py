"""What the forms share: a typed parent, and reading what was typed into a field."""

from __future__ import annotations

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import StringField


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A form with the token that shows that it was ours."""

    def show_refusal(self, name: str, sentences: Sequence[str]) -> bool:
        """Put what a service says of the field `name` to it; False if this form has no such field."""
        if name not in self:
            return False
        self[name].errors = [*self[name].errors, *sentences]
        return True


def text_of(field: StringField) -> str:
    """Return what was typed into a field; nothing where it was not sent."""
    return field.data or ""
