"""Logging: one line per fact on standard error, with secrets kept out of messages and tracebacks alike."""

from __future__ import annotations

import logging
import re

from flask import Flask

# Guest links, mail tokens, QR contents and payment references are as good as keys: never written down.
_SECRETS = re.compile(
    r"(?P<path>/(?:checkout|orders|verify|reset|new-address|sandbox|payments|purchase)/)[A-Za-z0-9_\-.]{16,}"
    r"|\b[0-9a-f]{32,64}\b"
    r"|\b(?:ET|PUR)-[0-9A-Z]{16,}\b"
    r"|\b(?:sk|rk|whsec)_[A-Za-z0-9_]{8,}"
)


class SecretFreeFormatter(logging.Formatter):
    """Writes a record with its traceback, and puts stars where a secret stood."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; line breaks inside the message are escaped, so that nobody forges a second one."""
        record.msg, record.args = record.getMessage().replace("\r", "\\r").replace("\n", "\\n"), None
        return _SECRETS.sub(lambda match: f"{match['path'] or ''}***", super().format(record))


def init_logs(app: Flask) -> None:
    """Send the application's messages to standard error without secrets."""
    logger = logging.getLogger("easyticket")
    if any(isinstance(known.formatter, SecretFreeFormatter) for known in logger.handlers):
        return
    handler = logging.StreamHandler()
    handler.setFormatter(SecretFreeFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
