"""Characters nobody types, refused before any view or query sees them: control characters in a path, NUL in a value.

PostgreSQL refuses NUL with an error of its own, which would be a fault of ours.
"""

from __future__ import annotations

from unicodedata import category

from flask import Flask, abort, current_app, request

from easyticket.core.errors import Invalid
from easyticket.http.auth import Access, declared_access

_NUL = "\x00"


def init_characters(app: Flask) -> None:
    """Answer 404 for a path with a control character, and 400 for a form or a query with a NUL in it."""
    app.before_request(_refuse_path)
    app.before_request(_refuse_values)


def _refuse_path() -> None:
    if any(category(sign) == "Cc" for sign in request.path):
        abort(404)


def _refuse_values() -> None:
    # What is signed is read as raw bytes by its own view, which also says how many it takes.
    view = current_app.view_functions.get(request.endpoint or "")
    if view is not None and declared_access(view) is Access.SIGNATURE:
        return
    pairs = [*request.args.items(multi=True), *request.form.items(multi=True)]
    # A part of a multipart form may come without a name.
    if any(_NUL in (name or "") or _NUL in value for name, value in pairs):
        raise Invalid("What was sent holds a character that cannot be stored. Type it again without it.")
