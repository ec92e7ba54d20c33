"""The page on a phone at the gate: a code comes in, a decision goes out."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("gate", __name__)
