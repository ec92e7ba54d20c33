"""The permission table decides what is shown: every page is drawn for every role, every link followed and every button
pressed, in every state of events, orders and tickets that matters.

Shown is what may be done, and what may be done is shown. tests/web/asked.py says what each route is about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from weasyprint import HTML
from werkzeug.routing import Rule

from easyticket.models import Event, Order
from easyticket.rules.permissions import Actor, Permission, may
from tests.architecture.test_changes_written import WRITTEN_AS
from tests.fixtures.application import rolled_back
from tests.web.asked import ASKED
from tests.web.every_state import EveryState, Thing, make_every_state
from tests.web.offered import FILES, NEVER_HERE, NOT_OFFERED, PARTS, TYPED
from tests.web.walking import Shown, Visitor

ROLES = (
    "stranger",
    "holder of a link",
    "buyer",
    "organizer",
    "another organizer",
    "organizer who is not verified",
    "administrator",
    "administrator for the organizer",
)
# What the permission is about, where that is not the thing in the address itself.
_OF_EVENTS = {
    Permission.EDIT_TICKET_TYPES,
    Permission.SCAN_TICKETS,
    Permission.SEE_SALES,
    Permission.SELL_AT_DOOR,
}
_OF_ORDERS = {Permission.EDIT_SOLD_ORDER, Permission.RETRY_REFUND}
# Buttons whose answer may be bad news of what they looked at, or leads to the page for signing in: neither is a refusal.
_SAYS_WHAT_IT_FOUND = {"organizer.rehearse", "admin.audit", "account.sign_out_everywhere"}
# Takes a second each time, in every state alike. Forms that nobody fills in here are sent once for each role, too.
_ONCE = {"organizer.rehearse"}
# Streams never end; each is of the page that listens to it. A credit note has a number of its own, which only its order knows.
_NOT_ASKED = {"organizer.live", "organizer.event_live", "receipts.credit_note"}


@dataclass(frozen=True, slots=True)
class Site:
    """The application on its filled database, with what each role came across, walked through when it is first asked for."""

    app: Flask
    state: EveryState
    visitors: Mapping[str, Visitor]
    walks: dict[str, Shown]

    def shown_to(self, role: str) -> Shown:
        """Return what a role comes across."""
        if role not in self.walks:
            self.walks[role] = self.visitors[role].walk()
        return self.walks[role]


@pytest.fixture(scope="module")
def site(built_app: Flask) -> Iterator[Site]:
    """All roles before one filled database. Papers are not drawn: each takes a third of a second and looks as in its own test."""
    built_app.config["WTF_CSRF_ENABLED"] = False
    with rolled_back(built_app) as connection, pytest.MonkeyPatch.context() as patch:
        patch.setattr(HTML, "write_pdf", lambda *_, **__: b"%PDF-1.7")
        with built_app.app_context():
            state = make_every_state()
        visitors = {name: Visitor(built_app, connection, role) for name, role in state.roles.items()}
        yield Site(built_app, state, visitors, {})


def pages(app: Flask) -> set[str]:
    """The routes of the pages: what is for programs has tests of its own."""
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not rule.rule.startswith(("/api", "/webhooks", "/static"))
    }


def test_every_route_says_which_permission_it_asks(built_app: Flask) -> None:
    assert sorted(pages(built_app) - ASKED.keys()) == []
    assert sorted(ASKED.keys() - pages(built_app)) == []


def test_every_role_is_here(site: Site) -> None:
    assert sorted(site.state.roles) == sorted(ROLES)


@pytest.mark.parametrize("role", ROLES)
def test_what_is_shown_may_be_done(site: Site, role: str) -> None:
    visitor, shown = site.visitors[role], site.shown_to(role)
    faults = []
    for path, answer in shown.answers.items():
        if answer.is_refusal:
            faults.append(f"{path} answers {answer.status}, shown on {shown.found_on[path]}")
        elif not is_allowed(site, role, path, "GET"):
            faults.append(f"{path} is not {role}'s by the table, shown on {shown.found_on[path]}")
    pressed = set()
    for page, button in shown.buttons.values():
        endpoint = visitor.endpoint_of(button.address, "POST")
        if not is_allowed(site, role, button.address, "POST"):
            faults.append(f"“{button.text}” ({endpoint}) is not {role}'s by the table, shown on {page}")
            continue
        is_whole = button.is_bare or endpoint in TYPED
        if endpoint in pressed and (endpoint in _ONCE or not is_whole):
            continue
        pressed.add(endpoint)
        answer = visitor.press(button.address, {**button.fields, **TYPED.get(endpoint, {})})
        if endpoint in _SAYS_WHAT_IT_FOUND:
            continue
        if answer.is_refusal or (is_whole and not answer.is_done):
            faults.append(f"“{button.text}” on {page} answers {answer.status} {answer.warnings}")
    assert not faults, "\n".join(["", *sorted(faults)])


def test_every_route_is_offered_to_somebody(site: Site) -> None:
    offered = {
        visitor.endpoint_of(path, method)
        for role, visitor in site.visitors.items()
        for method, paths in (
            ("GET", site.shown_to(role).found_on),
            ("POST", [button.address for _, button in site.shown_to(role).buttons.values()]),
        )
        for path in paths
    }
    asked = {endpoint for endpoint, each in ASKED.items() if each.permission is not None}
    assert sorted(asked - offered) == sorted(NEVER_HERE)


@pytest.mark.parametrize("role", ROLES)
def test_what_may_be_done_is_shown_and_what_may_not_is_refused(site: Site, role: str) -> None:
    visitor, shown = site.visitors[role], site.shown_to(role)
    offered = set(shown.found_on) | {button.address for _, button in shown.buttons.values()}
    faults, refused = [], set()
    for rule in site.app.url_map.iter_rules():
        asked = ASKED.get(rule.endpoint)
        if asked is None or asked.permission is None or rule.endpoint in _NOT_ASKED:
            continue
        for thing, path in addresses(site, role, rule):
            if any(piece in path for piece in site.state.roles[role].passes_by):
                continue
            method = "GET" if "GET" in (rule.methods or ()) else "POST"
            if not is_allowed(site, role, path, method):
                if (rule.endpoint, asked.kind) not in refused and is_done(visitor, rule, path):
                    faults.append(f"{path} ({rule.endpoint}) is done, which the table forbids")
                refused.add((rule.endpoint, asked.kind))
            elif path not in offered and is_missed(rule, thing) and is_done(visitor, rule, path):
                faults.append(f"{rule.endpoint} may be done with the {thing.name if thing else 'site'}")
    assert not faults, "\n".join(["", *sorted(faults)])


def is_missed(rule: Rule, thing: Thing | None) -> bool:
    """Tell whether it would be a fault not to offer what a route does with a thing."""
    if rule.endpoint.endswith(FILES):
        return False
    names = NOT_OFFERED.get(rule.endpoint)
    return names is None or (bool(names) and not any(name in (thing.name if thing else "") for name in names))


def addresses(site: Site, role: str, rule: Rule) -> Iterator[tuple[Thing | None, str]]:
    """The addresses of a route about each thing of its kind. One with a secret in it is known to whoever was given it."""
    routes = site.app.url_map.bind("localhost")
    kind = ASKED[rule.endpoint].kind
    for thing in site.state.things[kind] if kind else [None]:
        if "secret" in rule.arguments and not (thing and is_given(site, role, thing)):
            continue
        for parts in PARTS.get(rule.endpoint, [{"kind": "csv"}]):
            known = {**parts, **(thing.parts if thing else {})}
            values = {name: known[name] for name in rule.arguments if name in known}
            if values.keys() == rule.arguments:
                yield thing, routes.build(rule.endpoint, values, method="POST" if is_post(rule) else "GET")


def is_post(rule: Rule) -> bool:
    """Tell whether a route only takes what is sent to it."""
    return "GET" not in (rule.methods or ())


def is_given(site: Site, role: str, thing: Thing) -> bool:
    """Tell whether a role has the secret of an order or ticket: bought with its account, or by mail."""
    own = site.state.roles[role]
    if any(thing.parts["secret"] in link for link in own.links):
        return True
    if "number" not in thing.parts:
        return False
    with site.app.app_context():
        row = thing.row()
        buyer = row.user_id if isinstance(row, Order) else row.order.user_id
    return own.actor.user_id is not None and buyer == own.actor.user_id


def is_done(visitor: Visitor, rule: Rule, path: str) -> bool:
    """Tell whether a role can do what an address is for, by doing it: a page that sends to itself is filled in and sent."""
    typed = TYPED.get(rule.endpoint, {})
    if is_post(rule):
        answer = visitor.press(path, typed)
        # On the desks everything that is done is written down: else nothing was to do.
        is_written = answer.changes > 0 or rule.endpoint not in WRITTEN_AS
        return answer.is_done and is_written
    answer = visitor.get(path)
    if "POST" not in (rule.methods or ()) or not answer.is_done:
        return answer.is_done
    own = [button for button in (answer.page.buttons if answer.page else []) if button.address == path]
    if not own:
        return False
    return visitor.press(path, {**own[-1].fields, **typed}).is_done


def is_allowed(site: Site, role: str, path: str, method: str) -> bool:
    """Tell whether the table lets a role do what an address is for. What is about nothing of ours is anybody's."""
    endpoint, parts = site.visitors[role].route_of(path, method)
    asked = ASKED.get(endpoint)
    if asked is None or asked.permission is None:
        return True
    thing = thing_at(site.state, asked.kind, parts) if asked.kind else None
    if asked.kind and thing is None:
        return True
    actor = holding(site.state.roles[role].actor, endpoint, parts)
    with site.app.app_context():
        return may(actor, asked.permission, target_of(asked.permission, thing))


def thing_at(state: EveryState, kind: str, parts: Mapping[str, Any]) -> Thing | None:
    """Return the thing of a kind that these parts of an address name."""
    for thing in state.things[kind]:
        if all(thing.parts[name] == str(value) for name, value in parts.items() if name in thing.parts):
            return thing
    return None


def target_of(permission: Permission, thing: Thing | None) -> Any:
    """Return the row a permission is about."""
    row = thing.row() if thing is not None else None
    if permission in _OF_EVENTS and not isinstance(row, Event):
        return row.event
    if permission in _OF_ORDERS and not isinstance(row, Order):
        return row.order
    return row


def holding(actor: Actor, endpoint: str, parts: Mapping[str, Any]) -> Actor:
    """Return the actor with the secret of the address, which is a key."""
    if "secret" not in parts:
        return actor
    if endpoint.startswith("tickets."):
        return actor.with_ticket_secret(parts["secret"])
    return actor.with_order_secret(parts["secret"])
