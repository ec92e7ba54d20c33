"""The log of changes: written with what it tells of or not at all, kept for good, and without what is nobody's business."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from easyticket.core import clock
from easyticket.core.errors import Conflict, Forbidden, Invalid
from easyticket.db import db, transaction
from easyticket.models import Change, ChangeAction, Event, OfferKind, OrderStatus
from easyticket.rules.account_deletion import CONFIRMATION
from easyticket.rules.permissions import SYSTEM, Actor
from easyticket.services.account_deletion import delete_account
from easyticket.services.accounts import become_organizer
from easyticket.services.categories import create_category, delete_category, update_category
from easyticket.services.change_log import record_change
from easyticket.services.checkout import resend_tickets
from easyticket.services.event_fees import set_event_fee
from easyticket.services.event_steps import cancel_event, delete_event, publish_event
from easyticket.services.events import EventDraft, create_event, update_event
from easyticket.services.offers import OfferDraft, create_offer, update_offer
from easyticket.services.orders import cancel_order
from easyticket.services.payment_profiles import set_default_profile, update_payment_profile
from easyticket.services.payments import settle_payment
from easyticket.services.refund_requests import refund_order
from easyticket.services.sellers import SellerDraft, save_seller
from easyticket.services.ticket_types import TicketTypeDraft, create_ticket_type, update_ticket_type
from easyticket.services.tickets import issue_tickets
from tests import factories
from tests.services.test_payments import approved
from tests.services.test_withdrawals import make_profile

pytestmark = pytest.mark.usefixtures("db_session")


def the_changes() -> list[Change]:
    return list(db.session.scalars(sa.select(Change).order_by(Change.id)))


def the_change(action: ChangeAction) -> Change:
    """Return the one change of this kind; others may stand beside it."""
    [change] = [change for change in the_changes() if change.action == action]
    return change


def owner_of(event: Event) -> Actor:
    return factories.actor_of(event.organizer)


class TestEvents:
    def test_only_what_changed_is_written_with_what_it_was(self) -> None:
        event = factories.make_event(title="Night of Drums", total_capacity=300)
        changes = {"title": "Day of Drums", "total_capacity": 250, "venue_name": event.venue_name}
        update_event(actor=owner_of(event), event=event, changes=changes, now=clock.now())
        change = the_change(ChangeAction.EVENT_CHANGED)
        assert change.before == {"title": "Night of Drums", "total_capacity": 300}
        assert change.after == {"title": "Day of Drums", "total_capacity": 250}
        assert (change.event_id, change.actor_id) == (event.id, event.organizer_id)

    def test_saving_what_stands_there_writes_nothing(self) -> None:
        event = factories.make_event()
        update_event(actor=owner_of(event), event=event, changes={"title": event.title}, now=clock.now())
        assert the_changes() == []

    def test_a_category_is_called_by_its_name(self) -> None:
        event = factories.make_event(category=factories.make_category("Music"))
        other = factories.make_category("Food")
        update_event(actor=owner_of(event), event=event, changes={"category_id": other.id}, now=clock.now())
        change = the_change(ChangeAction.EVENT_CHANGED)
        assert (change.before, change.after) == ({"category": "Music"}, {"category": "Food"})

    def test_a_whole_life_is_written_step_by_step(self) -> None:
        organizer, now = factories.actor_of(factories.make_organizer()), clock.now()
        draft = EventDraft(
            title="Night of Drums",
            venue_name="Hall",
            venue_city="Accra",
            start_at=now + timedelta(days=3),
            end_at=now + timedelta(days=3, hours=4),
        )
        types = [TicketTypeDraft(name="Standard", total_quantity=100, price_minor=5_000)]
        event = create_event(actor=organizer, draft=draft, ticket_types=types, now=now)
        publish_event(actor=organizer, event=event, now=now)
        cancel_event(actor=organizer, event=event, reason="Rain", now=now)
        assert [change.action for change in the_changes()] == [
            "event_created",
            "ticket_type_created",
            "event_published",
            "event_cancelled",
        ]
        assert the_change(ChangeAction.TICKET_TYPE_CREATED).after == {
            "name": "Standard",
            "total_quantity": 100,
            "price_minor": 5_000,
        }
        assert the_change(ChangeAction.EVENT_CANCELLED).after == {"reason": "Rain"}

    def test_what_is_deleted_keeps_its_history(self) -> None:
        event = factories.make_simple_event(title="Night of Drums")
        event_id = event.id
        delete_event(actor=owner_of(event), event=event, now=clock.now())
        assert db.session.get(Event, event_id) is None
        change = the_change(ChangeAction.EVENT_DELETED)
        assert (change.subject, change.event_id) == ("Night of Drums", event_id)

    def test_the_fee_is_written_for_the_administrator_who_set_it(self) -> None:
        event, staff = factories.make_event(), factories.make_staff()
        set_event_fee(actor=factories.actor_of(staff), event=event, basis_points=250, now=clock.now())
        change = the_change(ChangeAction.EVENT_FEE_SET)
        assert (change.before, change.after) == ({"fee_basis_points": None}, {"fee_basis_points": 250})
        assert change.actor_id == staff.id

    def test_a_change_that_is_refused_is_not_written(self) -> None:
        event = factories.make_event()
        with pytest.raises(Invalid):
            update_event(actor=owner_of(event), event=event, changes={"title": ""}, now=clock.now())
        with pytest.raises(Forbidden):
            stranger = factories.actor_of(factories.make_organizer())
            update_event(actor=stranger, event=event, changes={"title": "Mine"}, now=clock.now())
        assert the_changes() == []

    def test_what_the_application_does_by_itself_is_not_written(self) -> None:
        event = factories.make_event()
        update_event(actor=SYSTEM, event=event, changes={"title": "Day of Drums"}, now=clock.now())
        assert the_changes() == []

    def test_the_log_is_no_second_copy_of_a_long_text(self) -> None:
        event = factories.make_event()
        update_event(
            actor=owner_of(event), event=event, changes={"description": "x" * 9_000}, now=clock.now()
        )
        assert len(the_change(ChangeAction.EVENT_CHANGED).after["description"]) == 500


class TestTickets:
    def test_a_price_is_written_in_minor_units(self) -> None:
        event = factories.make_simple_event()
        [ticket_type] = event.ticket_types
        was = ticket_type.offers[0].price_minor
        update_ticket_type(
            actor=owner_of(event), ticket_type=ticket_type, changes={"price_minor": 7_500}, now=clock.now()
        )
        change = the_change(ChangeAction.TICKET_TYPE_CHANGED)
        assert (change.before, change.after) == ({"price_minor": was}, {"price_minor": 7_500})
        assert change.subject == ticket_type.name

    def test_a_ticket_type_with_tiers_is_one_line_with_all_prices(self) -> None:
        event = factories.make_tiered_event()
        offers = [
            OfferDraft(kind=OfferKind.TIER, tier_number=number, tier_name=name, price_minor=price, quantity=5)
            for number, name, price in ((1, "Gold", 10_000), (2, "Silver", 5_000))
        ]
        draft = TicketTypeDraft(name="Evening", total_quantity=10, offers=offers)
        create_ticket_type(actor=owner_of(event), event=event, draft=draft, now=clock.now())
        [change] = the_changes()
        assert change.after["offers"] == [["Gold", 10_000], ["Silver", 5_000]]

    def test_a_tier_tells_what_was_made_of_it(self) -> None:
        event = factories.make_tiered_event()
        [ticket_type] = event.ticket_types
        draft = OfferDraft(
            kind=OfferKind.TIER, tier_number=9, tier_name="Balcony", price_minor=900, quantity=5
        )
        offer = create_offer(actor=owner_of(event), ticket_type=ticket_type, draft=draft, now=clock.now())
        update_offer(actor=owner_of(event), offer=offer, changes={"quantity": 7}, now=clock.now())
        assert the_change(ChangeAction.OFFER_CREATED).after["price_minor"] == 900
        change = the_change(ChangeAction.OFFER_CHANGED)
        assert (change.subject, change.before, change.after) == (
            offer.full_name,
            {"quantity": 5},
            {"quantity": 7},
        )


class TestOrders:
    def test_money_that_is_returned_is_written_with_its_tickets_and_reason(self) -> None:
        order, payment = approved(factories.make_simple_event())
        settle_payment(payment.reference)
        refund = refund_order(actor=owner_of(order.event), order=order, reason="She is ill", now=clock.now())
        change = the_change(ChangeAction.ORDER_REFUNDED)
        assert change.after == {
            "amount_minor": refund.amount_minor,
            "tickets": [ticket.code for ticket in order.tickets],
            "reason": "She is ill",
            "refund": str(refund.uuid),
        }
        assert (change.order_id, change.event_id) == (order.id, order.event_id)

    def test_who_cancels_and_who_has_the_mail_sent_again_is_written(self) -> None:
        event, staff = factories.make_simple_event(), factories.make_staff()
        paid = factories.make_order(event, status=OrderStatus.CONFIRMED)
        issue_tickets(paid, clock.now())
        unpaid = factories.make_order(event)
        resend_tickets(actor=factories.actor_of(staff), order=paid, now=clock.now())
        cancel_order(actor=factories.actor_of(staff), order=unpaid, reason="Asked", now=clock.now())
        assert the_change(ChangeAction.ORDER_MAIL_SENT_AGAIN).subject == paid.number
        change = the_change(ChangeAction.ORDER_CANCELLED)
        assert (change.after, change.actor_id, change.order_id) == ({"reason": "Asked"}, staff.id, unpaid.id)


class TestPeopleAndMoney:
    def test_no_whole_account_number_is_in_the_log(self) -> None:
        profile = make_profile(factories.make_organizer())
        actor = factories.actor_of(profile.user)
        number = profile.account_number
        update_payment_profile(
            actor=actor,
            profile=profile,
            changes={"account_details": {"account_number": "9988776655"}},
            now=clock.now(),
        )
        change = the_change(ChangeAction.ACCOUNT_CHANGED)
        assert "account" in change.before
        assert number not in str(change.before)
        assert "9988776655" not in str(change.after)

    def test_the_seller_on_receipts_is_written_by_what_changed(self) -> None:
        user = factories.make_organizer()
        draft = SellerDraft(legal_name="Drums Ltd", address="1 High Street")
        save_seller(actor=factories.actor_of(user), draft=draft, now=clock.now())
        save_seller(actor=factories.actor_of(user), draft=draft, now=clock.now())
        change = the_change(ChangeAction.SELLER_CHANGED)
        assert change.before == {"legal_name": "", "address": ""}
        assert change.user_id == user.id

    def test_a_default_that_is_the_default_already_writes_nothing(self) -> None:
        profile = make_profile(factories.make_organizer())
        set_default_profile(actor=factories.actor_of(profile.user), profile=profile, now=clock.now())
        assert the_changes() == []

    def test_categories_are_written_by_name(self) -> None:
        staff = factories.actor_of(factories.make_staff())
        category = create_category(actor=staff, name="Music", now=clock.now())
        update_category(actor=staff, category=category, changes={"icon": "drum"}, now=clock.now())
        delete_category(actor=staff, category=category, now=clock.now())
        assert [(change.action, change.subject) for change in the_changes()] == [
            ("category_created", "Music"),
            ("category_changed", "Music"),
            ("category_deleted", "Music"),
        ]
        assert the_change(ChangeAction.CATEGORY_CHANGED).after == {"icon": "drum"}

    def test_becoming_an_organizer_is_written_once(self) -> None:
        actor = factories.actor_of(factories.make_user())
        for _ in range(2):
            become_organizer(actor=actor, now=clock.now())
        assert the_change(ChangeAction.USER_CHANGED).after == {"user_type": "organizer"}


class TestKeeping:
    @pytest.mark.parametrize("statement", [sa.update(Change).values(subject="Nothing"), sa.delete(Change)])
    def test_the_database_refuses_to_change_or_remove_a_line(self, statement: Any) -> None:
        event = factories.make_event()
        record_change(owner_of(event), ChangeAction.EVENT_CHANGED, event=event, now=clock.now())
        with pytest.raises(DBAPIError, match="never changed or deleted"), transaction() as session:
            session.execute(statement, execution_options={"synchronize_session": False})

    def test_a_deleted_account_takes_its_names_along_and_leaves_what_happened(self) -> None:
        user = factories.make_user(first_name="Efua", last_name="Mensah")
        become_organizer(actor=factories.actor_of(user), now=clock.now())
        delete_account(
            actor=factories.actor_of(user),
            password=factories.PASSWORD,
            confirmation=CONFIRMATION,
            now=clock.now(),
        )
        db.session.expire_all()
        [change] = the_changes()
        assert change.action == ChangeAction.USER_CHANGED
        assert (change.before, change.after) == ({}, {})
        assert "Mensah" not in change.subject
        assert change.erased_at is not None

    def test_a_change_that_comes_to_nothing_leaves_no_line(self) -> None:
        event = factories.make_event()
        with pytest.raises(Conflict), transaction():
            record_change(owner_of(event), ChangeAction.EVENT_CHANGED, event=event, now=clock.now())
            raise Conflict("No.")
        assert the_changes() == []
