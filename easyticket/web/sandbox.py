"""The sandbox provider's payment page, where the payer's decision is a button. Off in production."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("sandbox", __name__)
