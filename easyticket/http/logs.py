"""Logging: one line per fact on standard error, with secrets of paths and headers kept out."""

from __future__ import annotations

import logging
import re

from flask import Flask

# Guest links, mail tokens and payment references are as good as keys: never written down.
_SECRETS = re.compile(r"(/(?:checkout|orders|verify|reset|sandbox)/)[A-Za-z0-9_\-.]{16,}")


class HideSecrets(logging.Filter):
    """Replaces the secret part of our own links in every message."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _SECRETS.sub(r"\1***", record.getMessage()).replace("\n", "\\n")
        record.args = None
        return True


def init_logs(app: Flask) -> None:
    """Send the application's messages to standard error, with secrets hidden and line breaks escaped."""
    logger = logging.getLogger("easyticket")
    if any(isinstance(known, HideSecrets) for handler in logger.handlers for known in handler.filters):
        return
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(HideSecrets())
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
