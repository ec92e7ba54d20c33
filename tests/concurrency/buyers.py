"""What clients of the Cafa Tickets API do at the same moment. Functions of a module, because another process has to find them."""

from __future__ import annotations

import sqlalchemy as sa
from flask import current_app

from easyticket.db import db
from easyticket.models import Event
from tests.api.conftest import Caller
from tests.api_v1.buying import INITIATE, PURCHASE, approve, initiate_body, purchase_body, status_of

KEY = {"Idempotency-Key": "one-for-all"}


def buy_one(authorization: str) -> str:
    """Buy a ticket and pay it; return where its payment stands in the end, or what was refused."""
    caller, event = _caller(authorization), db.session.scalars(sa.select(Event)).one()
    answer = caller.post(PURCHASE, purchase_body(event))
    if answer.status_code != 201:
        return str(answer.json["error"])
    approve(answer.json)
    return str(status_of(caller, answer.json)["status"])


def initiate_with_key(authorization: str) -> tuple[int, str]:
    """Begin to buy with the key that everybody uses; return status and what was answered."""
    event = db.session.scalars(sa.select(Event)).one()
    answer = _caller(authorization).post(INITIATE, initiate_body(event), headers=KEY)
    return answer.status_code, answer.text


def _caller(authorization: str) -> Caller:
    client = current_app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = authorization
    return Caller(client, None)
