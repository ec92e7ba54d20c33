"""An administrator in the place of somebody else: with their rights, never more, and never in what is theirs alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from easyticket.core import clock
from easyticket.core.errors import Conflict, Forbidden, ProviderDown
from easyticket.db import db
from easyticket.models import Change, User, UserSession
from easyticket.queries.users import find_acted_for, find_session
from easyticket.rules.permissions import IN_PERSON, Actor, Permission, may, require
from easyticket.services.acting import act_for, stop_acting
from easyticket.services.profiles import update_profile
from easyticket.services.sessions import sign_in
from tests import factories
from tests.factories import PASSWORD, actor_of
from tests.services.test_ticket_transfers import bought, send
from tests.web.test_organizer_pages import sign_in as sign_in_at
from tests.web.test_organizer_pages import words

pytestmark = pytest.mark.usefixtures("db_session")


def token_of(user: User) -> str:
    opened = sign_in(
        login=user.email, password=PASSWORD, surface="web", address="", device="", now=clock.now()
    )
    return opened.token


def acted_for(token: str) -> User | None:
    db.session.expire_all()
    session = find_session(token, clock.now())
    assert session is not None
    return find_acted_for(session)


def acting(staff: User, user: User) -> Actor:
    return replace(actor_of(user), staff_id=staff.id)


def test_the_session_acts_until_it_is_stopped_and_both_are_noted() -> None:
    staff, user, now = factories.make_staff(), factories.make_organizer(), clock.now()
    token = token_of(staff)
    act_for(actor=actor_of(staff), user=user, token=token, now=now)
    assert acted_for(token) is user
    stop_acting(actor=acting(staff, user), token=token, now=now)
    assert acted_for(token) is None
    rows = db.session.scalars(sa.select(Change).order_by(Change.id)).all()
    assert [(row.action, row.actor_id, row.user_id) for row in rows] == [
        ("user_acted_for", staff.id, user.id)
    ] * 2
    assert [row.after for row in rows] == [{"is_acting": True}, {"is_acting": False}]


def test_nobody_acts_for_administrators_for_closed_accounts_or_for_themselves() -> None:
    staff, now = factories.make_staff(), clock.now()
    token = token_of(staff)
    for user in (factories.make_staff(), factories.make_user(is_active=False), staff):
        with pytest.raises(Conflict):
            act_for(actor=actor_of(staff), user=user, token=token, now=now)
    with pytest.raises(Forbidden):
        act_for(actor=actor_of(factories.make_organizer()), user=factories.make_user(), token=token, now=now)


def test_another_ones_session_cannot_be_marked() -> None:
    staff, other = factories.make_staff(), factories.make_staff()
    with pytest.raises(Conflict, match="signed in"):
        act_for(actor=actor_of(staff), user=factories.make_user(), token=token_of(other), now=clock.now())


def test_it_ends_at_once_when_either_may_not_any_more() -> None:
    staff, user, now = factories.make_staff(), factories.make_user(), clock.now()
    token = token_of(staff)
    act_for(actor=actor_of(staff), user=user, token=token, now=now)
    for changed, field in ((user, "is_active"), (staff, "is_staff")):
        db.session.execute(sa.update(User).where(User.id == changed.id).values({field: False}))
        assert acted_for(token) is None
        db.session.execute(sa.update(User).where(User.id == changed.id).values({field: True}))
        assert acted_for(token) is not None


def test_money_password_and_account_stay_their_owners() -> None:
    user = factories.make_organizer()
    owner, standing_in = actor_of(user), acting(factories.make_staff(), user)
    for permission in IN_PERSON - {Permission.CANCEL_PAYOUT, Permission.SEND_TICKET_ON}:
        assert may(owner, permission)
        assert not may(standing_in, permission)
        with pytest.raises(Forbidden, match="owner of the account"):
            require(standing_in, permission)
    assert may(standing_in, Permission.CREATE_EVENT)


class TestOnThePages:
    def test_every_page_says_so_and_leads_out(self, client: FlaskClient) -> None:
        staff = sign_in_at(client, factories.make_staff(first_name="Root", last_name="Site"))
        event = factories.make_simple_event(title="Night of Drums")
        user_id, name, uuid = event.organizer_id, event.organizer.display_name, event.organizer.uuid
        assert client.post(f"/admin/people/{uuid}/act/").location == "/organizer/"
        for path in ("/", "/profile/", "/organizer/", f"/events/{event.slug}/", "/orders/"):
            page = words(client.get(path, follow_redirects=True))
            assert f"You act in the place of {name}" in page, path
        assert client.get("/admin/").status_code == 403
        answer = client.post("/admin/acting/stop/")
        assert answer.location == f"/admin/people/{uuid}/"
        assert "You act in the place" not in words(client.get("/admin/"))
        session = db.session.scalars(sa.select(UserSession)).one()
        assert (session.user_id, session.acting_for_id) == (staff.id, None)
        assert user_id != staff.id

    def test_what_went_wrong_says_so_too(self, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_arguments: object) -> None:
            raise ProviderDown("The bank does not answer.")

        user = factories.make_organizer(last_name="<Mensah>")
        assert "You act in the place" not in words(client.get("/no-such-page/"))
        sign_in_at(client, factories.make_staff())
        client.post(f"/admin/people/{user.uuid}/act/")
        monkeypatch.setattr("easyticket.web.organizer.home.get_desk", fail)
        for path, status in (("/admin/", 403), ("/no-such-page/", 404), ("/organizer/", 502)):
            page = client.get(path)
            assert page.status_code == status
            assert f"You act in the place of {user.display_name}" in words(page), path
            assert 'action="/admin/acting/stop/"' in page.text

    def test_what_is_done_meanwhile_has_both_names(self, client: FlaskClient) -> None:
        staff = sign_in_at(client, factories.make_staff())
        user = factories.make_user()
        client.post(f"/admin/people/{user.uuid}/act/")
        client.post("/profile/organizer/")
        change = db.session.scalars(sa.select(Change).where(Change.action == "user_changed")).one()
        assert (change.actor_id, change.staff_id) == (user.id, staff.id)


def test_what_is_changed_in_somebodys_place_is_noted_and_what_they_change_themselves_is_not() -> None:
    staff, user, now = factories.make_staff(), factories.make_user(city="Accra"), clock.now()
    update_profile(actor=actor_of(user), changes={"city": "Kumasi"}, now=now)
    update_profile(actor=acting(staff, user), changes={"city": "Tamale"}, now=now)
    [row] = db.session.scalars(sa.select(Change)).all()
    assert (row.action, row.staff_id, row.user_id) == ("user_changed", staff.id, user.id)
    assert (row.before, row.after) == ({"city": "Kumasi"}, {"city": "Tamale"})


def test_nobody_gives_away_what_is_somebody_elses() -> None:
    staff, user = factories.make_staff(), factories.make_user()
    [ticket] = bought(user)
    with pytest.raises(Forbidden, match="Only the owner"):
        send(ticket, actor=acting(staff, user))
