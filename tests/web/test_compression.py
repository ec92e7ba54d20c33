"""Text is sent packed to whoever takes it, and reads the same."""

from __future__ import annotations

import gzip

import pytest
from flask.testing import FlaskClient

PACKED = {"Accept-Encoding": "gzip, deflate, br"}
STYLES = "/static/css/site.css"


@pytest.mark.parametrize("path", ["/", STYLES, "/covers/7.svg", "/nowhere/"])
def test_text_is_packed_for_whoever_takes_it(client: FlaskClient, path: str) -> None:
    plain, packed = client.get(path, buffered=True), client.get(path, buffered=True, headers=PACKED)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < 0.8 * len(plain.data)
    assert int(packed.headers["Content-Length"]) == len(packed.data)
    if "csrf-token" not in plain.text:
        assert gzip.decompress(packed.data) == plain.data


@pytest.mark.parametrize("taken", ["", "identity", "gzip;q=0", "br"])
def test_whoever_does_not_take_it_gets_plain_text(client: FlaskClient, taken: str) -> None:
    answer = client.get(STYLES, buffered=True, headers={"Accept-Encoding": taken})
    assert "Content-Encoding" not in answer.headers
    assert "Accept-Encoding" in answer.vary


@pytest.mark.parametrize(
    "path",
    ["/health", "/static/fonts/noto-sans-core.woff2", "/covers/7.png"],
    ids=["short", "font", "picture"],
)
def test_what_would_not_get_smaller_is_left_alone(client: FlaskClient, path: str) -> None:
    assert "Content-Encoding" not in client.get(path, buffered=True, headers=PACKED).headers


def test_a_kept_file_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get(STYLES, buffered=True, headers=PACKED)
    again = client.get(STYLES, buffered=True, headers={**PACKED, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_size_of_a_page_tells_nothing_about_its_content(client: FlaskClient) -> None:
    assert len({len(client.get("/covers/7.svg", buffered=True, headers=PACKED).data) for _ in range(20)}) > 5
