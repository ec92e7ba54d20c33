"""Reading tickets that were sent on: by the secret of the link that their holder got."""

from __future__ import annotations

import re

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from easyticket.core.errors import NotFound
from easyticket.core.signing import digest
from easyticket.db import db
from easyticket.models import Ticket, TicketTransfer
from easyticket.queries.tickets import shown
from easyticket.rules.ticket_transfers import SENT_ON, is_last

_SECRET = re.compile(r"[0-9a-f]{32}")


def get_transfer_by_secret(secret: str) -> TicketTransfer:
    """Return the sending that a link names, with its ticket; it may have been sent further since.

    :raises NotFound: no ticket was sent with this secret. Only a digest is looked up: the time it takes tells nothing.
    """
    found = None
    if _SECRET.fullmatch(secret):
        found = db.session.scalar(
            sa.select(TicketTransfer).where(TicketTransfer.secret_digest == digest(secret))
        )
    if found is None:
        raise NotFound("There is no ticket at this address. Check that the link is complete.")
    db.session.scalars(
        shown().where(Ticket.id == found.ticket_id).options(selectinload(Ticket.transfers))
    ).one()
    return found


def get_sent_ticket(secret: str) -> Ticket:
    """Return the ticket of a link, as long as it is with whoever got the link.

    :raises NotFound: no ticket was sent with this secret, or it was sent further.
    """
    transfer = get_transfer_by_secret(secret)
    if not is_last(transfer):
        raise NotFound(SENT_ON)
    return transfer.ticket
