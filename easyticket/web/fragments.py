"""Fragments for htmx: one named block of a page's own template, rendered alone, so that page and fragment cannot differ."""

from __future__ import annotations

from typing import Any

from flask import current_app


def render_block(template_name: str, block: str, **context: Any) -> str:
    """Return one block of a page. The block imports the macros it uses itself: what the page imports above is not run."""
    current_app.update_template_context(context)
    template = current_app.jinja_env.get_template(template_name)
    return "".join(template.blocks[block](template.new_context(context)))
