"""The address of a picture: kept by browsers for good, never read as anything but a picture."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from easyticket.rules.pictures import files_of
from easyticket.services.images import store_picture
from tests import factories
from tests.documents.test_pictures import drawn, encoded
from tests.web.buying import sign_in


@pytest.fixture
def addresses(app: Flask) -> list[str]:
    with app.app_context():
        stored = store_picture(encoded(drawn(1000, 500)), field="banner_image")
        return [f"/media/{file.name}" for file in files_of(stored)]


def test_every_size_is_served_to_anybody_and_kept_for_good(client: FlaskClient, addresses: list[str]) -> None:
    assert len(addresses) == 3
    for address in addresses:
        answer = client.get(address)
        assert (answer.status_code, answer.content_type) == (200, "image/webp")
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert "Set-Cookie" not in answer.headers
        assert answer.data.startswith(b"RIFF")


@pytest.mark.usefixtures("db_session")
def test_files_are_the_same_for_everybody_and_vary_by_no_cookie(
    client: FlaskClient, addresses: list[str]
) -> None:
    sign_in(client, factories.make_user())
    drawn_ones = ("/covers/7.svg", "/covers/7.png", "/media/covers/7.png", "/static/css/site.css")
    codes = (f"/qr/{'ab' * 32}.png", f"/media/qr/{'ab' * 32}.png")
    for address in (*addresses, *drawn_ones, *codes):
        with client.get(address) as answer:
            assert answer.status_code == 200, address
            assert "Cookie" not in answer.vary, address
    assert "Cookie" in client.get("/").vary


def test_a_size_that_was_never_kept_is_not_found(client: FlaskClient, addresses: list[str]) -> None:
    name = addresses[0].rpartition("-")[0]
    for wrong in ("-481x240.webp", "-0x0.webp", ".webp", "-480x240.png", "-480x240.svg", "-480x240.webp%00"):
        assert client.get(f"{name}{wrong}").status_code == 404
