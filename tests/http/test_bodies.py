"""Bodies of the JSON surfaces that no client means to send, and all the same are answered in words."""

from __future__ import annotations

from flask.testing import FlaskClient

PARTS = (
    b"--x\r\nContent-Disposition: form-data\r\n\r\nnobody asked\r\n"
    b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\nama@example.org\r\n--x--\r\n'
)


def test_a_part_of_a_form_without_a_name_is_left_out(client: FlaskClient) -> None:
    answer = client.post(
        "/api/auth/resend-verification/", data=PARTS, content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 200
