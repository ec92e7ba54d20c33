"""Logging: one line per fact on standard error. Secrets are kept out of every record of the process, whoever writes it."""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

from config import Settings
from easyticket.core.secrecy import know_secrets, without_secrets

_SECRET_SETTINGS = ("secret_key", "stripe_secret_key", "stripe_webhook_secret", "paystack_secret_key")
_ADDRESSES = ("database_url", "redis_url", "mail_url")
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# A traceback is the one thing of several lines; indented, so that nothing in it looks like a line of its own.
_INDENT = "    "


class SecretFreeRecord(logging.LogRecord):
    """A record whose message and traceback hold no secret. The factory of all records, so that it does not matter which
    library wrote it, which handler takes it, and how talkative somebody made them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.exc_info and self.exc_info[0] is not None:
            self.exc_text = _traceback_text("".join(traceback.format_exception(*self.exc_info)))
        if self.stack_info:
            self.stack_info = _traceback_text(self.stack_info)

    def getMessage(self) -> str:
        """Return the message; line breaks inside it are escaped, so that nobody forges a second one."""
        return _one_line(without_secrets(super().getMessage()))


class FactFormatter(logging.Formatter):
    """Writes a record with the facts that were given beside its message: `a refund failed (refund_id=12)`."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Return the line without its traceback."""
        facts = ", ".join(f"{name}={value}" for name, value in vars(record).items() if name not in _USUAL)
        line = super().formatMessage(record)
        return f"{line} ({_one_line(without_secrets(facts))})" if facts else line


def init_logs(app: Flask) -> None:
    """Send the application's messages to standard error, and keep secrets out of everybody's."""
    know_secrets(_secrets_of(app.config["SETTINGS"]))
    logging.setLogRecordFactory(SecretFreeRecord)
    _take_hooks()
    logger = logging.getLogger("easyticket")
    if any(isinstance(known.formatter, FactFormatter) for known in logger.handlers):
        return
    handler = logging.StreamHandler()
    handler.setFormatter(FactFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)


def tell_fault(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
    """Log what nobody caught; Python itself would print it as it is."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, fault, trace)
    else:
        logging.getLogger("easyticket").critical("nobody caught this", exc_info=(kind, fault, trace))


def _take_hooks() -> None:
    """Have faults told by us, unless somebody else wants to: a debugger, a test."""
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = tell_fault
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = _tell_fault_of_thread


def _tell_fault_of_thread(told: threading.ExceptHookArgs) -> None:
    if told.exc_value is not None and not issubclass(told.exc_type, SystemExit):
        tell_fault(told.exc_type, told.exc_value, told.exc_traceback)


def _secrets_of(settings: Settings) -> list[str]:
    """Return the keys, and the passwords in the addresses of other servers."""
    addresses = (urlsplit(getattr(settings, name)) for name in _ADDRESSES)
    return [getattr(settings, name) for name in _SECRET_SETTINGS] + [
        address.password for address in addresses if address.password
    ]


def _traceback_text(text: str) -> str:
    lines = without_secrets(text.rstrip()).splitlines()
    return "\n".join(f"{_INDENT}{_one_line(line)}" for line in lines)


def _one_line(text: str) -> str:
    return _BREAKS.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


_USUAL = vars(logging.LogRecord("", 0, "", 0, "", None, None)).keys() | {"message", "asctime", "taskName"}
