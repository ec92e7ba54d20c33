"""The token that forms of the pages carry. Doors that no form goes through exempt themselves: webhooks, and the JSON
surfaces, which look at the page a cookie comes from instead (http/origins.py)."""

from __future__ import annotations

from flask_wtf.csrf import CSRFProtect

csrf = CSRFProtect()
