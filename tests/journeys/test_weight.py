"""The first pages people see are light and do not jump, over a slow connection too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page

from tests.fixtures.browser import DESK, PHONE
from tests.servers.easyticket import EasyTicketServer

# Bytes on the wire, headers and drawn covers included; photos are the organizer's and no event of the demo has one.
FIRST_VISIT = 120_000
NEXT_VISIT = 20_000
LAYOUT_SHIFT = 0.02

SLOW = {"offline": False, "latency": 100, "downloadThroughput": 200_000, "uploadThroughput": 100_000}
COUNT_SHIFTS = """
window.layoutShift = 0;
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) window.layoutShift += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
WHEN_SETTLED = """async () => {
  await document.fonts.ready;
  for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
  return window.layoutShift;
}"""

PAGES = {"home": "/", "event": "/events/harmattan-nights-highlife-under-the-baobab/"}


class Scale:
    """Weighs what a page loads."""

    def __init__(self, session: CDPSession) -> None:
        self.bytes = 0
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", SLOW)
        session.on("Network.loadingFinished", self._add)

    def _add(self, finished: dict[str, float]) -> None:
        self.bytes += int(finished["encodedDataLength"])


@pytest.mark.parametrize("device", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_light_and_does_not_jump(
    name: str, device: dict[str, Any], live_server: EasyTicketServer, new_page: Callable[..., Page]
) -> None:
    page = new_page(live_server, **device)
    page.add_init_script(COUNT_SHIFTS)
    scale = Scale(page.context.new_cdp_session(page))
    weights = []
    for _ in ("first visit", "next visit"):
        scale.bytes = 0
        page.goto(PAGES[name], wait_until="load")
        shift = page.evaluate(WHEN_SETTLED)
        assert shift < LAYOUT_SHIFT
        weights.append(scale.bytes)
    first, following = weights
    assert 10_000 < first < FIRST_VISIT
    assert following < NEXT_VISIT
