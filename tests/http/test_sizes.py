"""Bodies that are too large, whether they say their size or come in chunks; and wide or deep ones, which cost little."""

from __future__ import annotations

import io
import socket
from contextlib import closing
from http.client import HTTPConnection
from time import process_time
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from easyticket.http.sizes import MAX_PLAIN, MOST_LEFT
from tests.fixtures.parties import NewServer

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
PATH = "/api/auth/resend-verification/"


def in_chunks(client: FlaskClient, path: str, content: bytes, content_type: str) -> TestResponse:
    """Send a body as servers hand on one without a Content-Length."""
    terminated: dict[str, Any] = {"wsgi.input_terminated": True}
    return client.post(
        path, input_stream=io.BytesIO(content), content_type=content_type, environ_overrides=terminated
    )


def json_of(size: int) -> bytes:
    return b'{"email": "' + b"x" * (size - 13) + b'"}'


@pytest.mark.parametrize("size", [MAX_PLAIN + 1, 5_000_000, 6_400_000])
def test_json_in_chunks_has_the_limit_of_json_that_says_its_size(client: FlaskClient, size: int) -> None:
    told = client.post(PATH, data=json_of(size), content_type=JSON)
    chunked = in_chunks(client, PATH, json_of(size), JSON)
    assert (told.status_code, told.json["code"]) == (413, "too_large")
    assert (chunked.status_code, chunked.json) == (413, told.json)


def test_json_up_to_the_limit_is_read(client: FlaskClient) -> None:
    assert client.post(PATH, data=json_of(MAX_PLAIN), content_type=JSON).status_code == 400
    assert in_chunks(client, PATH, json_of(MAX_PLAIN), JSON).status_code == 400
    assert in_chunks(client, PATH, b'{"email": "ama@example.org"}', JSON).status_code == 200


def test_a_form_in_chunks_is_read_whole_or_refused(client: FlaskClient) -> None:
    assert in_chunks(client, PATH, b"email=ama@example.org", FORM).status_code == 200
    assert in_chunks(client, PATH, b"email=ama@example.org&x=" + b"x" * MAX_PLAIN, FORM).status_code == 413
    assert in_chunks(client, "/sign-in/", b"email=" + b"x" * MAX_PLAIN, FORM).status_code == 413


def test_an_upload_in_chunks_has_the_limit_of_the_site(client: FlaskClient) -> None:
    def sent(size: int) -> int:
        part = b'--x\r\nContent-Disposition: form-data; name="picture"; filename="a.png"\r\n\r\n'
        email = b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\nama@example.org\r\n'
        body = email + part + b"x" * size + b"\r\n--x--\r\n"
        return in_chunks(client, PATH, body, "multipart/form-data; boundary=x").status_code

    assert sent(2_000_000) == 200
    assert sent(6 * 1024 * 1024) == 413


def test_what_is_refused_is_read_to_its_end_so_that_the_connection_stays_good(new_server: NewServer) -> None:
    server = new_server()
    large = bytes(20 * 1024 * 1024)
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:

        def send(path: str, kind: str, body: bytes = large) -> int:
            connection.request("POST", path, body, {"Content-Type": kind})
            connection.auto_open = 0  # from now on this connection or none
            answer = connection.getresponse()
            answer.read()
            return answer.status

        assert send(PATH, JSON) == 413
        assert send(PATH, "multipart/form-data; boundary=x") == 413
        # Else a client whose token ran out would not learn that, only that its upload failed.
        assert send("/api/v1/auth/change-username/", "image/jpeg", large[:MAX_PLAIN]) == 401
        assert send(PATH, JSON, b'{"email": "ama@example.org"}') == 200


def test_who_announces_more_than_is_read_of_anything_is_told_that_the_connection_ends(
    new_server: NewServer,
) -> None:
    server = new_server()
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        head = f"POST {PATH} HTTP/1.1\r\nHost: a\r\nContent-Type: {JSON}\r\nContent-Length: {MOST_LEFT + 1}\r\n\r\n"
        connection.sendall(head.encode())
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(4096), b"")).decode()
    assert answer.startswith("HTTP/1.1 413 ")
    assert "\r\nConnection: close\r\n" in answer


@pytest.mark.parametrize("depth", [*range(700, 1000, 10)])
def test_json_of_any_depth_is_taken_or_refused_in_words(client: FlaskClient, depth: int) -> None:
    body = b'{"email": "ama@example.org", "unknown": ' + b"[" * depth + b"]" * depth + b"}"
    answer = client.post(PATH, data=body, content_type=JSON)
    assert answer.status_code == 200 or answer.json["code"] == "parse_error"


@pytest.mark.parametrize("wide", [b"[" + b"1," * 500_000 + b"1]", b"[" + b"[]," * 340_000 + b"1]"])
def test_what_no_operation_knows_costs_little(client: FlaskClient, wide: bytes) -> None:
    body = b'{"email": "ama@example.org", "unknown": ' + wide + b"}"
    begun = process_time()
    assert client.post(PATH, data=body, content_type=JSON).status_code == 200
    assert process_time() - begun < 5


@pytest.mark.parametrize("number", [b"1e99999999999999999999", b"-1e-99999999999999999999"])
def test_a_number_beyond_every_decimal_is_no_number(client: FlaskClient, number: bytes) -> None:
    answer = client.post(PATH, data=b'{"email": ' + number + b"}", content_type=JSON)
    assert (answer.status_code, answer.json["code"]) == (400, "parse_error")
