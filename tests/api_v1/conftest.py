"""Calling the Cafa Tickets API as somebody: `call()` for nobody, `call(user)` for an account with a token of its own."""

from __future__ import annotations

from tests.api.conftest import Caller, call, open_session

__all__ = ["Caller", "call", "open_session"]
