"""A real mail server on a free port that keeps what it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers.parts import free_port


class SmtpServer:
    """Where mail arrived: `url` for the setting MAIL_URL, `messages` in the order of arrival, `contents` byte for byte."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"smtp://127.0.0.1:{self.port}"
        self.messages: list[EmailMessage] = []
        self.contents: list[bytes] = []
        self.recipients: list[list[str]] = []
        self.refusal = ""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a mail, or refuse it with the answer a test has set in `refusal`."""
        if self.refusal:
            return self.refusal
        content = envelope.original_content or b""
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        self.contents.append(content)
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 taken"


@contextmanager
def smtp_server() -> Iterator[SmtpServer]:
    """Start a mail server, give it, stop it at the end."""
    server = SmtpServer()
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
