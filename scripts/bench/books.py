"""Fills what desks show of sales beside the orders: the ledger, refunds, the log of changes, webhooks, jobs given up."""

from __future__ import annotations

from easyticket.models import (
    Change,
    LedgerEntry,
    LedgerPosting,
    OutboxJob,
    ProviderEvent,
    Refund,
)
from scripts.bench.filling import fill
from scripts.bench.load import Connection, Sizes

_PAID = "\"order\" WHERE status IN ('confirmed', 'refunded') AND total_minor > 0"
_RETURNED = '"order" JOIN payment ON payment.order_id = "order".id WHERE "order".status = \'refunded\''
# One in so many refunds failed, and one in so many paid orders was changed by somebody.
_FAILED, _CHANGED = 2, 2


def refunds(connection: Connection, _sizes: Sizes) -> int:
    """Return the money of refunded orders; every second refund failed and waits for somebody."""
    return fill(
        connection,
        Refund,
        f'{_RETURNED} ORDER BY "order".id',
        order_id='"order".id',
        payment_id="payment.id",
        amount_minor='"order".total_minor',
        currency='"order".currency',
        state=f"CASE WHEN \"order\".id % {_FAILED} = 0 THEN 'failed' ELSE 'succeeded' END",
        source="'organizer'",
        provider_ref="'re_' || \"order\".id",
        succeeded_at="\"order\".confirmed_at + interval '1 day'",
        created_at="\"order\".confirmed_at + interval '1 hour'",
        updated_at='"order".confirmed_at',
    )


def postings(connection: Connection, _sizes: Sizes) -> int:
    """Book each paid order: it came, and it became the organizer's share and the fee."""
    return sum(
        fill(
            connection,
            LedgerPosting,
            f"{_PAID} ORDER BY id",
            kind=f"'{kind}'",
            key=f"'{kind}:' || id",
            order_id="id",
            posted_at="confirmed_at",
        )
        for kind in ("capture", "fulfilment")
    )


def entries(connection: Connection, _sizes: Sizes) -> int:
    """Write the sides of the postings; refunded orders keep theirs, as while their refund is being sent."""
    sides = """
        JOIN "order" ON "order".id = ledger_posting.order_id JOIN event ON event.id = "order".event_id,
        LATERAL (VALUES ('capture', 'provider_cash', total_minor, NULL),
                        ('capture', 'clearing', -total_minor, NULL),
                        ('fulfilment', 'clearing', total_minor, NULL),
                        ('fulfilment', 'organizer_payable', platform_fee_minor - total_minor, organizer_id),
                        ('fulfilment', 'fee_revenue', -platform_fee_minor, NULL)) AS side (of, account, minor, owner)
        WHERE side.of = ledger_posting.kind AND minor <> 0 ORDER BY ledger_posting.id
    """
    return fill(
        connection,
        LedgerEntry,
        f"ledger_posting {sides}",
        posting_id="ledger_posting.id",
        account="account",
        order_id='"order".id',
        event_id='"order".event_id',
        organizer_id="owner",
        amount_minor="minor",
        currency='"order".currency',
    )


def changes(connection: Connection, _sizes: Sizes) -> int:
    """Log that somebody corrected who bought every second order."""
    return fill(
        connection,
        Change,
        f"""order_plan JOIN "order" ON "order".id = r JOIN event ON event.id = "order".event_id
            WHERE r % {_CHANGED} = 0 ORDER BY r""",
        changed_at="\"order\".created_at + interval '1 hour'",
        actor_id="organizer_id",
        action="'order_changed'",
        subject='"order".number',
        event_id="event.id",
        order_id='"order".id',
        before="""'{"buyer_name": "Somebody"}'""",
        after="""'{"buyer_name": "Somebody else"}'""",
    )


def webhooks(connection: Connection, _sizes: Sizes) -> int:
    """Keep one webhook for each payment."""
    return fill(
        connection,
        ProviderEvent,
        "payment ORDER BY id",
        provider="provider",
        event_key="'evt_' || id",
        kind="'charge.succeeded'",
        body="'{}'",
        payment_reference="reference",
        received_at="paid_at",
        handled_at="paid_at",
    )


def jobs(connection: Connection, sizes: Sizes) -> int:
    """Give up one job for a hundred orders."""
    return fill(
        connection,
        OutboxJob,
        f"generate_series(1, {sizes.orders // 100}) n",
        name="'mail_order_confirmed'",
        payload="""'{"order_id": 7}'""",
        key="'bench-' || n",
        created_at="pg_temp.now()",
        run_at="pg_temp.now()",
        attempts="13",
        failed_at="pg_temp.now()",
        error="'MailRefused: 550 no such mailbox'",
    )


BOOKS = (refunds, postings, entries, changes, webhooks, jobs)
