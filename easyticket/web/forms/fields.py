"""What the forms share: a typed parent, and reading what was typed into a field."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import StringField


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A form with the token that shows that it was ours."""


def text_of(field: StringField) -> str:
    """Return what was typed into a field; nothing where it was not sent."""
    return field.data or ""
