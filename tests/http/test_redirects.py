"""Redirects stay on the site, whatever the Host header says."""

from __future__ import annotations

from flask.testing import FlaskClient


def test_the_missing_slash_is_added_without_naming_a_host(client: FlaskClient) -> None:
    answer = client.get("/events?search=x", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.location) == (308, "/events/?search=x")
