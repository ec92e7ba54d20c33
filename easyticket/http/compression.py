"""Compression: answers made of text go over the wire gzipped to whoever takes that; pictures and PDFs are packed already."""

from __future__ import annotations

import gzip
import secrets
from functools import lru_cache
from io import BytesIO

from flask import Flask, Response, request

_TEXTS = frozenset(
    "text/html text/css text/javascript text/plain text/calendar application/javascript application/json "
    "application/vnd.oai.openapi image/svg+xml".split()
)
# Bytes below which packing saves less than it costs.
_SMALLEST = 1_000


def init_compression(app: Flask) -> None:
    """Compress every answer that gains by it. Call it before the others: what is registered first runs last."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if not _can_be_packed(response):
        return response
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"]:
        return response
    response.direct_passthrough = False
    content = response.get_data()
    if len(content) < _SMALLEST:
        return response
    response.set_data(_packed_once(content) if request.endpoint == "static" else _packed(content))
    response.headers["Content-Encoding"] = "gzip"
    etag, is_weak = response.get_etag()
    if etag and not is_weak:
        response.set_etag(etag, weak=True)  # the same file, but not the same bytes
    return response


def _can_be_packed(response: Response) -> bool:
    is_whole = response.status_code not in (204, 206, 304) and "Content-Encoding" not in response.headers
    is_at_hand = request.endpoint == "static" or not response.is_streamed
    return response.mimetype in _TEXTS and is_whole and is_at_hand


@lru_cache(maxsize=64)
def _packed_once(content: bytes) -> bytes:
    return gzip.compress(content, compresslevel=9, mtime=0)


def _packed(content: bytes) -> bytes:
    """Return a page gzipped. The name in gzip's header has a random length: else the size of an answer would tell a
    patient listener, guess by guess, what stands in it (BREACH)."""
    packed = BytesIO()
    with gzip.GzipFile(
        filename="a" * secrets.randbelow(100), mode="wb", compresslevel=6, fileobj=packed, mtime=0
    ) as file:
        file.write(content)
    return packed.getvalue()
