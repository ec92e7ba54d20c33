"""How large a request may be: a megabyte, for uploads what the whole site allows (MAX_CONTENT_LENGTH), or what a view says."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from easyticket.http.auth import Access, declared_access

# Bytes of a body that is no upload: JSON, a form.
MAX_PLAIN = 1024 * 1024
_MEGABYTE = 1024 * 1024
# Bytes a webhook may have; real ones are a few thousand.
MAX_WEBHOOK = 256 * 1024
# Bytes of a refused body that are read all the same, twice what any view takes.
MOST_LEFT = 64 * _MEGABYTE
_PIECE = 64 * 1024
_ATTRIBUTE, _PLAIN_ATTRIBUTE = "easyticket_most_megabytes", "easyticket_most_plain_megabytes"

View = TypeVar("View", bound=Callable[..., object])


def takes_up_to(megabytes: int, *, plain: int = 1) -> Callable[[View], View]:
    """Let a view take forms with files of so many megabytes together, instead of what the whole site allows.

    `plain` is how many it takes of anything else, such as JSON with a picture in it.
    """

    def declare(view: View) -> View:
        setattr(view, _ATTRIBUTE, megabytes)
        setattr(view, _PLAIN_ATTRIBUTE, plain)
        return view

    return declare


def init_sizes(app: Flask) -> None:
    """Answer 413 for a body that is too large, before anything reads it, whether it says its size or comes in chunks."""
    app.before_request(_bound_body)
    app.after_request(_read_what_is_left)


def _bound_body() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    # What is signed is read as raw bytes by its own view, which also says how many it takes.
    if view is not None and declared_access(view) is Access.SIGNATURE:
        return
    if request.mimetype == "multipart/form-data":  # read in pieces, the last of which is refused
        if megabytes := getattr(view, _ATTRIBUTE, 0):
            request.max_content_length = megabytes * _MEGABYTE
        return
    most = getattr(view, _PLAIN_ATTRIBUTE, 1) * MAX_PLAIN
    # One more than is taken: at its limit werkzeug cuts off what comes in chunks and says nothing.
    request.max_content_length = most + 1
    size = request.content_length
    if (len(request.get_data()) if size is None else size) > most:
        raise RequestEntityTooLarge()


def _read_what_is_left(response: Response) -> Response:
    """Read what a client is still sending of a request that is refused: most read no answer before they have sent it all,
    and what stays unread makes the server drop the connection, with the answer or under the next request."""
    # Only servers that say so end the body themselves; with others one would wait for bytes that never come.
    if response.status_code >= 400 and request.environ.get("wsgi.input_terminated"):
        body, left = request.environ["wsgi.input"], MOST_LEFT
        with suppress(OSError):  # who went away, or fell silent, gets no answer anyhow
            while left > 0 and (piece := body.read(min(left, _PIECE))):
                left -= len(piece)
    return response


def signed_body() -> bytes:
    """Return the raw bytes of a webhook, on which its signature is checked.

    :raises RequestEntityTooLarge: it has more than any provider sends.
    """
    request.max_content_length = MAX_WEBHOOK
    return request.get_data()
