"""Where payment providers tell us that something happened; a signed trigger, never the truth itself."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("webhooks", __name__)
