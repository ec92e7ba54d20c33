"""Answers for htmx: one named block of a page's own template, rendered alone, so that page and fragment cannot differ; the
way to another page; and the address that stands for what is shown."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import current_app, make_response, redirect, request
from flask.typing import ResponseReturnValue


def render_block(template_name: str, block: str, **context: Any) -> str:
    """Return one block of a page. The block imports the macros it uses itself: what the page imports above is not run."""
    current_app.update_template_context(context)
    template = current_app.jinja_env.get_template(template_name)
    return "".join(template.blocks[block](template.new_context(context)))


def lead_to(address: str) -> ResponseReturnValue:
    """Send the person to another page, also where a script asked for a part of this one: it would look for that part in the
    other page, and find nothing."""
    if "HX-Request" in request.headers:
        return "", 200, {"HX-Redirect": address}
    return redirect(address)


def shown_at(address: str, page: str) -> ResponseReturnValue:
    """Return a page a part of which a script may have asked for; the browser shows this address for it then, not the one
    with all the empty fields of the form. What stands at the same address is no step more to go back."""
    response = make_response(page)
    if "HX-Request" in request.headers:
        before = urlsplit(request.headers.get("HX-Current-URL", ""))
        is_there = address == f"{before.path}?{before.query}".rstrip("?")
        response.headers["HX-Push-Url"] = "false" if is_there else address
    response.vary.add("HX-Request")
    return response
