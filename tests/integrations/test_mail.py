"""Mail leaves by a real SMTP server or becomes a file; a mail that is tried twice exists once."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from easyticket.integrations.mail import MailDelayed, MailRefused, SmtpMailer, open_mailer
from easyticket.integrations.mail_folder import MailFolder
from tests.servers.parts import free_port
from tests.servers.settings import settings_for_tests
from tests.servers.smtp import SmtpServer


def a_mail(
    uuid: UUID | None = None, to: str = "ama@example.org", text: str = "Akwaaba, Ŋɔ\n"
) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = "EasyTicket <tickets@easyticket.example>"
    message["To"] = to
    message["Subject"] = "Your tickets for Ɛdwom Night"
    message["Message-ID"] = f"<{uuid or uuid4()}@tickets.example>"
    message.set_content(text, cte="quoted-printable")
    return message


@pytest.fixture(scope="module")
def certificate() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


@contextmanager
def mail_server(inside: Any, **options: Any) -> Iterator[None]:
    """A mail server that speaks TLS or asks for a password."""
    controller = Controller(inside, hostname="127.0.0.1", port=inside.port, **options)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


# SMTP


def test_a_mail_arrives_as_it_was_written(smtp_server: SmtpServer, tmp_path: Path) -> None:
    sent = a_mail()
    open_mailer(settings_for_tests(tmp_path, MAIL_URL=smtp_server.url)).deliver(sent)
    (received,) = smtp_server.messages
    assert received["Message-ID"] == sent["Message-ID"]
    assert received["Subject"] == "Your tickets for Ɛdwom Night"
    assert received.get_content().strip() == "Akwaaba, Ŋɔ"
    assert smtp_server.recipients == [["ama@example.org"]]


def test_starttls_is_used_where_the_server_offers_it(certificate: ssl.SSLContext, tmp_path: Path) -> None:
    inside = SmtpServer()
    with mail_server(inside, tls_context=certificate, require_starttls=True):
        open_mailer(settings_for_tests(tmp_path, MAIL_URL=inside.url)).deliver(a_mail())
    assert len(inside.messages) == 1


def test_smtps_is_encrypted_from_the_first_byte(certificate: ssl.SSLContext, tmp_path: Path) -> None:
    inside = SmtpServer()
    with mail_server(inside, ssl_context=certificate):
        url = inside.url.replace("smtp://", "smtps://")
        open_mailer(settings_for_tests(tmp_path, MAIL_URL=url)).deliver(a_mail())
    assert len(inside.messages) == 1


def test_name_and_password_of_the_address_are_unquoted(tmp_path: Path) -> None:
    inside = SmtpServer()
    heard: list[tuple[bytes, bytes]] = []

    def accept(_server: object, _session: object, _envelope: object, _how: str, given: Any) -> AuthResult:
        heard.append((given.login, given.password))
        return AuthResult(success=True)

    with mail_server(inside, authenticator=accept, auth_require_tls=False):
        url = f"smtp://user%40host:p%2Fw%3A1@127.0.0.1:{inside.port}"
        open_mailer(settings_for_tests(tmp_path, MAIL_URL=url)).deliver(a_mail())
    assert heard == [(b"user@host", b"p/w:1")]


def test_a_password_never_goes_in_the_clear_to_another_machine(
    smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("easyticket.integrations.mail._is_this_machine", lambda _host: False)
    mailer = SmtpMailer("127.0.0.1", smtp_server.port, "user", "secret", False, "tickets.example")
    with pytest.raises(MailDelayed, match="no encryption"):
        mailer.deliver(a_mail())
    assert smtp_server.messages == []


def test_a_certificate_nobody_vouches_for_is_not_trusted_on_another_machine(
    certificate: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("easyticket.integrations.mail._is_this_machine", lambda _host: False)
    inside = SmtpServer()
    with (
        mail_server(inside, tls_context=certificate),
        pytest.raises(MailDelayed, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        SmtpMailer("127.0.0.1", inside.port, "", "", False, "tickets.example").deliver(a_mail())
    assert inside.messages == []


@pytest.mark.parametrize("answer", ["421 try later", "451 grey list"])
def test_a_server_that_cannot_now_delays_the_mail(
    answer: str, smtp_server: SmtpServer, tmp_path: Path
) -> None:
    smtp_server.refusal = answer
    with pytest.raises(MailDelayed):
        open_mailer(settings_for_tests(tmp_path, MAIL_URL=smtp_server.url)).deliver(a_mail())


def test_a_server_that_never_will_refuses_the_mail(smtp_server: SmtpServer, tmp_path: Path) -> None:
    smtp_server.refusal = "550 no such mailbox"
    with pytest.raises(MailRefused, match="no such mailbox"):
        open_mailer(settings_for_tests(tmp_path, MAIL_URL=smtp_server.url)).deliver(a_mail())


def test_a_mailbox_that_does_not_exist_is_known_before_the_mail_is_sent(tmp_path: Path) -> None:
    class NoSuchMailbox(SmtpServer):
        async def handle_RCPT(self, *_arguments: object) -> str:
            return "550 5.1.1 unknown"

    inside = NoSuchMailbox()
    with mail_server(inside), pytest.raises(MailRefused):
        open_mailer(settings_for_tests(tmp_path, MAIL_URL=inside.url)).deliver(a_mail())


def test_no_server_at_all_delays_the_mail(tmp_path: Path) -> None:
    with pytest.raises(MailDelayed):
        open_mailer(settings_for_tests(tmp_path, MAIL_URL=f"smtp://127.0.0.1:{free_port()}")).deliver(
            a_mail()
        )


def test_a_server_that_hangs_up_after_taking_the_mail_has_taken_it(tmp_path: Path) -> None:
    class Rude(SmtpServer):
        async def handle_QUIT(self, server: Any, *_arguments: object) -> str:
            server.transport.abort()
            return "221 gone"

    inside = Rude()
    with mail_server(inside):
        open_mailer(settings_for_tests(tmp_path, MAIL_URL=inside.url)).deliver(a_mail())
    assert len(inside.messages) == 1


# Files


def test_without_a_mail_server_each_mail_becomes_a_file_that_sorts_by_time(tmp_path: Path) -> None:
    mailer = open_mailer(settings_for_tests(tmp_path))
    first, second = uuid4(), uuid4()
    mailer.deliver(a_mail(first))
    mailer.deliver(a_mail(second))
    names = sorted(path.name for path in (tmp_path / "mail").iterdir())
    assert [name[-40:-4] for name in names] == [str(first), str(second)]
    assert MailFolder(tmp_path / "mail").names() == names[::-1]


def test_a_repeated_try_replaces_the_file_of_the_first(tmp_path: Path) -> None:
    folder = MailFolder(tmp_path)
    uuid = uuid4()
    name = folder.write(a_mail(uuid, text="first\n"))
    assert folder.write(a_mail(uuid, text="second\n")) == name
    assert [path.name for path in tmp_path.iterdir()] == [name]
    message = folder.read(name)
    assert message is not None and message.get_content().strip() == "second"


def test_a_mail_that_cannot_be_written_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(MailDelayed, match="No space left"):
        open_mailer(settings_for_tests(tmp_path)).deliver(a_mail())
    assert list((tmp_path / "mail").iterdir()) == []


@pytest.mark.parametrize("name", ["../secret.eml", "..%2fsecret.eml", "secret.eml", "", ".", "/etc/passwd"])
def test_no_name_leads_out_of_the_folder(name: str, tmp_path: Path) -> None:
    folder = MailFolder(tmp_path / "mail")
    folder.write(a_mail())
    (tmp_path / "secret.eml").write_text("Subject: secret\n\n")
    (tmp_path / "mail" / "secret.eml").write_text("Subject: secret\n\n")
    assert folder.read(name) is None


def test_a_folder_nobody_wrote_to_is_empty(tmp_path: Path) -> None:
    assert MailFolder(tmp_path / "never").names() == []
