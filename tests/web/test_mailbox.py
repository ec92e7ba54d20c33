"""The development mailbox shows what was mailed, runs none of it, and does not exist in production."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import Settings
from easyticket.emails.message import Attachment, Email, as_message
from easyticket.integrations.mail_folder import MailFolder
from easyticket.services.delivery import mail_password_changed
from tests.factories import make_user
from tests.servers.settings import settings_for_tests

Mailbox = Callable[[], list[EmailMessage]]

PDF = Attachment("tickets.pdf", "application/pdf", b"%PDF-1.7 content")
HTML = "<html><head><title>x</title></head><body style='color:red'><a href='http://tickets.example/verify/abc/'>Go</a></body></html>"
EMAIL = Email(
    to="ama@example.org",
    subject="Confirm <b>your</b> address",
    text="Open http://tickets.example/verify/abc/\nand <script>alert(1)</script>\n",
    html=HTML,
    attachments=(PDF,),
)


@pytest.fixture
def keep(settings: Settings, mailbox: Mailbox) -> Callable[[Email], str]:
    """Puts a mail into an empty mailbox and returns its name."""

    def write(email: Email) -> str:
        message = as_message(
            email,
            message_id=uuid4(),
            sender=settings.mail_from,
            host="tickets.example",
            now=datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
        )
        return MailFolder(settings.mail_dir).write(message)

    return write


def test_an_empty_mailbox_says_how_mail_comes_to_be(client: FlaskClient, mailbox: Mailbox) -> None:
    answer = client.get("/dev/mailbox/")
    assert answer.status_code == 200
    assert "No mail yet" in answer.text


def test_mails_are_listed_the_newest_first(client: FlaskClient, keep: Callable[[Email], str]) -> None:
    first, second = (
        keep(replace(EMAIL, subject="First")),
        keep(replace(EMAIL, subject="Second", attachments=())),
    )
    page = client.get("/dev/mailbox/").text
    assert page.index(second) < page.index(first)
    assert page.count("with files") == 1 and page.count("ama@example.org") == 2


def test_what_the_site_mails_can_be_read_here(app: Flask, client: FlaskClient, mailbox: Mailbox) -> None:
    with app.app_context():
        mail_password_changed(make_user().id, message_id=uuid4())
    page = client.get("/dev/mailbox/").text
    assert "Your password was changed" in page


def test_a_mail_is_shown_with_its_text_its_links_and_its_files(
    client: FlaskClient, keep: Callable[[Email], str]
) -> None:
    name = keep(EMAIL)
    page = client.get(f"/dev/mailbox/{name}/").text
    assert '<a class="d-block text-break" href="http://tickets.example/verify/abc/">' in page
    assert "tickets.pdf" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "<script>alert" not in page
    assert "Confirm &lt;b&gt;your&lt;/b&gt; address" in page


def test_the_html_of_a_mail_is_locked_in(client: FlaskClient, keep: Callable[[Email], str]) -> None:
    name = keep(EMAIL)
    page = client.get(f"/dev/mailbox/{name}/")
    assert (
        'sandbox="allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"'
        in page.text
    )
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
    policy = client.get(f"/dev/mailbox/{name}/html/").headers["Content-Security-Policy"]
    assert (
        policy.startswith("sandbox ") and "allow-scripts" not in policy and "allow-same-origin" not in policy
    )
    assert "default-src 'none'" in policy and "frame-ancestors 'self'" in policy


def test_a_file_of_a_mail_is_downloaded_and_never_opened_as_a_page(
    client: FlaskClient, keep: Callable[[Email], str]
) -> None:
    page = Attachment("page.html", "text/html", b"<script>alert(1)</script>")
    name = keep(replace(EMAIL, attachments=(PDF, page)))
    answers = [client.get(f"/dev/mailbox/{name}/files/{number}/") for number in (0, 1)]
    assert [answer.data for answer in answers] == [PDF.content, page.content]
    for answer in answers:
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        assert answer.headers["Content-Security-Policy"].startswith("sandbox;")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"/dev/mailbox/{name}/files/2/").status_code == 404


@pytest.mark.parametrize(
    "name",
    ["none.eml", "..%2f..%2fsecret.eml", "..%5csecret.eml", "%2e%2e", ".", "20261212T180000.000000Z-x.eml"],
)
def test_no_address_leads_out_of_the_mailbox(
    name: str, client: FlaskClient, keep: Callable[[Email], str], settings: Settings
) -> None:
    keep(EMAIL)
    (Path(settings.mail_dir).parent / "secret.eml").write_text("Subject: a secret\n\n")
    for path in (f"/dev/mailbox/{name}/", f"/dev/mailbox/{name}/html/", f"/dev/mailbox/{name}/files/0/"):
        answer = client.get(path, follow_redirects=True)
        assert "a secret" not in answer.text
        assert answer.status_code == 404 or answer.request.path == "/dev/mailbox/"


def test_production_has_no_mailbox(tmp_path: Path) -> None:
    from easyticket.app import create_app

    production = settings_for_tests(
        tmp_path,
        EASYTICKET_ENV="production",
        SECRET_KEY="s" * 40,
        SANDBOX_PAYMENTS="false",
        DATABASE_URL=f"sqlite:///{tmp_path / 'x.sqlite3'}",
    )
    rules = [rule.rule for rule in create_app(production).url_map.iter_rules()]
    assert not [rule for rule in rules if "mailbox" in rule]
