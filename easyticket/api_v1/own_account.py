"""The account of whoever is asking, row and numbers together."""

from __future__ import annotations

from typing import Any

from flask import current_app

from easyticket.api_v1.shapes.users import user_shape
from easyticket.core import clock
from easyticket.models import User
from easyticket.queries.account_numbers import count_account


def show_account(user: User) -> dict[str, Any]:
    """Return an account as its owner sees it; amounts are in the currency of this surface."""
    currency = current_app.config["SETTINGS"].v1_default_currency
    return user_shape(user, count_account(user, currency=currency, now=clock.now()))
