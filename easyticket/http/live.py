"""Server-sent events: a page hears at once that something changed. A seat costs a thread of the server, so there are few of
them, each for a short while, and who gets none is told to ask now and then instead (docs/decisions/0039)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

from flask import Flask, Response, current_app
from flask.typing import ResponseReturnValue

# Of the eight threads of a process that serves.
SEATS = 2
_seats = threading.BoundedSemaphore(SEATS)
# Seconds between two looks, and how many there are before the browser has to come again.
_PAUSE = 3.0
_TURNS = 20
_COME_AGAIN = 4_000


def stream_changes(read: Callable[[], str]) -> ResponseReturnValue:
    """Return a stream of what `read` says whenever it says something else, or 204 where no seat is free: browsers do not come
    again after that."""
    if not _seats.acquire(blocking=False):
        return "", 204
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def look() -> str:
        # Each look has a context of its own: no connection to the database is kept while the stream waits.
        with app.app_context():
            return read()

    response = Response(changes(look), mimetype="text/event-stream")
    # A proxy in front must not keep it back.
    response.headers["X-Accel-Buffering"] = "no"
    # Not at the generator's end: one that never began has none.
    response.call_on_close(_seats.release)
    return response


def changes(
    read: Callable[[], str], *, turns: int = _TURNS, wait: Callable[[float], None] = time.sleep
) -> Iterator[str]:
    """Give what `read` says as events, so many times with a pause between; where nothing changed, a sign of life, by which the
    server finds out that nobody listens any more."""
    yield f"retry: {_COME_AGAIN}\n\n"
    last = ""
    for turn in range(turns):
        if turn:
            wait(_PAUSE)
        said = read()
        yield f"event: pulse\ndata: {said}\n\n" if said != last else ": \n\n"
        last = said
