"""What people changed on the desk and on the admin side: who, when, what, before and after. Rows are only ever added."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from easyticket.db import Base


class ChangeAction(enum.StrEnum):
    """What was done. The first word says to what, as people who look for it would say it."""

    EVENT_CREATED = "event_created"
    EVENT_COPIED = "event_copied"
    EVENT_CHANGED = "event_changed"
    EVENT_NEWS_MAILED = "event_news_mailed"
    EVENT_NEWS_KEPT = "event_news_kept"
    EVENT_PUBLISHED = "event_published"
    EVENT_CANCELLED = "event_cancelled"
    EVENT_DELETED = "event_deleted"
    EVENT_FEATURED = "event_featured"
    EVENT_HIDDEN = "event_hidden"
    EVENT_TAKEN_DOWN = "event_taken_down"
    EVENT_RESTORED = "event_restored"
    EVENT_FEE_SET = "event_fee_set"
    TICKET_TYPE_CREATED = "ticket_type_created"
    TICKET_TYPE_CHANGED = "ticket_type_changed"
    TICKET_TYPE_DELETED = "ticket_type_deleted"
    OFFER_CREATED = "offer_created"
    OFFER_CHANGED = "offer_changed"
    OFFER_DELETED = "offer_deleted"
    ORDER_SOLD_AT_DOOR = "order_sold_at_door"
    ORDER_CHANGED = "order_changed"
    ORDER_ACCESS_ENDED = "order_access_ended"
    ORDER_MAIL_SENT_AGAIN = "order_mail_sent_again"
    ORDER_REFUNDED = "order_refunded"
    ORDER_CANCELLED = "order_cancelled"
    ORDER_HOLDS_ENDED = "order_holds_ended"
    REFUND_ASKED_AGAIN = "refund_asked_again"
    TICKET_CHANGED = "ticket_changed"
    TICKET_SENT_ON = "ticket_sent_on"
    CHECK_IN_MADE = "check_in_made"
    CHECK_IN_UNDONE = "check_in_undone"
    LIST_EXPORTED = "list_exported"
    ACCOUNT_ADDED = "account_added"
    ACCOUNT_CHANGED = "account_changed"
    ACCOUNT_DELETED = "account_deleted"
    ACCOUNT_CHECK_ASKED = "account_check_asked"
    ACCOUNT_CHECKED = "account_checked"
    SELLER_CHANGED = "seller_changed"
    PAYOUT_REQUESTED = "payout_requested"
    PAYOUT_CANCELLED = "payout_cancelled"
    PAYOUT_RECORDED = "payout_recorded"
    PAYMENT_DECIDED = "payment_decided"
    CATEGORY_CREATED = "category_created"
    CATEGORY_CHANGED = "category_changed"
    CATEGORY_DELETED = "category_deleted"
    USER_CHANGED = "user_changed"
    USER_ACTED_FOR = "user_acted_for"
    JOB_RETRIED = "job_retried"
    JOB_DISMISSED = "job_dismissed"
    WEBHOOK_REPLAYED = "webhook_replayed"


class Change(Base):
    """One thing somebody did. Ids of rows are plain numbers, not foreign keys: what is deleted keeps its history.

    `before` and `after` hold the fields that changed, as text, numbers or lists; amounts in minor units, moments in UTC.
    """

    __tablename__ = "change"
    __table_args__ = (
        sa.Index("ix_change_event_id", "event_id", "id"),
        sa.Index("ix_change_order_id", "order_id", "id"),
        sa.Index("ix_change_actor_id", "actor_id", "id"),
        sa.Index("ix_change_user_id", "user_id", "id"),
    )

    changed_at: Mapped[datetime] = mapped_column(index=True)
    # Who did it; `staff_id` is the administrator who acted in that person's place, if one did.
    actor_id: Mapped[int | None]
    staff_id: Mapped[int | None]
    # A ChangeAction.
    action: Mapped[str] = mapped_column(sa.String(40))
    # What it was about, in words as they were then: an event's title, an order's number, an account's name.
    subject: Mapped[str] = mapped_column(sa.String(255), default="")
    event_id: Mapped[int | None]
    order_id: Mapped[int | None]
    ticket_id: Mapped[int | None]
    # Whose account, profile or payout it was about.
    user_id: Mapped[int | None]
    before: Mapped[dict[str, Any]] = mapped_column(sa.JSON(), default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(sa.JSON(), default=dict)
    # When names and addresses in it were taken out, because their owner deleted the account.
    erased_at: Mapped[datetime | None]
