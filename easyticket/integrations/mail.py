"""Where mail leaves: by SMTP to the server of MAIL_URL, or as files into the folder of MAIL_DIR."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from ipaddress import ip_address
from smtplib import SMTP, SMTP_SSL, SMTPDataError, SMTPException, SMTPNotSupportedError, SMTPRecipientsRefused
from typing import Protocol
from urllib.parse import unquote, urlsplit

from config import Settings
from easyticket.core.errors import AppError, ProviderDown
from easyticket.integrations.mail_folder import MailFolder

# Seconds to wait for any one answer of a mail server.
TIMEOUT = 15
PORTS = {"smtp": 587, "smtps": 465}


class MailDelayed(ProviderDown):
    """The mail could not be handed over now; the next try may work."""

    code = "mail_delayed"


class MailRefused(AppError):
    """The server will never take this mail, for example because the mailbox does not exist: do not try again."""

    code = "mail_refused"


class Mailer(Protocol):
    """Hands a whole mail over to something that keeps it."""

    def deliver(self, message: EmailMessage) -> None:
        """Return once the mail is safe elsewhere.

        :raises MailDelayed: not now.
        :raises MailRefused: never.
        """


def open_mailer(settings: Settings) -> Mailer:
    """Return the mailer the settings name: SMTP with MAIL_URL, else the folder MAIL_DIR."""
    if not settings.mail_url:
        return FolderMailer(MailFolder(settings.mail_dir))
    parts = urlsplit(settings.mail_url)
    return SmtpMailer(
        host=parts.hostname or "",
        port=parts.port or PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        is_encrypted=parts.scheme == "smtps",
        greeting=urlsplit(settings.public_url).hostname or "localhost",
    )


@dataclass(frozen=True, slots=True)
class FolderMailer:
    """Writes each mail as a file, for development and for machines without a mail server."""

    folder: MailFolder

    def deliver(self, message: EmailMessage) -> None:
        """Write the mail; a repeated try replaces the file of the first."""
        try:
            self.folder.write(message)
        except OSError as error:
            raise MailDelayed(f"The mail could not be written: {error}.") from error


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """Speaks SMTP, encrypted from the first byte or by STARTTLS where the server offers it."""

    host: str
    port: int
    user: str
    password: str
    is_encrypted: bool
    # The name we introduce ourselves with (EHLO).
    greeting: str

    def deliver(self, message: EmailMessage) -> None:
        """Hand the mail over; the server has taken responsibility for it when this returns."""
        try:
            with self._connection() as server:
                server.send_message(message)
        except (SMTPException, OSError) as error:
            if _is_permanent(error):
                raise MailRefused(f"The mail server refused the mail: {error}.") from error
            raise MailDelayed(f"The mail server did not take the mail: {error}.") from error

    @contextmanager
    def _connection(self) -> Iterator[SMTP]:
        context = _trust(self.host)
        if self.is_encrypted:
            server: SMTP = SMTP_SSL(self.host, self.port, self._name(), timeout=TIMEOUT, context=context)
        else:
            server = SMTP(self.host, self.port, self._name(), timeout=TIMEOUT)
        try:
            self._prepare(server, context)
            yield server
        finally:
            # What was accepted is accepted: a server that is gone at the goodbye must not cause a second mail.
            with suppress(SMTPException, OSError):
                server.quit()
            server.close()

    def _prepare(self, server: SMTP, context: ssl.SSLContext) -> None:
        server.ehlo()
        is_encrypted = self.is_encrypted
        if not is_encrypted and server.has_extn("starttls"):
            server.starttls(context=context)
            is_encrypted = True
        if not self.user:
            return
        if not is_encrypted and not _is_this_machine(self.host):
            raise MailDelayed(
                "The mail server offers no encryption, and the password of MAIL_URL must not go in the clear."
            )
        server.login(self.user, self.password)

    def _name(self) -> str:
        try:
            return f"[{ip_address(self.greeting)}]"
        except ValueError:
            return self.greeting


def _trust(host: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if _is_this_machine(host):
        # The certificate of a mail server on this machine is made by itself, and nobody stands between us.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _is_permanent(error: Exception) -> bool:
    """Tell whether this mail is refused for good. A wrong password or sender is ours to mend: such mail waits."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    if isinstance(error, SMTPDataError):
        return error.smtp_code >= 500
    return isinstance(error, SMTPNotSupportedError)
