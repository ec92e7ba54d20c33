"""Coming in: `enter(door, user)` puts a person at a door."""

from __future__ import annotations

import pytest
from flask import Flask

from easyticket.db import db
from easyticket.http.tokens import make_tokens
from easyticket.models import User
from tests import factories
from tests.api.conftest import Caller, open_session
from tests.parity.doors import Enter, SomeDoor


@pytest.fixture
def enter(app: Flask) -> Enter:
    """Return what puts a person at a door, by default somebody new. Tokens are good for five minutes from then on."""

    def at(door: type[SomeDoor], user: User | None = None) -> SomeDoor:
        user_id = (user or factories.make_user()).id
        # Ends the test's own savepoint, which would enclose what is committed here (tests/fixtures/application.py).
        db.session.rollback()
        with app.app_context():
            known = db.session.get_one(User, user_id)
            tokens = make_tokens(known, open_session(known))
        return door(app, db.session.get_one(User, user_id), Caller(app.test_client(), tokens))

    return at
