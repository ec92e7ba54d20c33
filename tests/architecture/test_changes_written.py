"""Everything that can be done on the desks is written down: each route that changes something says as what, or why not.

A new route fails here until somebody has thought about it. That the lines are written, and what they tell, is tested with
the services.
"""

from __future__ import annotations

import ast
from pathlib import Path

from flask import Flask

import easyticket
from easyticket.models import ChangeAction as Action

DESKS = ("/organizer/", "/admin/")

WRITTEN_AS: dict[str, tuple[Action, ...]] = {
    "admin.accept": (Action.ACCOUNT_CHECKED,),
    "admin.act_for": (Action.USER_ACTED_FOR,),
    "admin.category": (Action.CATEGORY_CHANGED,),
    "admin.change_person": (Action.USER_CHANGED, Action.EVENT_TAKEN_DOWN),
    "admin.delete_category": (Action.CATEGORY_DELETED,),
    "admin.dismiss": (Action.JOB_DISMISSED,),
    "admin.feature": (Action.EVENT_FEATURED,),
    "admin.fee": (Action.EVENT_FEE_SET,),
    "admin.hide": (Action.EVENT_HIDDEN,),
    "admin.job_again": (Action.JOB_RETRIED,),
    "admin.leave_payment": (Action.PAYMENT_DECIDED,),
    "admin.new_category": (Action.CATEGORY_CREATED,),
    "admin.payout_paid": (Action.PAYOUT_RECORDED,),
    "admin.refund_again": (Action.REFUND_ASKED_AGAIN,),
    "admin.reject": (Action.ACCOUNT_CHECKED,),
    "admin.restore": (Action.EVENT_RESTORED,),
    "admin.return_payment": (Action.PAYMENT_DECIDED,),
    "admin.stop_acting": (Action.USER_ACTED_FOR,),
    "admin.take_down": (Action.EVENT_TAKEN_DOWN,),
    "admin.webhook_again": (Action.WEBHOOK_REPLAYED,),
    "organizer.ask_for_payout": (Action.PAYOUT_REQUESTED,),
    "organizer.attendee": (Action.TICKET_CHANGED,),
    "organizer.automatic_payouts": (Action.SELLER_CHANGED,),
    "organizer.buyer": (Action.ORDER_CHANGED, Action.ORDER_ACCESS_ENDED, Action.ORDER_MAIL_SENT_AGAIN),
    "organizer.cancel": (Action.EVENT_CANCELLED,),
    "organizer.cancel_payout": (Action.PAYOUT_CANCELLED,),
    "organizer.check_account": (Action.ACCOUNT_CHECK_ASKED,),
    "organizer.check_in": (Action.CHECK_IN_MADE,),
    "organizer.choose_pricing": (Action.EVENT_CHANGED,),
    "organizer.copy": (Action.EVENT_COPIED, Action.EVENT_CREATED, Action.TICKET_TYPE_CREATED),
    "organizer.delete": (Action.EVENT_DELETED,),
    "organizer.delete_account": (Action.ACCOUNT_DELETED,),
    "organizer.door": (Action.ORDER_SOLD_AT_DOOR, Action.CHECK_IN_MADE),
    "organizer.door_check_in": (Action.CHECK_IN_MADE,),
    "organizer.edit_account": (Action.ACCOUNT_CHANGED,),
    "organizer.edit_event": (Action.EVENT_CHANGED,),
    "organizer.event_picture": (Action.EVENT_CHANGED,),
    "organizer.mail_again": (Action.ORDER_MAIL_SENT_AGAIN,),
    "organizer.make_default_account": (Action.ACCOUNT_CHANGED,),
    "organizer.move": (Action.TICKET_TYPE_CHANGED,),
    "organizer.new_account": (Action.ACCOUNT_ADDED,),
    "organizer.new_event": (Action.EVENT_CREATED, Action.TICKET_TYPE_CREATED, Action.EVENT_PUBLISHED),
    "organizer.new_ticket_type": (Action.TICKET_TYPE_CREATED,),
    "organizer.news": (Action.EVENT_NEWS_MAILED, Action.EVENT_NEWS_KEPT),
    "organizer.publish": (Action.EVENT_PUBLISHED,),
    "organizer.refund": (Action.ORDER_REFUNDED,),
    "organizer.refund_again": (Action.REFUND_ASKED_AGAIN,),
    "organizer.remove_picture": (Action.EVENT_CHANGED,),
    "organizer.remove_ticket_type": (Action.TICKET_TYPE_DELETED,),
    "organizer.seller": (Action.SELLER_CHANGED,),
    "organizer.switch": (Action.TICKET_TYPE_CHANGED,),
    "organizer.take_back": (Action.ORDER_CANCELLED,),
    "organizer.ticket_type": (
        Action.TICKET_TYPE_CHANGED,
        Action.OFFER_CREATED,
        Action.OFFER_CHANGED,
        Action.OFFER_DELETED,
    ),
    "organizer.undo_check_in": (Action.CHECK_IN_UNDONE,),
}
NOT_WRITTEN = {
    "admin.audit": "Looks, and keeps what it found as a row of its own.",
    "organizer.discard_draft": "What was typed and never saved is nobody's change.",
    "organizer.discard_new_draft": "What was typed and never saved is nobody's change.",
    "organizer.keep_draft": "What was typed and not saved yet is nobody's change.",
    "organizer.keep_new_draft": "What was typed and not saved yet is nobody's change.",
    "organizer.rehearse": "Is taken back whole; what came of it is a row of its own.",
}


def changing_routes(app: Flask) -> set[str]:
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(DESKS) and (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}
    }


def test_every_route_of_the_desks_that_changes_something_says_what_it_writes(built_app: Flask) -> None:
    assert sorted(changing_routes(built_app) - WRITTEN_AS.keys() - NOT_WRITTEN.keys()) == []


def test_nothing_is_said_of_routes_that_are_gone(built_app: Flask) -> None:
    assert sorted((WRITTEN_AS.keys() | NOT_WRITTEN.keys()) - changing_routes(built_app)) == []


def test_every_action_is_written_by_some_service() -> None:
    services = Path(easyticket.__file__).parent / "services"
    named = {
        node.attr
        for path in services.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "ChangeAction"
    }
    assert sorted(action.name for action in Action if action.name not in named) == []
