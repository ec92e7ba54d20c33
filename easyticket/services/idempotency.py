"""Requests with an `Idempotency-Key`: what is made is made once, and asking again gives the first answer again.

The record is inserted in the transaction that makes the thing, so the database lets one of all who come at the same
instant go on, and a process that is killed leaves either nothing or a record that names what was made. The answer is
noted afterwards. A refusal makes nothing and is not kept: the request may be mended and sent again with its key.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import AppError, Invalid
from easyticket.db import db, insert_if_new, transactional
from easyticket.models import IdempotencyRecord

KEPT_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Turn:
    """One request with a key. `scope` says who asks, so that keys of different people never meet.

    `made_uuid` is set where an earlier sending of the request made the thing and its answer is not known: it is to be
    answered from what was made.
    """

    scope: str
    operation: str
    key: str
    body_digest: str
    made_uuid: UUID | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the first request was answered."""

    status_code: int
    body: Any


class Repeated(AppError):
    """Another sending of the same request was ahead; nothing was made, and its record can be read now."""

    code = "repeated"


def find_record(turn: Turn, *, lock: bool = False) -> IdempotencyRecord | None:
    """Return what is known of this key, or None where it is new.

    :raises Invalid: the key was used for another request.
    """
    query = _records(turn).execution_options(populate_existing=True)
    record = db.session.scalar(query.with_for_update() if lock else query)
    if record is not None and record.body_digest != turn.body_digest:
        raise Invalid(
            "This Idempotency-Key was used for another request. Use a new key for a new request.",
            code="idempotency_key_reused",
        )
    return record


def take_turn(turn: Turn | None, now: datetime) -> UUID:
    """Return the UUID for what is about to be made. To be called first in the transaction that makes it.

    :raises Repeated: the same key is, or was, at work; the transaction must be rolled back.
    """
    uuid = uuid4()
    if turn is not None and not insert_if_new(IdempotencyRecord, _row(turn, now) | {"made_uuid": uuid}):
        raise Repeated("The same request is being answered already.")
    return uuid


@transactional
def note_answer(turn: Turn, answer: Answer, now: datetime) -> Answer:
    """Keep the answer to a request and return what it is answered from now on: of several that were ahead, the first.

    :raises Invalid: the key was used for another request meanwhile.
    """
    insert_if_new(IdempotencyRecord, _row(turn, now))
    record = find_record(turn, lock=True)
    if record is None:
        return answer
    if record.status_code is not None:
        return Answer(record.status_code, record.answer)
    record.status_code, record.answer = answer.status_code, answer.body
    return answer


@transactional
def forget_old_answers(now: datetime | None = None) -> int:
    """Forget requests and forms that were sent more than a day ago; return how many."""
    old = sa.delete(IdempotencyRecord).where(
        IdempotencyRecord.created_at < (now or clock.now()) - KEPT_FOR,
    )
    return int(db.session.execute(old).rowcount)  # type: ignore[attr-defined]


def _row(turn: Turn, now: datetime) -> dict[str, Any]:
    return {
        "scope": turn.scope,
        "operation": turn.operation,
        "key": turn.key,
        "body_digest": turn.body_digest,
        "created_at": now,
    }


def _records(turn: Turn) -> sa.Select[IdempotencyRecord]:
    return sa.select(IdempotencyRecord).where(
        IdempotencyRecord.scope == turn.scope,
        IdempotencyRecord.operation == turn.operation,
        IdempotencyRecord.key == turn.key,
    )
