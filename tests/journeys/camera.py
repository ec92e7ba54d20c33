"""A camera that looks at a QR code held by hand: a film for Chromium's fake device."""

from __future__ import annotations

import random
from pathlib import Path

import qrcode
from PIL import Image, ImageChops

SIZE = (640, 480)
QR_SIDE = 320
# How far the hand turns the code from picture to picture, in degrees.
TURNS = (-7, -5, -3, -4, -6, -8)
NOISE = 24


def film_of(content: str, path: Path) -> Path:
    """Write a film (Motion JPEG: one picture after the other) of the code before the camera, and return its path."""
    code = qrcode.make(content, border=4).get_image().convert("L").resize((QR_SIDE, QR_SIDE))
    with path.open("wb") as film:
        for turn in TURNS:
            _picture(code, turn).save(film, "JPEG", quality=80)
    return path


def _picture(code: Image.Image, turn: int) -> Image.Image:
    picture = Image.new("L", SIZE, 255)
    turned = code.rotate(turn, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    picture.paste(turned, ((SIZE[0] - turned.width) // 2 + turn, (SIZE[1] - turned.height) // 2))
    grain = Image.frombytes("L", SIZE, random.Random(turn).randbytes(SIZE[0] * SIZE[1]))  # noqa: S311
    return ImageChops.subtract(picture, grain.point(lambda value: value * NOISE // 255)).convert("RGB")
