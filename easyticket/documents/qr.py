"""QR codes: black on white with the full quiet zone in every theme, because scanners read nothing else well."""

from __future__ import annotations

import io
from typing import Any

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.pil import PilImage
from qrcode.image.svg import SvgPathFillImage

# Modules of white around the code that ISO/IEC 18004 asks for.
QUIET_ZONE = 4


def render_qr_svg(content: str) -> str:
    """Return an SVG of the QR code of `content` (error correction M); it has a viewBox, so it takes any size."""
    image: str = _drawn(content, SvgPathFillImage).to_string(encoding="unicode")
    return image


def render_qr_png(content: str) -> bytes:
    """Return the same as a PNG with ten pixels for each module: apps and mail programs show no SVG."""
    image = io.BytesIO()
    _drawn(content, PilImage).save(image, "PNG")
    return image.getvalue()


def _drawn(content: str, kind: type[Any]) -> Any:
    code: Any = qrcode.QRCode(
        error_correction=ERROR_CORRECT_M, border=QUIET_ZONE, box_size=10, image_factory=kind
    )
    code.add_data(content)
    code.make(fit=True)
    return code.make_image()
