"""The list of invariants that the database alone can be asked about, and asking them all in one snapshot."""

from __future__ import annotations

from easyticket.db import one_state
from easyticket.queries.audit.finding import Finding, Invariant, Scope, find_violations
from easyticket.queries.audit.ledger import ask_ledger
from easyticket.queries.audit.liveness import ask_liveness
from easyticket.queries.audit.mails import ask_mails
from easyticket.queries.audit.payments import ask_money, ask_one_payment, ask_refunds
from easyticket.queries.audit.payouts import ask_payouts
from easyticket.queries.audit.stock import ask_promo_codes, ask_stock
from easyticket.queries.audit.tickets import ask_admissions, ask_tickets

INVARIANTS = (
    Invariant("I1", "Places held and sold are counted right and fit", ask_stock),
    Invariant("I2", "Paid places have their tickets, and nobody else has", ask_tickets),
    Invariant("I3", "Money that came in bought tickets or goes back", ask_money),
    Invariant("I4", "One payment settles an order, others go back", ask_one_payment),
    Invariant("I5", "The ledger balances and says what the orders say", ask_ledger),
    Invariant("I6", "Nobody gets back more than they paid", ask_refunds),
    Invariant("I7", "Promo codes are used as often as they may be", ask_promo_codes),
    Invariant("I8", "Who was let in is who was scanned", ask_admissions),
    Invariant("I9", "Buyers have their mails and receipts", ask_mails),
    Invariant("I10", "Nothing is stuck", ask_liveness),
    Invariant("I11", "Organizers are paid what they earned", ask_payouts),
)


def audit_database(scope: Scope) -> list[Finding]:
    """Ask all of `INVARIANTS` of one state of the database, and return what each found.

    On PostgreSQL that needs a transaction of its own: whoever is in one already is asked in it.
    """
    with one_state():
        return [find_violations(invariant, scope) for invariant in INVARIANTS]
