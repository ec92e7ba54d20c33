"""What clients of the API do at the same moment. Functions of a module, because another process has to find them by name."""

from __future__ import annotations

import os
import signal
from typing import Any

import sqlalchemy as sa
from flask import current_app

from easyticket.db import db
from easyticket.http import idempotency as door
from easyticket.http.tokens import make_tokens
from easyticket.models import Event, Order, User
from easyticket.services import refund_sending
from tests.api.conftest import Caller, open_session
from tests.api.ordering import ORDERS, body_for, path_of
from tests.concurrency.actions import scan
from tests.concurrency.crowd import application_on

KEY = {"Idempotency-Key": "one-for-all"}


def sign_in(user: User) -> str:
    """Open a session for `user` and return what the Authorization header says."""
    return f"Bearer {make_tokens(user, open_session(user)).access}"


def order_one(authorization: str) -> str:
    """Order one ticket; return the order's number, or what was refused."""
    answer = _client(authorization).post(ORDERS, _body())
    return str(answer.json.get("order_number") or answer.json["error"])


def order_with_key(authorization: str) -> tuple[int, str]:
    """Order one ticket with the key that everybody uses; return status and what was answered."""
    answer = _client(authorization).post(ORDERS, _body(), headers=KEY)
    return answer.status_code, answer.text


def refund_with_key(authorization: str) -> tuple[int, str]:
    """Ask for ten cedis back with the key that everybody uses; return status and what was answered."""
    order = {"id": db.session.scalars(sa.select(Order.uuid)).one()}
    answer = _client(authorization).post(path_of(order, "refund"), {"amount": 10}, headers=KEY)
    return answer.status_code, answer.text


def refund_all(authorization: str) -> int:
    """Ask for sixty of a hundred and five cedis back, without a key; return the status."""
    order = {"id": db.session.scalars(sa.select(Order.uuid)).one()}
    return _client(authorization).post(path_of(order, "refund"), {"amount": 60}).status_code


def refund_one(authorization: str) -> int:
    """Ask for one cedi back, without a key; return the status."""
    order = {"id": db.session.scalars(sa.select(Order.uuid)).one()}
    return _client(authorization).post(path_of(order, "refund"), {"amount": 1}).status_code


def confirm(authorization: str) -> str:
    """Confirm the payment of the one order there is; return the status it has then, or what was refused."""
    order = {"id": db.session.scalars(sa.select(Order.uuid)).one()}
    said = {"payment_id": "test", "payment_method": "stripe"}
    answer = _client(authorization).post(path_of(order, "confirm_payment"), said)
    return str(answer.json["order"]["status"] if answer.status_code == 200 else answer.json["error"])


def refund_or_scan(wanted: str) -> str:
    """Ask for all the money back (an Authorization header) or scan a ticket (its code); tell how it ended."""
    if wanted.startswith("Bearer"):
        order = {"id": db.session.scalars(sa.select(Order.uuid)).one()}
        answer = _client(wanted).post(path_of(order, "refund"))
        return "money back" if answer.status_code == 200 else str(answer.json["code"])
    return scan(wanted)


def order_and_die(database_url: str, authorization: str) -> None:
    """Order with the key and die by kill -9 before the answer is noted."""
    with application_on(database_url).app_context():
        door.note_answer = _die  # type: ignore[assignment]
        order_with_key(authorization)


def refund_and_die(database_url: str, authorization: str) -> None:
    """Ask for money back with the key and die by kill -9 before the provider is asked."""
    with application_on(database_url).app_context():
        refund_sending.send_refund = _die  # type: ignore[assignment]
        refund_with_key(authorization)


def _client(authorization: str) -> Caller:
    client = current_app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = authorization
    db.session.rollback()
    return Caller(client, None)


def _body() -> dict[str, Any]:
    return body_for(db.session.scalars(sa.select(Event)).one())


def _die(*_: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)
