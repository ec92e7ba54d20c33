"""The lock on an order's row, through which whatever changes an order or its money goes one at a time."""

from __future__ import annotations

from easyticket.db import db
from easyticket.models import Order


def lock_order(order_id: int) -> Order:
    """Return an order read afresh and locked until the end of the running transaction.

    Always the first lock: then its payments and refunds, its tickets, the counters, and what is inserted with a foreign
    key to the order (the ledger). An insert takes a shared lock on the order by itself, so two transactions that inserted
    first and locked then would wait for each other. FOR NO KEY UPDATE, because nobody changes an order's key: inserts
    of others need not wait.
    """
    return db.session.get_one(Order, order_id, with_for_update={"key_share": True}, populate_existing=True)
