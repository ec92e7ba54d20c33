"""From chosen tickets to payment: hold, buyer's details, pay, and the page the payer comes back to."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("checkout", __name__)
