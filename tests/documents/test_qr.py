"""A QR code holds exactly what it was given, and is drawn so that every scanner reads it."""

from __future__ import annotations

import io
import re

import zxingcpp
from PIL import Image, ImageDraw

from easyticket.documents.qr import render_qr_png, render_qr_svg

CONTENT = "0123456789abcdef" * 4


def squares_of(svg: str) -> tuple[int, set[tuple[int, int]]]:
    """The width in modules with the quiet zone, and the dark modules by column and row."""
    (side,) = re.findall(r'viewBox="0 0 (\d+) \1"', svg)
    return int(side), {(int(x), int(y)) for x, y in re.findall(r"M(\d+),(\d+)H", svg)}


def read(svg: str) -> list[zxingcpp.Barcode]:
    side, squares = squares_of(svg)
    picture = Image.new("L", (side * 4, side * 4), 255)
    draw = ImageDraw.Draw(picture)
    for x, y in squares:
        draw.rectangle((x * 4, y * 4, x * 4 + 3, y * 4 + 3), fill=0)
    return list(zxingcpp.read_barcodes(picture))


def test_a_scanner_reads_exactly_what_the_ticket_holds() -> None:
    (found,) = read(render_qr_svg(CONTENT))
    assert found.text == CONTENT
    assert found.ec_level == "M"


def test_a_scanner_reads_the_same_in_the_png() -> None:
    picture = Image.open(io.BytesIO(render_qr_png(CONTENT)))
    (found,) = zxingcpp.read_barcodes(picture.convert("L"))
    assert (found.text, found.ec_level) == (CONTENT, "M")
    side, _ = squares_of(render_qr_svg(CONTENT))
    assert (picture.format, picture.size) == ("PNG", (side * 10, side * 10))


def test_four_white_modules_stand_around_the_code() -> None:
    side, squares = squares_of(render_qr_svg(CONTENT))
    assert {min(x for x, _ in squares), min(y for _, y in squares)} == {4}
    assert {max(x for x, _ in squares), max(y for _, y in squares)} == {side - 5}


def test_it_is_black_on_white_whatever_the_theme() -> None:
    svg = render_qr_svg(CONTENT)
    assert re.search(r'<rect fill="white" x="0" y="0" width="100%" height="100%" ?/>', svg)
    assert 'fill="#000000"' in svg


def test_it_brings_nothing_the_content_security_policy_would_stop() -> None:
    svg = render_qr_svg(CONTENT)
    assert "style" not in svg and "script" not in svg and "href" not in svg


def test_the_same_content_is_always_the_same_picture() -> None:
    assert render_qr_svg(CONTENT) == render_qr_svg(CONTENT)
