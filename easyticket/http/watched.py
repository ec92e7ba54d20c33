"""Answers that tell how far they are while they are made, for a page's script (static/js/progress.js): one JSON value a line.

Whoever does not ask for lines gets the same answer as ever, and waits for it.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping

from flask import Response, request, stream_with_context

_LINES = "application/x-ndjson"
Line = Mapping[str, str | int]


def is_watched() -> bool:
    """Tell whether the request asks for lines."""
    return _LINES in request.headers.get("Accept", "")


def progress_line(done: int, total: int, text: str) -> Line:
    """Return how far it is: so many of all, which `text` says in words."""
    return {"done": done, "total": total, "text": text}


def piece_line(piece: bytes) -> Line:
    """Return a piece of a file."""
    return {"piece": b64encode(piece).decode("ascii")}


def file_line(name: str, content_type: str) -> Line:
    """Return the last line of a file, which says that its pieces are all there and how it is to be kept."""
    return {"name": name, "type": content_type}


def page_line(url: str) -> Line:
    """Return the last line of work whose outcome is shown at an address."""
    return {"url": url}


def watched_answer(lines: Iterator[Line]) -> Response:
    """Return an answer of lines, each sent as soon as there is one, which nobody keeps."""
    texts = (f"{json.dumps(line)}\n" for line in lines)
    response = Response(stream_with_context(texts), mimetype=_LINES)
    response.headers["Cache-Control"] = "private, no-store"
    # A proxy in front must not keep it back.
    response.headers["X-Accel-Buffering"] = "no"
    response.vary.add("Accept")
    return response
