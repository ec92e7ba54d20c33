"""What administrators decide about accounts, and what keeps them from locking everybody out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from easyticket.core import clock
from easyticket.core.errors import Conflict, Forbidden, Invalid
from easyticket.db import db
from easyticket.models import Change, Event, EventStatus, Order, User, UserSession, UserType
from easyticket.queries.people import PeopleKind, get_person_detail, list_people
from easyticket.queries.users import find_user_by_login
from easyticket.services.account_standing import (
    close_account,
    reopen_account,
    set_organizer,
    set_staff,
    verify_account,
)
from easyticket.services.sessions import WrongCredentials, sign_in
from tests import factories
from tests.factories import PASSWORD, actor_of
from tests.services.test_orders import place

pytestmark = pytest.mark.usefixtures("db_session")

STEPS: list[Callable[..., User]] = [
    verify_account,
    close_account,
    reopen_account,
    lambda **about: set_organizer(is_organizer=True, **about),
    lambda **about: set_staff(is_staff=True, **about),
]


def signed_in(user: User) -> None:
    sign_in(login=user.email, password=PASSWORD, surface="web", address="", device="", now=clock.now())


def noted() -> list[dict[str, object]]:
    return [change.after for change in db.session.scalars(sa.select(Change).order_by(Change.id))]


def test_a_closed_account_is_signed_out_and_stays_out_until_it_is_opened() -> None:
    admin, user, now = actor_of(factories.make_staff()), factories.make_user(), clock.now()
    signed_in(user)
    close_account(actor=admin, user=user, now=now)
    open_sessions = sa.select(sa.func.count(UserSession.id)).where(UserSession.revoked_at.is_(None))
    assert db.session.scalar(open_sessions) == 0
    with pytest.raises(WrongCredentials):
        signed_in(user)
    reopen_account(actor=admin, user=user, now=now)
    signed_in(user)
    assert noted() == [{"is_active": False}, {"is_active": True}]


def test_what_a_closed_organizer_sells_is_taken_down_with_the_account_if_that_is_wished() -> None:
    admin, organizer, now = actor_of(factories.make_staff()), factories.make_organizer(), clock.now()
    selling = factories.make_simple_event(organizer=organizer)
    for fields in ({"status": EventStatus.DRAFT}, {"start_at": now - timedelta(days=9)}):
        factories.make_simple_event(organizer=organizer, **fields)
    factories.make_simple_event()
    with pytest.raises(Invalid):
        close_account(actor=admin, user=organizer, take_down=True, reason=" ", now=now)
    db.session.expire_all()
    assert organizer.is_active
    assert get_person_detail(admin, organizer.uuid, now).on_sale == [selling]
    close_account(actor=admin, user=organizer, take_down=True, reason="Fraud.", now=now)
    down = db.session.scalars(sa.select(Event).where(Event.taken_down_at.is_not(None))).all()
    assert [(event.id, event.takedown_reason) for event in down] == [(selling.id, "Fraud.")]
    detail = get_person_detail(admin, organizer.uuid, now)
    assert (detail.on_sale, detail.counts.events_on, detail.counts.events) == ([], 0, 3)
    written = db.session.scalars(sa.select(Change.action).order_by(Change.id)).all()
    assert written == ["event_taken_down", "user_changed"]

    reopen_account(actor=admin, user=organizer, now=now)
    other = factories.make_simple_event(organizer=organizer)
    close_account(actor=admin, user=organizer, now=now)
    assert (organizer.is_active, other.taken_down_at) == (False, None)


def test_a_proved_address_brings_no_guest_orders() -> None:
    user = factories.make_user(is_verified=False)
    order = place(factories.make_simple_event())
    db.session.execute(sa.update(Order).values(buyer_email=user.email))
    verify_account(actor=actor_of(factories.make_staff()), user=user, now=clock.now())
    db.session.expire_all()
    assert (user.is_email_verified, order.user_id) == (True, None)


def test_an_organizer_with_events_that_are_on_stays_one() -> None:
    admin, now = actor_of(factories.make_staff()), clock.now()
    event = factories.make_simple_event()
    with pytest.raises(Conflict, match="not over"):
        set_organizer(actor=admin, user=event.organizer, is_organizer=False, now=now)
    db.session.execute(sa.update(Event).values(status=EventStatus.CANCELLED))
    db.session.commit()
    assert (
        set_organizer(actor=admin, user=event.organizer, is_organizer=False, now=now).user_type
        is UserType.CONSUMER
    )
    assert set_organizer(actor=admin, user=event.organizer, is_organizer=True, now=now).is_organizer


def test_an_administrator_that_was_one_is_signed_out_and_keeps_events() -> None:
    admin, now = actor_of(factories.make_staff()), clock.now()
    other = factories.make_staff()
    factories.make_simple_event(organizer=other)
    signed_in(other)
    set_staff(actor=admin, user=other, is_staff=False, now=now)
    assert (other.is_staff, other.user_type) == (False, UserType.ORGANIZER)
    assert db.session.scalar(sa.select(UserSession.revoked_at).where(UserSession.user_id == other.id)) == now


def test_nobody_takes_their_own_rights_or_closes_their_own_account() -> None:
    staff, now = factories.make_staff(), clock.now()
    for step in (close_account, lambda **about: set_staff(is_staff=False, **about)):
        with pytest.raises(Conflict, match="your own account"):
            step(actor=actor_of(staff), user=staff, now=now)
    assert noted() == []


def test_whoever_lost_the_rights_a_moment_ago_changes_nobody() -> None:
    first, second, now = factories.make_staff(), factories.make_staff(), clock.now()
    actors = actor_of(first), actor_of(second)
    set_staff(actor=actors[0], user=second, is_staff=False, now=now)
    with pytest.raises(Forbidden):
        set_staff(actor=actors[1], user=first, is_staff=False, now=now)


@pytest.mark.parametrize("step", STEPS)
def test_only_administrators_change_accounts(step: Callable[..., User]) -> None:
    user = factories.make_user()
    for actor in (actor_of(user), actor_of(factories.make_organizer())):
        with pytest.raises(Forbidden):
            step(actor=actor, user=user, now=clock.now())
    assert find_user_by_login(user.email) is not None


def test_people_are_found_by_any_part_of_name_or_address_and_by_what_they_are() -> None:
    admin, now = actor_of(factories.make_staff(first_name="Root", last_name="Site")), clock.now()
    factories.make_user(first_name="Efua", last_name="Mensah", email="efua@example.com")
    factories.make_organizer(first_name="Kofi", last_name="Mensah", is_active=False)

    def found(wanted: str = "", kind: PeopleKind = PeopleKind.ALL) -> list[str]:
        return [each.user.first_name for each in list_people(admin, wanted, kind, now=now).items]

    assert found("mensah") == ["Kofi", "Efua"]
    assert found("EFUA mens") == ["Efua"]
    assert found("@example.com") == ["Efua"]
    assert found("100%") == []
    assert found("\x00") == ["Kofi", "Efua", "Root"]
    assert found(kind=PeopleKind.ORGANIZERS) == ["Kofi"]
    assert found(kind=PeopleKind.STAFF) == ["Root"]
    assert found(kind=PeopleKind.CLOSED) == ["Kofi"]
