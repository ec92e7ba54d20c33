"""Files that are somebody's own: named for their folder of downloads, and kept by nobody on the way."""

from __future__ import annotations

from flask import Response


def private_download(content: bytes, content_type: str, name: str) -> Response:
    """Return an answer that a browser saves as `name`, and that no cache keeps."""
    response = Response(content, content_type=content_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response
