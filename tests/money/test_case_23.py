"""A payment is settled in one transaction: a process that dies in it, wherever it does, leaves nothing half done behind."""

from __future__ import annotations

from easyticket.queue import JobName
from tests.concurrency.crowd import PROCESSES
from tests.money.deaths import settle_and_die_everywhere
from tests.money.site import Site
from tests.money.steps import begun, count_mails, standing

PATIENCE = 60


def test_case_23_a_kill_between_any_two_statements_of_settling_leaves_all_or_nothing(site: Site) -> None:
    order, reference = begun(site)
    site.till.pay(reference)
    answers = PROCESSES.Queue()
    assert site.in_a_process(settle_and_die_everywhere, reference, answers) == 0
    seen = list(iter(lambda: answers.get(timeout=PATIENCE), None))
    nothing, everything = seen[0], seen[-1]
    assert nothing[:6] == ("processing", "open", "held", 0, 0, 0)
    assert everything[:6] == ("confirmed", "paid", "converted", 2, 3, 1)
    deaths = seen.index(everything)
    assert seen == [nothing] * deaths + [everything] * (len(seen) - deaths)
    assert deaths > 20, "the kills did not reach into the transaction"
    assert len(seen) - deaths > 1, "no kill came after the commit and before the answer"
    site.hear()
    assert standing(order).tickets == (("active", 2),)
    assert count_mails(order, JobName.MAIL_ORDER_CONFIRMED) == 1
    site.check_books()
