"""The `Idempotency-Key` header: a request that is sent again with its key gets the first answer again.

Put `idempotent` under the decorator that reads the body and over the one that answers. Where asking twice would make
two things, the view passes `current_turn()` to its service, which makes the thing and the record in one transaction.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Response, g, jsonify, make_response, request

from easyticket.core import clock
from easyticket.core.errors import Conflict, Invalid
from easyticket.core.signing import digest
from easyticket.db import db
from easyticket.http.auth import current_actor
from easyticket.models import IdempotencyRecord
from easyticket.services.idempotency import Answer, Repeated, Turn, find_record, note_answer

View = TypeVar("View", bound=Callable[..., Any])

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
LONGEST = 255
# How the header stands in an operation's description.
_PARAMETER = {
    "in": "header",
    "name": HEADER,
    "description": "Unguessable, one for each thing to be made. Sent again within 24 hours with the same request it gives "
    "the first answer again; with another request it is refused.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST},
    "example": "7c3c1f0a-2f3e-4a1e-9d54-0b2f6a3e9b11",
}
_TRIES = 3


def idempotent(operation: str) -> Callable[[View], View]:
    """Honour the header on an operation; without it nothing changes. Refusals are not kept.

    The view may be called again with the same arguments, so it leaves them as they are.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer_once(*args: Any, **kwargs: Any) -> Any:
            turn = _turn_of_request(operation, args)
            if turn is None:
                return view(*args, **kwargs)
            for _ in range(_TRIES):
                record = find_record(turn)
                if record is not None and record.status_code is not None:
                    return _response(Answer(record.status_code, record.answer))
                g.turn = _resumed(turn, record)
                try:
                    response = make_response(view(*args, **kwargs))
                except Repeated:
                    db.session.rollback()
                    continue
                return _noted(turn, response)
            raise Conflict("The same request is being answered. Ask again in a moment.", code="repeated")

        described = getattr(view, "_apidoc", {})
        answer_once._apidoc = {**described, "manual_doc": {"parameters": [_PARAMETER]}}  # type: ignore[attr-defined]
        return answer_once  # type: ignore[return-value]

    return decorate


def current_turn() -> Turn | None:
    """Return the turn of this request, or None where it came without a key."""
    turn: Turn | None = g.get("turn")
    return turn


def _turn_of_request(operation: str, body: tuple[Any, ...]) -> Turn | None:
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not 0 < len(key) <= LONGEST or not key.isprintable() or not key.strip():
        raise Invalid(f"An {HEADER} has 1 to {LONGEST} characters.", code="idempotency_key")
    said = json.dumps([request.path, *body], sort_keys=True, default=str)
    return Turn(scope=_scope(), operation=operation, key=key, body_digest=digest(said))


def _scope() -> str:
    """Return whose keys these are: an account's, or those of an address where nobody is signed in."""
    user_id = current_actor().user_id
    return f"user:{user_id}" if user_id is not None else f"guest:{digest(request.remote_addr or '')}"


def _resumed(turn: Turn, record: IdempotencyRecord | None) -> Turn:
    made_uuid = record.made_uuid if record is not None else None
    return Turn(turn.scope, turn.operation, turn.key, turn.body_digest, made_uuid)


def _noted(turn: Turn, response: Response) -> Response:
    if response.status_code >= 400:
        return response
    now = Answer(response.status_code, response.get_json())
    kept = note_answer(turn, now, clock.now())
    return response if kept is now else _response(kept)


def _response(answer: Answer) -> Response:
    response = jsonify(answer.body)
    response.status_code = answer.status_code
    response.headers[REPLAYED] = "true"
    return response
