"""Sign-up, sign-in, verified addresses, passwords and the profile."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("account", __name__)
