"""The API's documents: the schema in both writings, and two pages for people that load nothing from elsewhere."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient

from easyticket.cli.schema import COMMITTED
from easyticket.http.openapi_text import as_json
from tests.api.seed_operations import OPERATIONS, TAGS

SCHEMA, DOCS, REDOC = "/api/schema/", "/api/docs/", "/api/redoc/"
JSON, YAML = "application/json", "application/vnd.oai.openapi"


@pytest.mark.parametrize(
    ("query", "accept", "kind"),
    [
        ("", "", JSON),
        ("", "*/*", JSON),
        ("", "text/html", JSON),
        ("", YAML, YAML),
        ("?format=yaml", JSON, YAML),
        ("?format=json", YAML, JSON),
        ("?format=", "", JSON),
    ],
)
def test_the_schema_comes_as_asked_for(client: FlaskClient, query: str, accept: str, kind: str) -> None:
    answer = client.get(SCHEMA + query, headers={"Accept": accept} if accept else {})
    assert (answer.status_code, answer.mimetype) == (200, kind)
    assert "Accept" in answer.vary
    read = json.loads if kind == JSON else yaml.safe_load
    assert read(answer.text)["info"]["title"] == "EasyTicket API"


def test_both_writings_say_the_same(client: FlaskClient) -> None:
    assert yaml.safe_load(client.get(f"{SCHEMA}?format=yaml").text) == client.get(SCHEMA).json


def test_an_unknown_writing_is_refused(client: FlaskClient) -> None:
    answer = client.get(f"{SCHEMA}?format=xml")
    assert answer.status_code == 400
    assert answer.json["field_errors"] == {
        "format": ["Select a valid choice. xml is not one of the available choices."]
    }


def test_only_redoc_may_write_styles_into_its_page(client: FlaskClient) -> None:
    assert "unsafe-inline" not in client.get(DOCS).headers["Content-Security-Policy"]
    policy = client.get(REDOC).headers["Content-Security-Policy"]
    widened = {directive for directive in policy.split("; ") if "unsafe" in directive or "blob:" in directive}
    assert widened == {"style-src 'self' 'unsafe-inline'", "worker-src blob:"}


@pytest.mark.parametrize("path", [DOCS, REDOC])
def test_without_scripts_the_operations_are_listed(client: FlaskClient, path: str) -> None:
    page = client.get(path).text
    assert re.findall("<h2>(.*?)</h2>", page) == list(TAGS)
    listed = [tuple(name.split(" ")) for name in re.findall("<li><code>(.*?)</code>", html.unescape(page))]
    assert sorted(listed) == sorted(OPERATIONS)


@pytest.mark.parametrize("path", [DOCS, REDOC])
def test_the_pages_belong_to_nobody(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert "Set-Cookie" not in answer.headers


def test_the_command_writes_what_is_served(app: Flask, tmp_path: Path) -> None:
    place = tmp_path / "new"
    result = app.test_cli_runner().invoke(args=["schema", "--folder", str(place)])
    assert result.exit_code == 0, result.output
    for extension, committed in COMMITTED.items():
        written = (place / committed.name).read_text(encoding="utf-8")
        assert written == as_json(app.extensions[extension])
