"""The message that leaves: who, when, which, and no line that somebody else has written into its headers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from uuid import UUID

import pytest

from easyticket.emails.message import Attachment, Email, as_message

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
UUID_OF_JOB = UUID("7f4df1f6-6f3c-4c55-9a43-0f0e1c1d2e3f")
EMAIL = Email("ama@example.org", "Your tickets for Ɛdwom", "Akwaaba\n", "<p>Akwaaba</p>")


def message_of(email: Email = EMAIL, sender: str = "EasyTicket <tickets@easyticket.example>"):
    return as_message(email, message_id=UUID_OF_JOB, sender=sender, host="tickets.example", now=NOW)


def test_it_says_who_wrote_it_when_and_that_nobody_need_answer() -> None:
    message = message_of()
    assert message["Message-ID"] == f"<{UUID_OF_JOB}@tickets.example>"
    assert message["Date"] == "Sat, 21 Nov 2026 09:30:00 +0000"
    assert message["From"] == "EasyTicket <tickets@easyticket.example>"
    assert message["To"] == "ama@example.org"
    assert message["Auto-Submitted"] == "auto-generated"


def test_it_has_a_text_an_html_part_and_what_was_attached() -> None:
    pdf = Attachment("tickets.pdf", "application/pdf", b"%PDF-1.7")
    calendar = Attachment("event.ics", "text/calendar", b"BEGIN:VCALENDAR\r\n", (("method", "PUBLISH"),))
    content = message_of(replace(EMAIL, attachments=(pdf, calendar))).as_bytes()
    read = message_from_bytes(content, policy=policy.default)
    assert read.get_body(("plain",)).get_content().strip() == "Akwaaba"
    assert read.get_body(("html",)).get_content().strip() == "<p>Akwaaba</p>"
    kinds = [
        (part.get_filename(), part.get_content_type(), part.get_payload(decode=True))
        for part in read.iter_attachments()
    ]
    assert kinds == [
        ("tickets.pdf", "application/pdf", pdf.content),
        ("event.ics", "text/calendar", calendar.content),
    ]


def test_every_line_is_short_enough_and_seven_bits_wide() -> None:
    content = message_of(replace(EMAIL, text="Ŋ" * 2_000, subject="Ŋ" * 300)).as_bytes()
    assert content.isascii()
    assert max(len(line) for line in content.split(b"\r\n")) <= 998


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x0b", "\x85"])
@pytest.mark.parametrize("field", ["to", "subject", "sender"])
def test_a_line_break_in_a_header_is_refused(field: str, end: str) -> None:
    evil = f"ama@example.org{end}Bcc: everybody@example.org"
    with pytest.raises(ValueError):
        if field == "sender":
            message_of(sender=evil)
        else:
            message_of(replace(EMAIL, **{field: evil}))


@pytest.mark.parametrize(
    "subject",
    [
        "Win =?utf-8?q?=0D=0AReply-To:_evil@evil.org=0D=0A=0D=0A=3Ch1=3EPhish=3C/h1=3E?=",
        "=?utf-8?b?DQpCY2M6IHp6QHp6Lm9yZw0KDQo=?=",
        "=?utf-8?q?a?= =?utf-8?q?b?= =?utf-8?q?=0AX-Evil:_1?=",
        "=?utf-8?q?=C5=8A?= Ŋ =?",
        "Wide " + "=?utf-8?q?=0D=0AX-Evil:_1?=" * 20,
        "A tab\tand a bell\a",
        "Long " + "x" * 900,
    ],
)
def test_a_subject_is_read_as_it_was_written_and_adds_no_header(subject: str) -> None:
    message = message_of(replace(EMAIL, subject=subject))
    content = message.as_bytes()
    assert message_from_bytes(content, policy=policy.default)["Subject"] == subject
    assert message_from_bytes(content).keys() == message_of().keys()
    assert max(len(line) for line in content.split(b"\r\n")) <= 100


def test_a_message_that_would_be_read_with_other_headers_does_not_leave() -> None:
    # Of the site's own settings and file names nothing is expected, and still it is looked at what they became.
    evil = "=?utf-8?q?a=0D=0ABcc=3A_zz=40zz.org?="
    with pytest.raises(ValueError):
        message_of(sender=f"{evil} <tickets@easyticket.example>")


@pytest.mark.parametrize(
    "to",
    [
        "=?utf-8?q?a=0D=0ABcc=3A=5Fz?=@example.org",
        "",
        "ama",
        "a@example.org, b@example.org",
        "a@example.org;b@example.org",
        "Ama <a@example.org>",
        "a b@example.org",
    ],
)
def test_a_recipient_is_exactly_one_address(to: str) -> None:
    with pytest.raises(ValueError):
        message_of(replace(EMAIL, to=to))


def test_who_is_answered_is_exactly_one_address() -> None:
    with pytest.raises(ValueError):
        message_of(replace(EMAIL, reply_to="=?utf-8?q?a=0D=0ABcc=3A=5Fz?=@example.org"))


def test_a_domain_in_other_letters_is_written_so_that_every_server_takes_it() -> None:
    assert message_of(replace(EMAIL, to="ama@straße.example"))["To"] == "ama@xn--strae-oqa.example"
