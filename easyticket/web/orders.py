"""A buyer's orders and tickets: pages, PDFs, QR codes and calendar files."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("orders", __name__)
