"""The drawn cover as a PNG, for messengers and social sites, which show no SVG.

It reads the few shapes documents/cover.py draws with (paths of straight lines, blocks placed by `use`) and nothing else.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import lru_cache
from xml.etree.ElementTree import Element, fromstring

from PIL import Image, ImageChops, ImageDraw

from easyticket.documents.cover import render_cover

#: Width and height in pixels of the picture that sites show beside a link.
SHARED_SIZE = (1200, 630)

_SVG = "{http://www.w3.org/2000/svg}"
_BLOCK = 12
# Drawn larger and made smaller, so that slanted edges are smooth.
_SMOOTH = 2
_TOKEN = re.compile(r"[MhvHVlLz]|-?(?:\d+\.?\d*|\.\d+)")

Point = tuple[float, float]


@lru_cache(maxsize=128)
def render_shared_cover(seed: int, width: int, height: int) -> bytes:
    """Return the PNG of `width` x `height` pixels that belongs to `seed`."""
    drawing = fromstring(render_cover(seed, width, height))  # noqa: S314 (our own drawing, not a stranger's)
    across = float(drawing.attrib["viewBox"].split()[2])
    scale = width * _SMOOTH / across
    picture = Image.new("RGB", (width * _SMOOTH, height * _SMOOTH))
    blocks = {f"#{group.attrib['id']}": _block(group, scale) for group in drawing.iter(f"{_SVG}g")}
    for use in drawing.iter(f"{_SVG}use"):
        place = (round(float(use.attrib["x"]) * scale), round(float(use.attrib["y"]) * scale))
        picture.paste(blocks[use.attrib["href"]], place)
    small = picture.resize((width, height), Image.Resampling.BOX)
    content = io.BytesIO()
    small.save(content, "PNG", optimize=True)
    return content.getvalue()


def _block(group: Element, scale: float) -> Image.Image:
    side = round(_BLOCK * scale) + 1
    block = Image.new("RGB", (side, side))
    for path in group.iter(f"{_SVG}path"):
        block.paste(path.attrib["fill"], mask=_mask(path.attrib["d"], side, scale))
    return block


def _mask(path: str, side: int, scale: float) -> Image.Image:
    """Return where a path is filled; a shape inside another is a hole."""
    mask = Image.new("1", (side, side))
    for points in _polygons(path):
        shape = Image.new("1", (side, side))
        ImageDraw.Draw(shape).polygon([(x * scale, y * scale) for x, y in points], fill=1)
        mask = ImageChops.logical_xor(mask, shape)
    return mask


def _polygons(path: str) -> Iterator[list[Point]]:
    """Return the closed shapes of a path that knows the commands M, h, v, H, V, l, L and z."""
    tokens = _TOKEN.findall(path)
    points: list[Point] = []
    command, at = "", 0
    while at < len(tokens):
        if tokens[at].isalpha():
            command, at = tokens[at], at + 1
            if command == "z":
                yield points
                points = []
                continue
        taken = 2 if command in "MlL" else 1
        numbers = [float(token) for token in tokens[at : at + taken]]
        at += taken
        points.append(_next_point(points[-1] if points else (0.0, 0.0), command, numbers))


def _next_point(last: Point, command: str, numbers: list[float]) -> Point:
    x, y = last
    return {
        "M": lambda: (numbers[0], numbers[-1]),
        "L": lambda: (numbers[0], numbers[-1]),
        "l": lambda: (x + numbers[0], y + numbers[-1]),
        "h": lambda: (x + numbers[0], y),
        "H": lambda: (numbers[0], y),
        "v": lambda: (x, y + numbers[0]),
        "V": lambda: (x, numbers[0]),
    }[command]()
