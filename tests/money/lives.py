"""What may happen to an order at its provider, step by step; and living through it with the news in any order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from easyticket.core import clock
from easyticket.models import Order
from easyticket.rules.permissions import SYSTEM
from easyticket.services.expiry import expire_orders
from easyticket.services.payments import settle_payment
from easyticket.services.refund_requests import refund_order
from tests.money.site import Site
from tests.money.steps import TOTAL, Standing, begin, place, standing
from tests.money.tills import Webhook

# Mails about states that are passed through: which ones are seen depends on what arrives in time.
_AS_SEEN = "mail_payment_disputed"
# What was begun at the provider, not by us: somebody has to tell us, so the last word of each kind arrives.
_NOT_OURS = ("charge.dispute.", "refund.", "charge.refund")

SOME = 4_000
Step = Callable[["Life"], object]


@dataclass
class Life:
    """An order in the middle of what happens to it."""

    site: Site
    order: Order
    reference: str
    heard: int = 0
    missed: list[Webhook] = field(default_factory=list)

    def news(self) -> list[Webhook]:
        """Return what the provider has told since this was asked before."""
        told = self.site.till.told()
        news, self.heard = told[self.heard :], len(told)
        return news

    def hear(self, webhooks: list[Webhook]) -> None:
        """Deliver webhooks and act on them."""
        assert set(self.site.hand_over(webhooks)) <= {200}
        self.site.work()

    def end(self) -> Standing:
        """Let the provider decide what it has in hand, look again for a while, and return what has become of the order."""
        self.site.let_time_pass()
        self.site.till.finish_refunds(self.reference)
        self.hear(self.last_words(self.news()))
        self.site.let_time_pass()
        self.site.check_books()
        end = standing(self.order)
        mails = tuple(mail for mail in end.mails if mail[0] != _AS_SEEN)
        return replace(end, refunds=tuple(sorted(end.refunds)), mails=mails)

    def last_words(self, webhooks: list[Webhook]) -> list[Webhook]:
        """Return the last of each kind of news that nobody but the provider can tell us."""
        last = {start: each for each in webhooks for start in _NOT_OURS if each.kind.startswith(start)}
        return list(last.values())


def _returned_by_us(life: Life) -> None:
    settle_payment(life.reference)
    refund_order(actor=SYSTEM, order=life.order, now=clock.now())


def _paid_too_late(life: Life) -> None:
    """The provider did not answer when the order ended, and the payer was quicker than the next try to close it."""
    life.site.till.be_down()
    expire_orders(clock.now())
    life.site.till.be_well()
    life.site.till.pay(life.reference)


def _paid_too_late_and_sold(life: Life) -> None:
    _paid_too_late(life)
    other = begin(place(life.order.event, 2))
    life.site.till.pay(other)
    settle_payment(other)


def _disputed(amount: int | None, *, won: bool) -> Step:
    def step(life: Life) -> None:
        till = life.site.till
        till.decide_dispute(till.dispute(life.reference, amount), won=won)

    return step


declined: Step = lambda life: life.site.till.decline(life.reference)  # noqa: E731
hesitates: Step = lambda life: life.site.till.hesitate(life.reference)  # noqa: E731
decides: Step = lambda life: life.site.till.decide(life.reference)  # noqa: E731
paid: Step = lambda life: life.site.till.pay(life.reference)  # noqa: E731
some_back: Step = lambda life: life.site.till.refund(life.reference, SOME)  # noqa: E731
rest_back: Step = lambda life: life.site.till.refund(life.reference, TOTAL - SOME)  # noqa: E731
arrives: Step = lambda life: life.site.till.finish_refunds(life.reference)  # noqa: E731
bounces: Step = lambda life: life.site.till.finish_refunds(life.reference, succeeded=False)  # noqa: E731

# By what happens; True where the hold has run out before.
LIVES: dict[str, tuple[bool, tuple[Step, ...]]] = {
    "declined, then paid": (False, (declined, paid)),
    "undecided, then paid": (False, (hesitates, decides)),
    "returned on the dashboard in two parts": (False, (paid, some_back, rest_back, arrives)),
    "returned by us": (False, (paid, _returned_by_us, arrives)),
    "returned by us, and bounced": (False, (paid, _returned_by_us, arrives, bounces)),
    "disputed and won": (False, (paid, _disputed(None, won=True))),
    "disputed and lost": (False, (paid, _disputed(None, won=False))),
    "some returned, the rest lost": (False, (paid, some_back, arrives, _disputed(TOTAL - SOME, won=False))),
    "late, and the places are free": (True, (_paid_too_late,)),
    "late, and the places are gone": (True, (_paid_too_late_and_sold,)),
}
