"""The development mailbox: mails that were written to MAIL_DIR. Off in production."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("dev", __name__)
