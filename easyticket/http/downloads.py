"""Files that are somebody's own: named for their folder of downloads, and kept by nobody on the way."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, stream_with_context

from easyticket.http.limits import account_key, limiter

# Put this under the route of a list to take away. Each reads every row there is: counted together, by account.
exports_limited = limiter.shared_limit("10/minute;100/hour", scope="exports", key_func=account_key)


def private_download(content: bytes, content_type: str, name: str) -> Response:
    """Return an answer that a browser saves as `name`, and that no cache keeps."""
    return _attached(Response(content, content_type=content_type), name)


def streamed_download(pieces: Iterator[bytes] | Iterator[str], content_type: str, name: str) -> Response:
    """Return the same for a file that is made while it is sent."""
    return _attached(Response(stream_with_context(pieces), content_type=content_type), name)


def _attached(response: Response, name: str) -> Response:
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response
