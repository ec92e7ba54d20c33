"""Mails say what happened in the reader's words and bring what they promise; a second try is the same mail."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask, current_app
from icalendar import Calendar
from pypdf import PdfReader

from config import Settings
from easyticket.core import clock
from easyticket.core.errors import Unavailable
from easyticket.core.signing import digest, mail_token
from easyticket.db import db, transaction
from easyticket.integrations.mail import MailDelayed, MailRefused
from easyticket.models import (
    Event,
    EventStatus,
    MailToken,
    Order,
    OrderStatus,
    Payment,
    PaymentState,
    Refund,
    RefundState,
    TokenPurpose,
)
from easyticket.services import delivery
from easyticket.services.orders import secret_of
from easyticket.services.tickets import cancel_tickets, issue_tickets
from tests.factories import make_order, make_simple_event, make_user

Mailbox = Callable[[], list[EmailMessage]]

pytestmark = pytest.mark.usefixtures("db_session")


def make_token(purpose: TokenPurpose, **fields: Any) -> MailToken:
    uuid, now = uuid4(), clock.now()
    user = fields.pop("user", None) or make_user(email="ama@example.org", is_verified=False)
    values = {"created_at": now, "expires_at": now + timedelta(hours=24), "email": user.email, **fields}
    with transaction() as session:
        token = MailToken(
            uuid=uuid, user_id=user.id, purpose=purpose, token_digest=digest(secret_for(uuid)), **values
        )
        session.add(token)
    return token


def secret_for(uuid: UUID) -> str:
    return mail_token(current_app.config["SETTINGS"].secret_key, uuid)


def make_paid_order(quantity: int = 2, event: Event | None = None, **fields: Any) -> Order:
    event = event or make_simple_event(title="Highlife Night", price_minor=5_000)
    offer = event.ticket_types[0].offers[0]
    order = make_order(event, [(offer, quantity)], status=OrderStatus.CONFIRMED, **fields)
    issue_tickets(order, clock.now())
    return order


def make_refund(order: Order, source: str, **fields: Any) -> Refund:
    with transaction() as session:
        payment = Payment(
            order_id=order.id,
            attempt=1,
            provider="sandbox",
            reference=f"ET-{uuid4().hex}",
            state=PaymentState.PAID,
            amount_minor=order.total_minor,
            currency=order.currency,
        )
        refund = Refund(
            **{
                "order": order,
                "payment": payment,
                "amount_minor": order.total_minor,
                "currency": order.currency,
                "state": RefundState.SUCCEEDED,
                "source": source,
                **fields,
            }
        )
        session.add_all([payment, refund])
    return refund


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return " ".join(str(part.get_content()).split())


def html_of(message: EmailMessage) -> str:
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def only(mailbox: Mailbox) -> EmailMessage:
    (message,) = mailbox()
    return message


def link_in(message: EmailMessage, path: str) -> str:
    (link,) = set(re.findall(rf"http://tickets\.example{path}[^\s<\"]*", text_of(message)))
    assert link in html_of(message)
    return link


# Accounts


def test_a_new_address_gets_the_link_that_proves_it(mailbox: Mailbox) -> None:
    token = make_token(TokenPurpose.VERIFY_EMAIL)
    delivery.mail_verify_email(token.id, message_id=uuid4())
    message = only(mailbox)
    assert (message["To"], message["Subject"]) == ("ama@example.org", "Confirm your e-mail address")
    assert link_in(message, "/verify/") == f"http://tickets.example/verify/{secret_for(token.uuid)}/"
    assert "once, for 24 hours" in text_of(message)


def test_an_account_of_a_separate_front_end_is_sent_to_that_front_end_and_promised_no_orders(
    app: Flask, settings: Settings, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    front_end = "https://shop.example/app"
    monkeypatch.setitem(app.config, "SETTINGS", replace(settings, frontend_url=front_end))
    token = make_token(TokenPurpose.VERIFY_EMAIL)
    delivery.mail_verify_email(token.id, front_end="easyticket", message_id=uuid4())
    delivery.mail_verify_email(token.id, message_id=uuid4())
    theirs, ours = (text_of(message) + html_of(message) for message in mailbox())
    assert f"{front_end}/verify-email?token={secret_for(token.uuid)}" in theirs
    assert "tickets.example/verify/" not in theirs
    assert "then appear in the account" not in theirs
    assert front_end not in ours
    assert "then appear in the account" in ours


def test_without_the_address_of_a_front_end_its_accounts_are_sent_to_our_own_pages(mailbox: Mailbox) -> None:
    token = make_token(TokenPurpose.VERIFY_EMAIL)
    delivery.mail_verify_email(token.id, front_end="easyticket", message_id=uuid4())
    assert link_in(only(mailbox), "/verify/") == f"http://tickets.example/verify/{secret_for(token.uuid)}/"


def test_a_forgotten_password_gets_the_link_to_choose_a_new_one(mailbox: Mailbox) -> None:
    token = make_token(TokenPurpose.RESET_PASSWORD, expires_at=clock.now() + timedelta(hours=1))
    delivery.mail_reset_password(token.id, message_id=uuid4())
    message = only(mailbox)
    assert link_in(message, "/reset/") == f"http://tickets.example/reset/{secret_for(token.uuid)}/"
    assert "once, for 1 hour." in text_of(message)


def test_a_name_full_of_advertising_reaches_nobody(mailbox: Mailbox) -> None:
    user = make_user(first_name="Cheap pills at http://evil.example", is_verified=False)
    delivery.mail_verify_email(make_token(TokenPurpose.VERIFY_EMAIL, user=user).id, message_id=uuid4())
    delivery.mail_password_changed(user.id, message_id=uuid4())
    assert all("evil.example" not in message.as_string() for message in mailbox())
    assert len(mailbox()) == 2


@pytest.mark.parametrize("state", ["used_at", "expires_at"])
def test_a_link_that_is_no_good_any_more_is_not_mailed(state: str, mailbox: Mailbox) -> None:
    token = make_token(TokenPurpose.VERIFY_EMAIL, **{state: clock.now() - timedelta(seconds=1)})
    delivery.mail_verify_email(token.id, message_id=uuid4())
    delivery.mail_verify_email(token.id + 1_000, message_id=uuid4())
    assert mailbox() == []


def test_a_changed_password_is_told_with_the_way_to_undo_it(mailbox: Mailbox) -> None:
    user = make_user(password_changed_at=clock.now())
    delivery.mail_password_changed(user.id, message_id=uuid4())
    assert link_in(only(mailbox), "/forgotten/") == "http://tickets.example/forgotten/"


# Orders


def test_a_paid_order_brings_every_ticket_as_pdf_and_the_calendar_file(mailbox: Mailbox) -> None:
    order = make_paid_order(quantity=3)
    delivery.mail_order_confirmed(order.id, message_id=uuid4())
    message = only(mailbox)
    assert (message["To"], message["Subject"]) == ("guest@example.org", "Your tickets for Highlife Night")
    pdf, calendar = message.iter_attachments()
    assert (pdf.get_filename(), calendar.get_filename()) == (f"{order.number}-tickets.pdf", "event.ics")
    pages = PdfReader(io.BytesIO(pdf.get_payload(decode=True))).pages
    assert [
        ticket.code in page.extract_text() for ticket, page in zip(order.tickets, pages, strict=True)
    ] == [True] * 3
    (entry,) = Calendar.from_ical(calendar.get_payload(decode=True)).walk("VEVENT")
    assert entry["uid"] == f"{order.event.uuid}@tickets.example"


def test_a_confirmation_says_what_was_paid_with_all_fees_and_opens_without_signing_in(
    mailbox: Mailbox,
) -> None:
    order = make_paid_order(quantity=2)
    delivery.mail_order_confirmed(order.id, message_id=uuid4())
    message = only(mailbox)
    text = text_of(message)
    assert "2 × Standard: GH₵ 100.00 Service fee: GH₵ 5.00 Total with all fees: GH₵ 105.00" in text
    assert "National Theatre, Liberia Road, Accra, Ghana" in text and "18:00–23:00 GMT" in text
    assert link_in(message, "/orders/") == f"http://tickets.example/orders/{secret_of(order)}/"
    assert all(ticket.code in text and ticket.code in html_of(message) for ticket in order.tickets)


def test_cancelled_tickets_are_not_mailed(mailbox: Mailbox) -> None:
    order = make_paid_order(quantity=2)
    cancel_tickets(order.tickets[:1], clock.now(), restock=False)
    delivery.mail_order_confirmed(order.id, message_id=uuid4())
    pdf = next(only(mailbox).iter_attachments())
    (page,) = PdfReader(io.BytesIO(pdf.get_payload(decode=True))).pages
    assert order.tickets[1].code in page.extract_text()


def test_an_order_without_a_valid_ticket_is_not_confirmed(mailbox: Mailbox) -> None:
    order = make_paid_order()
    cancel_tickets(order.tickets, clock.now(), restock=False)
    delivery.mail_order_confirmed(order.id, message_id=uuid4())
    assert mailbox() == []


def test_without_pango_the_mail_goes_with_link_and_codes(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_pango(_papers: object) -> bytes:
        raise Unavailable("This server cannot make PDFs.")

    monkeypatch.setattr(delivery, "render_tickets_pdf", no_pango)
    order = make_paid_order()
    delivery.mail_order_confirmed(order.id, message_id=uuid4())
    message = only(mailbox)
    assert [part.get_filename() for part in message.iter_attachments()] == ["event.ics"]
    assert order.tickets[0].code in text_of(message) and "attached as a PDF" not in text_of(message)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("late_payment", "after the time to pay had run out"),
        ("surplus_payment", "One payment counts, and your tickets stay valid"),
        ("event_cancelled", "cancelled by its organizer"),
        ("buyer", "You gave tickets of this order back"),
    ],
)
def test_a_refund_says_how_much_goes_back_and_why(source: str, told: str, mailbox: Mailbox) -> None:
    refund = make_refund(make_paid_order(), source, reason="internal note")
    delivery.mail_order_refunded(refund.id, message_id=uuid4())
    message = only(mailbox)
    assert "GH₵ 105.00" in message["Subject"].replace("\N{NO-BREAK SPACE}", " ")
    assert told in text_of(message) and told in html_of(message)
    assert "internal note" not in text_of(message)


def test_money_that_came_too_late_is_said_in_the_subject_with_the_way_to_buy_again(mailbox: Mailbox) -> None:
    order = make_paid_order()
    delivery.mail_order_refunded(make_refund(order, "late_payment").id, message_id=uuid4())
    message = only(mailbox)
    assert message["Subject"].startswith("Paid too late for Highlife Night")
    assert link_in(message, "/events/") == f"http://tickets.example/events/{order.event.slug}/"


def test_money_for_an_order_that_was_cancelled_is_not_said_to_be_late(mailbox: Mailbox) -> None:
    order = make_paid_order()
    with transaction():
        order.status = OrderStatus.CANCELLED
    delivery.mail_order_refunded(make_refund(order, "late_payment").id, message_id=uuid4())
    message = only(mailbox)
    assert "too late" not in message["Subject"]
    assert "Your order was cancelled" in text_of(message) and "buy them again" not in text_of(message)


@pytest.mark.parametrize(
    ("reader", "source", "next_step"),
    [
        ("organizer", "organizer", "return the money again on the page of the order"),
        ("operator", "late_payment", "We try once more in a day"),
    ],
)
def test_money_that_did_not_go_back_is_told_to_whoever_can_do_something(
    reader: str, source: str, next_step: str, mailbox: Mailbox
) -> None:
    order = make_paid_order()
    refund = make_refund(order, source, state=RefundState.FAILED)
    with transaction():
        refund.last_error = "The card is closed."
    delivery.mail_refund_failed(refund.id, reader=reader, message_id=uuid4())
    message = only(mailbox)
    assert order.number in message["Subject"]
    assert (message["To"] == order.event.organizer.email) == (reader == "organizer")
    for said in (next_step, "The card is closed.", refund.payment.reference):
        assert said in " ".join(text_of(message).split()) and said in html_of(message)
    assert link_in(message, "/organizer/orders/").endswith(f"/{order.number}/")


def test_a_cancelled_event_tells_every_buyer_in_the_organizers_words(mailbox: Mailbox) -> None:
    order = make_paid_order()
    make_refund(order, "event_cancelled", state=RefundState.REQUESTED)
    with transaction():
        order.event.status = EventStatus.CANCELLED
        order.event.cancellation_reason = "The roof leaks.\nWe are <b>sorry</b>."
    delivery.mail_event_cancelled(order.id, message_id=uuid4())
    message = only(mailbox)
    assert message["Subject"] == "Cancelled: Highlife Night"
    assert "You get GH₵ 105.00 back, with all fees" in text_of(message).replace("\N{NO-BREAK SPACE}", " ")
    assert "The roof leaks.<br>We are &lt;b&gt;sorry&lt;/b&gt;." in html_of(message)
    (calendar,) = message.iter_attachments()
    assert b"STATUS:CANCELLED" in calendar.get_payload(decode=True)


def test_a_cancelled_free_event_promises_no_money(mailbox: Mailbox) -> None:
    order = make_paid_order(event=make_simple_event(price_minor=0))
    delivery.mail_event_cancelled(order.id, message_id=uuid4())
    assert "Nothing was paid for this order" in text_of(only(mailbox))


# What people wrote themselves


def test_what_an_organizer_writes_is_only_ever_text(mailbox: Mailbox) -> None:
    title = "<script>alert(1)</script> {{7*7}} {event.__class__} %s \r\nBcc: everybody@example.org"
    order = make_paid_order(event=make_simple_event(title=title, venue_name='"><img src=x onerror=alert(1)>'))
    delivery.mail_order_confirmed(order.id, message_id=uuid4())
    message = only(mailbox)
    assert message["Bcc"] is None
    assert "{{7*7}} {event.__class__} %s Bcc: everybody@example.org" in message["Subject"]
    assert "<script" not in html_of(message) and "<img" not in html_of(message)
    assert "{{7*7}} {event.__class__} %s" in html_of(message)


# Tries


def test_a_second_try_is_the_same_mail(mailbox: Mailbox) -> None:
    order, message_id = make_paid_order(), uuid4()
    delivery.mail_order_confirmed(order.id, message_id=message_id)
    delivery.mail_order_confirmed(order.id, message_id=message_id)
    assert only(mailbox)["Message-ID"] == f"<{message_id}@tickets.example>"


def test_a_mail_server_that_is_down_is_told_apart_from_one_that_refuses(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = make_token(TokenPurpose.VERIFY_EMAIL)
    monkeypatch.setitem(app.config, "SETTINGS", replace(settings, mail_url="smtp://127.0.0.1:1"))
    with pytest.raises(MailDelayed):
        delivery.mail_verify_email(token.id, message_id=uuid4())
    with transaction():
        db.session.get_one(MailToken, token.id).email = "two@example.org, one@example.org"
    with pytest.raises(MailRefused):
        delivery.mail_verify_email(token.id, message_id=uuid4())


def test_no_transaction_is_open_while_the_mail_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []

    class Mailer:
        def deliver(self, _message: EmailMessage) -> None:
            seen.append(db.session().in_transaction())

    monkeypatch.setattr(delivery, "open_mailer", lambda _settings: Mailer())
    delivery.mail_order_confirmed(make_paid_order().id, message_id=uuid4())
    assert seen == [False]
