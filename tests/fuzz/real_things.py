"""Puts real things into generated requests, so that they get past "not found": of the worlds that the access table uses.

What is put in follows from the request alone, so that a request that is repeated is the same again.
"""

from __future__ import annotations

import contextvars
import json
from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar
from zlib import crc32

from flask import Flask
from schemathesis import Case, Response
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import TestPhase
from schemathesis.transport.serialization import contains_binary
from sqlalchemy.orm.exc import ObjectDeletedError

from easyticket.core import clock
from easyticket.core.errors import AppError
from easyticket.db import db
from easyticket.models import User
from tests import factories
from tests.api.access_table import CALLERS, Row
from tests.api_v1.world import Body, World
from tests.fuzz.surfaces import Surface

Found = TypeVar("Found")

FORM = "multipart/form-data"
# Worlds that are used at a time.
WORLDS = 2
# Seconds after which a new access token is taken; they are good for five minutes.
_TOKEN_LASTS = 200

_MAKERS = dict(
    zip(
        CALLERS[1:],
        (factories.make_user, factories.make_organizer, factories.make_organizer, factories.make_staff),
        strict=True,
    )
)


class RealThings:
    """The worlds of one run, and the tokens of the one who calls."""

    def __init__(self, app: Flask, caller: str, surface: Surface) -> None:
        self.caller = caller
        self.surface = surface
        self._rows: dict[str, list[Row]] = defaultdict(list)
        for row in surface.rows:
            self._rows[" ".join(row.operation)].append(row)
        self._used: dict[str, int] = {}
        self._token: tuple[str, float] | None = None
        # Requests run in contexts of their own: theirs must not meet the session that is open here.
        self._context = contextvars.Context()
        self._context.run(app.app_context().push)
        self._people = self.within(lambda: {name: make() for name, make in _MAKERS.items()})
        self._worlds = [self._new_world() for _ in range(WORLDS)]

    def within(self, work: Callable[[], Found]) -> Found:
        """Do some work with the database, and leave nothing open behind it."""
        return self._context.run(self._and_close, work)

    @staticmethod
    def _and_close(work: Callable[[], Found]) -> Found:
        try:
            return work()
        finally:
            db.session.rollback()

    def _new_world(self) -> World:
        return World(**self._people)

    def token_for(self, case: Case) -> str | None:
        """Return the access token this request is sent with, or None for nobody's."""
        if self.caller == "anonymous":
            return None
        if case.path in self.surface.ends_session:
            return self.within(lambda: World().new_tokens(_MAKERS[self.caller]()).access)
        now = clock.now().timestamp()
        if self._token is None or now - self._token[1] > _TOKEN_LASTS:
            self._token = self.within(lambda: World().new_tokens(self._person()).access), now
        return self._token[0]

    def put_into(self, case: Case) -> None:
        """Put real things into three of four paths, their ids or all that is needed into two of three bodies."""
        rows = self._rows.get(case.operation.label)
        if rows is None or case.meta is None or case.meta.phase.name is TestPhase.STATEFUL:
            return
        draw = crc32(repr((case.path_parameters, case.query, case.body)).encode("utf-8", "surrogatepass"))
        number, row = draw % WORLDS, rows[draw // WORLDS % len(rows)]
        self._used[case.id] = number
        try:
            self.within(lambda: _fill(case, row, self._worlds[number], draw // 64))
        except (ObjectDeletedError, IndexError, AppError):
            # Another request has taken away what this world was made of.
            self._worlds[number] = self._new_world()
            self.within(lambda: _fill(case, row, self._worlds[number], draw // 64))

    def note_answer(self, case: Case, response: Response) -> None:
        """Forget the things that this request used up: the world makes others when it is asked for them."""
        number = self._used.pop(case.id, None)
        ends = case.method == "DELETE" or case.path.endswith(self.surface.once)
        if number is None or not ends or response.status_code >= 300:
            return
        used_up = self.surface.used_up
        path = next((path for path in used_up if case.path.startswith(path)), "")
        for name in used_up.get(path, ()):
            vars(self._worlds[number]).pop(name, None)

    def _person(self) -> User:
        return db.session.merge(self._people[self.caller])


def _fill(case: Case, row: Row, world: World, draw: int) -> None:
    assert case.meta is not None
    # Drawing a PDF takes long, so that operation mostly gets what is not there.
    share = draw % 8 == 0 if case.path.endswith("download/") else bool(draw % 4)
    if row.of is not None and share and not case.meta.is_negative_at(ParameterLocation.PATH):
        case.path_parameters = {**case.path_parameters, **row.parts(world)}
    if row.query is not None and draw % 3 and not case.meta.is_negative_at(ParameterLocation.QUERY):
        case.query = {**case.query, **{name: str(value) for name, value in row.query(world).items()}}
    if not isinstance(case.body, dict) or case.meta.is_negative_at(ParameterLocation.BODY):
        return
    # Schemathesis looks again at a body that was changed, and takes a file that it generated for no valid text.
    if contains_binary(case.body):
        return
    working = _working_body(row, world, as_form=case.media_type == FORM)
    if draw // 16 % 3 == 1:
        case.body = {
            **case.body,
            **{name: value for name, value in working.items() if _names_a_thing(name, value)},
        }
    elif draw // 16 % 3 == 2:
        case.body = {**case.body, **working}


def _working_body(row: Row, world: World, *, as_form: bool) -> Body:
    """Return a body that is taken. Of a form it has the texts; as JSON, what is JSON in them."""
    if row.body is not None:
        return row.body(world)
    parts = row.sent(world).get("data") if row.sent is not None else None
    if not isinstance(parts, dict):
        return {}
    texts = {name: part for name, part in parts.items() if isinstance(part, str)}
    return {
        name: json.loads(text) if text.startswith("[") and not as_form else text
        for name, text in texts.items()
    }


def _names_a_thing(name: str, value: object) -> bool:
    return (
        isinstance(value, list)
        or (isinstance(value, str) and len(value) >= 32)
        or name.endswith(("_id", "_slug"))
    )
