"""A deleted account forgets its person and nothing else: the books stay, and nobody who counts on it is left behind."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image

from easyticket.core import clock
from easyticket.core.errors import Conflict, Invalid
from easyticket.db import db, transaction
from easyticket.models import (
    Change,
    ContactMessage,
    EventStatus,
    EventTrial,
    LedgerEntry,
    MailToken,
    NewsletterSubscription,
    Order,
    OrderStatus,
    PaymentProfile,
    Payout,
    PayoutState,
    ProfileMethod,
    SellerProfile,
    Ticket,
    TicketStatus,
    TicketTransfer,
    TokenPurpose,
    User,
    UserSession,
)
from easyticket.queries.account_ties import find_account_ties
from easyticket.queue import JobName
from easyticket.services import ledger
from easyticket.services.account_deletion import delete_account
from easyticket.services.accounts import register_account, verify_email
from easyticket.services.change_log import ERASED
from easyticket.services.images import Upload
from easyticket.services.mail_tokens import mail_link
from easyticket.services.payments import settle_payment
from easyticket.services.profiles import update_profile_with_picture
from easyticket.services.sessions import WrongCredentials, sign_in
from easyticket.services.sold_orders import Person, change_attendee, change_buyer, mail_order_again
from easyticket.services.tickets import issue_tickets
from tests import factories
from tests.factories import PASSWORD, actor_of
from tests.mailed import queued, verification_token
from tests.queries.test_balances import make_past_event, make_sale, pay_out, take_back
from tests.services.test_payments import approved
from tests.services.test_ticket_transfers import send

pytestmark = pytest.mark.usefixtures("db_session")

NOW = clock.now()
WORDS = "DELETE MY ACCOUNT"


def delete(user: User, **fields: Any) -> None:
    delete_account(
        **{"actor": actor_of(user), "password": PASSWORD, "confirmation": WORDS, "now": clock.now(), **fields}
    )


def log_in(email: str) -> Any:
    return sign_in(login=email, password=PASSWORD, surface="api_v1", address="", device="", now=NOW)


def buy(user: User, **event_fields: Any) -> Ticket:
    event = factories.make_simple_event(**event_fields)
    [ticket] = issue_tickets(factories.make_order(event, user=user, status=OrderStatus.CONFIRMED), NOW)
    return ticket


def make_profile(user: User, **fields: Any) -> PaymentProfile:
    row = PaymentProfile(
        user_id=user.id,
        method=ProfileMethod.MOBILE_MONEY,
        name="Momo",
        account_number="0241234567",
        account_name="Ama Boateng",
        network="MTN",
        **fields,
    )
    with transaction() as session:
        session.add(row)
    return row


def past() -> dict[str, Any]:
    return {"start_at": NOW - timedelta(days=9)}


def test_the_person_is_forgotten_and_the_books_are_not() -> None:
    user = factories.make_user(
        email="ama@example.org", username="ama_b", phone_number="+233241234567", bio="I", city="Accra"
    )
    file = io.BytesIO()
    Image.new("RGB", (20, 20)).save(file, "PNG")
    update_profile_with_picture(
        actor=actor_of(user), changes={}, uploads={"profile_image": Upload(file.getvalue())}, now=NOW
    )
    assert user.profile_image
    ticket = buy(user, **past())
    profile, paid_profile = make_profile(user, is_default=True), make_profile(user)
    with transaction() as session:
        mail_link(user, TokenPurpose.RESET_PASSWORD, NOW)
        session.add(NewsletterSubscription(email=user.email, subscribed_at=NOW))
        session.add(
            Payout(
                organizer_id=user.id,
                payment_profile_id=paid_profile.id,
                reference="PO-1",
                method="manual",
                amount_minor=5,
                currency="GHS",
                state=PayoutState.PAID,
            )
        )
    log_in(user.email)
    entries = db.session.scalar(sa.select(sa.func.count(LedgerEntry.id)))

    delete(user)

    db.session.refresh(user)
    assert not user.is_active and user.deleted_at is not None
    known = {"ama@example.org", "ama_b", "Ama", "+233241234567", "I", "Accra"}
    assert not known & {getattr(user, column.key) for column in sa.inspect(User).columns}
    assert (user.email, user.display_name) == (f"{user.uuid.hex}@deleted.invalid", "Deleted account")
    for model in (UserSession, MailToken, NewsletterSubscription):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(model)) == 0
    assert len(queued(JobName.DELETE_PICTURE)) == 1
    for row in (profile, paid_profile):
        db.session.refresh(row)
    assert [row.account_number for row in (profile, paid_profile)] == ["", "0241234567"]
    assert profile.deleted_at and not profile.is_default
    db.session.refresh(ticket)
    assert (ticket.owner_id, ticket.order.user_id) == (user.id, user.id)
    assert db.session.scalar(sa.select(sa.func.count(LedgerEntry.id))) == entries
    with pytest.raises(WrongCredentials):
        log_in("ama@example.org")


def test_who_takes_the_address_later_gets_none_of_the_orders() -> None:
    user = factories.make_user(email="ama@example.org", username="ama_b")
    order_id = buy(user, **past()).order_id
    delete(user)
    later = register_account(email="ama@example.org", username="ama_b", password=PASSWORD, now=NOW)
    verify_email(token=verification_token(later), actor=actor_of(later), now=NOW)
    assert db.session.get_one(Order, order_id).user_id == user.id != later.id


@pytest.mark.parametrize(
    "wrong", [{"password": "wrong-one"}, {"confirmation": "delete my account"}, {"confirmation": ""}]
)
def test_without_password_and_words_nothing_is_deleted(wrong: dict[str, str]) -> None:
    user = factories.make_user()
    with pytest.raises(Invalid):
        delete(user, **wrong)
    db.session.refresh(user)
    assert user.is_active and user.deleted_at is None


def test_nobody_who_counts_on_the_account_is_left_behind() -> None:
    organizer, buyer, shopper = factories.make_organizer(), factories.make_user(), factories.make_user()
    event = factories.make_simple_event(organizer=organizer)
    ticket = buy(buyer)
    order = factories.make_order(factories.make_simple_event(), user=shopper)
    for user, words in (
        (organizer, "events that are not over"),
        (buyer, "tickets for events that are still to come"),
        (shopper, "a purchase that is not finished"),
    ):
        with pytest.raises(Conflict, match=words):
            delete(user)
    with transaction():
        event.status = EventStatus.CANCELLED
        ticket.event.end_at, ticket.event.start_at = NOW - timedelta(hours=1), NOW - timedelta(hours=2)
        order.status = OrderStatus.CANCELLED
    for user in (organizer, buyer, shopper):
        delete(user)


def test_who_is_owed_money_is_paid_first() -> None:
    event = factories.make_simple_event(price_minor=5_000)
    _, payment = approved(event)
    settle_payment(payment.reference)
    with transaction():
        event.end_at, event.start_at = NOW - timedelta(hours=1), NOW - timedelta(hours=2)
    with pytest.raises(Conflict, match=r"You are still owed GHS [0-9]+\.00\. Have it paid out first"):
        delete(event.organizer)


def test_a_withdrawal_that_waits_and_money_that_went_back_to_buyers_hold_an_account_and_a_check_does_not() -> (
    None
):
    organizer = factories.make_organizer()
    event = make_past_event(organizer)
    order = make_sale(event)
    payout = pay_out(organizer, 5_000)
    with pytest.raises(Conflict, match="a withdrawal that is not paid yet"):
        delete(organizer)
    with transaction():
        payout.state = PayoutState.PAID
        ledger.post_payout_paid(payout, NOW)
        checked = PaymentProfile(id=1, user_id=organizer.id, verification_attempts=1)
        ledger.post_verification_fee(checked, 100, "GHS", NOW)
    owed, owes = find_account_ties(organizer, NOW).owed, find_account_ties(organizer, NOW).owes
    assert (owed, owes) == ([], [])
    take_back(order)
    with pytest.raises(
        Conflict, match=r"You owe us GHS 50\.00: buyers got money back that was paid out to you"
    ):
        delete(organizer)
    make_sale(event)
    delete(organizer)


def test_a_draft_holds_nobody_and_a_deleted_account_cannot_be_deleted_again() -> None:
    organizer = factories.make_organizer()
    factories.make_simple_event(organizer=organizer, status=EventStatus.DRAFT)
    actor = actor_of(organizer)
    delete(organizer)
    with pytest.raises(Exception, match="does not exist"):
        delete_account(actor=actor, password=PASSWORD, confirmation=WORDS, now=NOW)


def test_what_is_kept_of_purchases_and_sent_tickets_names_nobody() -> None:
    user = factories.make_user(email="ama@example.org")
    ticket = buy(user, **past())
    received = buy(factories.make_user())
    send(received, actor=actor_of(received.owner), to_name="Ama", to_email="ama@example.org")  # type: ignore[arg-type]
    sent = buy(user)
    send(sent, actor=actor_of(user), to_name="Efua", to_email="efua@example.org")
    with transaction():
        received.event.start_at, received.event.end_at = NOW - timedelta(days=2), NOW - timedelta(days=1)
    totals = (ticket.order.total_minor, ticket.order.number)
    delete(user)
    db.session.expire_all()
    assert (ticket.order.total_minor, ticket.order.number) == totals
    for each in (ticket, received):
        assert (each.attendee_name, each.attendee_email) == (ERASED, "")
    assert (ticket.order.buyer_name, ticket.order.buyer_email) == (ERASED, "")
    transfers = db.session.scalars(sa.select(TicketTransfer).order_by(TicketTransfer.id)).all()
    assert [(each.to_name, each.to_email) for each in transfers] == [
        (ERASED, ""),
        ("Efua", "efua@example.org"),
    ]
    assert [each.from_email for each in transfers] == [received.order.buyer_email, ""]
    # Whoever holds what was sent on keeps it.
    assert (sent.attendee_email, sent.status) == ("efua@example.org", TicketStatus.ACTIVE)
    assert [change.after for change in db.session.scalars(sa.select(Change).filter_by(actor_id=user.id))] == [
        {}
    ]


def test_what_the_desk_wrote_about_somebodys_order_names_nobody_either() -> None:
    user = factories.make_user(email="ama@example.org")
    ticket = buy(user, **past())
    organizer = actor_of(ticket.event.organizer)
    change_buyer(
        actor=organizer, order=ticket.order, person=Person("Ama Mensah", "ama.m@example.org"), now=NOW
    )
    change_attendee(actor=organizer, ticket=ticket, person=Person("Kofi Mensah", ""), now=NOW)
    mail_order_again(actor=organizer, order=ticket.order, now=NOW)
    delete(user)
    db.session.expire_all()
    changes = db.session.scalars(sa.select(Change).filter_by(order_id=ticket.order_id)).all()
    assert len(changes) == 3
    assert [(each.before, each.after) for each in changes] == [({}, {})] * 3
    assert {each.subject for each in changes} == {ticket.order.number}


def test_a_sending_to_an_address_that_was_changed_later_names_nobody() -> None:
    user = factories.make_user(email="old@example.org")
    kept, passed_on = (buy(factories.make_user()) for _ in range(2))
    for ticket in (kept, passed_on):
        send(ticket, actor=actor_of(ticket.owner), to_name="Ama", to_email="old@example.org")  # type: ignore[arg-type]
    send(passed_on, actor=actor_of(user), to_name="Efua", to_email="efua@example.org")
    with transaction():
        user.email = "new@example.org"
        for ticket in (kept, passed_on):
            ticket.event.start_at, ticket.event.end_at = NOW - timedelta(days=2), NOW - timedelta(days=1)
    delete(user)
    db.session.expire_all()
    transfers = db.session.scalars(sa.select(TicketTransfer).order_by(TicketTransfer.id)).all()
    assert [each.to_email for each in transfers] == ["", "", "efua@example.org"]


def test_what_has_no_use_without_its_person_goes() -> None:
    user = factories.make_organizer()
    event = factories.make_simple_event(organizer=user, **past())
    with transaction() as session:
        session.add(SellerProfile(user_id=user.id, legal_name="Ama Owusu", address="1 Ring Road"))
        session.add(EventTrial(event_id=event.id, tried_at=NOW, tried_by_id=user.id, is_good=True, steps=[]))
        message = {"name": "Ama", "email": user.email, "subject": "Hello", "message": "It is me."}
        session.add(ContactMessage(user_id=user.id, created_at=NOW, **message))
    delete(user)
    for rows in (SellerProfile, EventTrial, ContactMessage):
        assert db.session.scalars(sa.select(rows)).all() == []


def test_an_order_that_was_taken_from_an_account_is_not_written_about_in_its_name_either() -> None:
    stranger = factories.make_user(email="stranger@example.org")
    ticket = buy(stranger)
    organizer = actor_of(ticket.event.organizer)
    kofi = Person("Kofi Mensah", "kofi@example.org")
    change_buyer(actor=organizer, order=ticket.order, person=kofi, ends_old_access=True, now=NOW)
    delete(stranger)
    db.session.expire_all()
    changes = db.session.scalars(sa.select(Change).filter_by(order_id=ticket.order_id)).all()
    assert "stranger@example.org" not in str([(each.before, each.after) for each in changes])


def test_what_was_bought_as_a_guest_goes_along_once_it_is_over() -> None:
    user = factories.make_user(email="ama@example.org")
    over, ahead, strangers = factories.make_simple_event(**past()), factories.make_simple_event(), past()
    guest = {"status": OrderStatus.CONFIRMED, "buyer_email": "ama@example.org"}
    for event in (over, ahead):
        issue_tickets(factories.make_order(event, **guest), NOW)
    other = factories.make_order(
        factories.make_simple_event(**strangers), **{**guest, "buyer_email": "efua@example.org"}
    )
    delete(user)
    db.session.expire_all()
    found = {order.event_id: order.buyer_email for order in db.session.scalars(sa.select(Order))}
    assert found == {over.id: "", ahead.id: "ama@example.org", other.event_id: "efua@example.org"}
