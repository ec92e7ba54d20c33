"""The watch over the browser tests sees what it is there for: without this, silence would prove nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.servers.browser import Watch

POLICY = {"Content-Security-Policy": "default-src 'self'; img-src 'self' http://elsewhere.example"}
ANSWERS = {
    "elsewhere.example": {"status": 204},
    "/missing.css": {"status": 404},
    "/broken/": {"status": 500, "body": "broken"},
}


@pytest.fixture
def show(browser: Browser) -> Callable[[str], tuple[Page, list[str]]]:
    """Call it with the body of a page for the page, opened, and the faults that were seen."""

    def open_page(body: str) -> tuple[Page, list[str]]:
        context = browser.new_context(base_url="http://127.0.0.1:1")
        watch = Watch(context)
        page = context.new_page()

        def answer(route: Route) -> None:
            known = [reply for part, reply in ANSWERS.items() if part in route.request.url]
            html = f"<!doctype html><html lang=en><title>Page</title><main><h1>Page</h1>{body}</main>"
            route.fulfill(
                **(known[0] if known else {"body": html, "content_type": "text/html", "headers": POLICY})
            )

        context.route("**/*", answer)
        page.goto("/", wait_until="load")
        return page, watch.faults

    return open_page


FAULTS = {
    "<script>1</script>": "Content-Security-Policy stopped script-src",
    "<p style='color:red'>x</p>": "Content-Security-Policy stopped style-src",
    "<img alt='' src='http://elsewhere.example/x.png'>": "request to another origin: http://elsewhere.example",
    "<link rel=stylesheet href=/missing.css>": "404 for http://127.0.0.1:1/missing.css",
    "<iframe title=x src=/broken/></iframe>": "500 for http://127.0.0.1:1/broken/",
}


def test_every_fault_is_seen(show: Callable[[str], tuple[Page, list[str]]]) -> None:
    page, faults = show("".join(FAULTS))
    page.evaluate("setTimeout(() => { throw new Error('lost') })")
    page.evaluate("console.error('complaint')")
    told = "\n".join(faults)
    assert [fault for fault in (*FAULTS.values(), "lost", "complaint") if fault not in told] == []


def test_what_not_everybody_can_use_is_found(
    show: Callable[[str], tuple[Page, list[str]]], assert_accessible: Callable[..., None]
) -> None:
    page, _ = show("<font color=#ccc>pale</font><button></button><img src=/x.png>")
    with pytest.raises(AssertionError) as found:
        assert_accessible(page)
    assert [
        rule for rule in ("color-contrast", "button-name", "image-alt") if rule not in str(found.value)
    ] == []


def test_a_good_page_has_no_faults(
    show: Callable[[str], tuple[Page, list[str]]], assert_accessible: Callable[..., None]
) -> None:
    page, faults = show("<p>Words.</p>")
    assert_accessible(page)
    assert not faults
